//! Every generated file, edited by both sides: each pair of edits at different places must be merged, and no edit may
//! be lost.

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use rdsproxy_gen::rewrite::merge::merge;

use crate::support::scale;

/// All generated files with their names.
fn generated() -> Vec<(String, String)> {
    let mut found = Vec::new();
    add(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("generated-examples/mysql-two-users"),
        &mut found,
    );
    found
}

fn add(folder: &Path, found: &mut Vec<(String, String)>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            add(&path, found)
        } else {
            found.push((
                path.to_str().unwrap().to_owned(),
                fs::read_to_string(&path).unwrap(),
            ))
        }
    }
}

/// The lines with a single scalar, which an edit can replace.
fn scalars(text: &str) -> Vec<usize> {
    let mut is_text = false;
    let lines = text.lines().enumerate().filter(|(_, line)| {
        is_text |= line.contains("<<");
        let (_, value) = line
            .split_once(" = ")
            .or_else(|| line.split_once(": "))
            .unwrap_or_default();
        let value = value.trim();
        let is_scalar = value.parse::<u32>().is_ok() || value == "true" || value == "false";
        let is_quoted = value.len() > 2
            && value.starts_with('"')
            && value.ends_with('"')
            && !value[1..value.len() - 1].contains(['"', '$']);
        !is_text && !line.trim_start().starts_with(['#', '-', '{']) && (is_scalar || is_quoted)
    });
    lines.map(|(number, _)| number).collect()
}

/// The text with a new value in one line.
fn edited(text: &str, line: usize, value: &str) -> String {
    let lines = text.split_inclusive('\n').enumerate().map(|(number, old)| {
        if number == line {
            let sign = if old.contains(" = ") { " = " } else { ": " };
            let (name, _) = old.split_once(sign).unwrap();
            format!("{name}{sign}{value}\n")
        } else {
            old.to_owned()
        }
    });
    lines.collect()
}

#[test]
fn every_pair_of_edits_comes_through() {
    let (mut pairs, mut conflicts) = (0, Vec::new());
    for (path, base) in generated() {
        if ![".tf", ".tfvars", ".yaml"]
            .iter()
            .any(|ending| path.ends_with(ending))
        {
            continue;
        }
        let lines = scalars(&base);
        // A larger run tests more of the pairs.
        let parts: usize = if scale::is_whole() { 8 } else { 3 };
        let step = 1 + lines.len() / parts.div_ceil(scale::step(1));
        for mine in lines.iter().step_by(step) {
            for other in lines.iter().skip(mine % 3).step_by(7) {
                if mine == other {
                    continue;
                }
                let ours = edited(&base, *mine, "111");
                let theirs = edited(&base, *other, "222");
                let merged = merge(&path, &base, &ours, &theirs);
                let both = edited(&ours, *other, "222");
                pairs += 1;
                if merged.conflicts.is_empty() {
                    assert_eq!(merged.text, both, "{path}: {mine} {other}");
                } else {
                    conflicts.push(format!("{path}: {} {}", mine + 1, other + 1));
                }
            }
        }
    }
    // Inside one value, or inside one of several blocks with the same name, both edits concern the same item.
    assert!(
        pairs * scale::step(1) > 100 && conflicts.len() * 30 < pairs,
        "{} of {pairs}:\n{}",
        conflicts.len(),
        conflicts.join("\n")
    );
}

proptest! {
    #![proptest_config(crate::support::scale::config("random merges"))]

    #[test]
    fn one_side_alone_wins_and_nothing_panics(
        which in 0..64usize,
        cuts in proptest::collection::vec((any::<prop::sample::Index>(), "[ -~\n]{0,12}"), 1..4),
        others in proptest::collection::vec((any::<prop::sample::Index>(), "[ -~\n]{0,12}"), 1..4),
    ) {
        let files = generated();
        let (path, base) = &files[which % files.len()];
        let one = mutated(base, &cuts);
        let other = mutated(base, &others);
        prop_assert_eq!(&merge(path, base, base, &one).text, &one);
        prop_assert_eq!(&merge(path, base, &one, base).text, &one);
        prop_assert_eq!(&merge(path, base, &one, &one).text, &one);
        let merged = merge(path, base, &one, &other);
        prop_assert_eq!(merged.conflicts.is_empty(), !merged.text.contains("<<<<<<< yours"));
    }
}

/// The text with these pieces inserted at character boundaries.
fn mutated(text: &str, pieces: &[(prop::sample::Index, String)]) -> String {
    let mut text = text.to_owned();
    for (place, piece) in pieces {
        let mut at = place.index(text.len() + 1);
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        text.insert_str(at, piece);
    }
    text
}
