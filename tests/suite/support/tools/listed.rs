//! The list at the end of a run: the tools used, the parts skipped because a tool is missing, and how to install it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::record::{Entry, Kind};

/// The maximum number of tests listed for one tool.
const NAMED: usize = 6;

/// Returns the whole list. `entries` must be sorted.
pub(crate) fn listed(entries: &[Entry]) -> String {
    if entries.is_empty() {
        return "tools: no test of this run asked for one\n".to_owned();
    }
    let mut text = String::new();
    for (kind, what) in [
        (Kind::Used, "tools used"),
        (Kind::Kept, "not asked again about the same input"),
    ] {
        let tools: Vec<String> = groups(entries, kind)
            .into_keys()
            .map(|(tool, version, _)| format!("{tool} {version}").trim_end().to_owned())
            .collect();
        if !tools.is_empty() {
            writeln!(text, "{what}: {}", tools.join(", ")).unwrap();
        }
    }
    let noted = groups(entries, Kind::Noted);
    for ((tool, reason, _), tests) in &noted {
        write!(text, "left out: {tool}: {reason}\n{}", names(tests)).unwrap();
    }
    let skipped = groups(entries, Kind::Skipped);
    for ((tool, reason, brings), tests) in &skipped {
        write!(
            text,
            "skipped: {tool}: {reason}\n  to have it: {brings}\n{}",
            names(tests)
        )
        .unwrap();
    }
    text + &last(entries, skipped.len())
}

fn last(entries: &[Entry], skipped: usize) -> String {
    if skipped == 0 {
        return "nothing was skipped\n".to_owned();
    }
    let of_skipped = entries.iter().filter(|entry| entry.kind == Kind::Skipped);
    let tests: std::collections::BTreeSet<&str> =
        of_skipped.map(|entry| entry.test.as_str()).collect();
    format!(
        "{} skipped, in whole or in part, for want of {}; with CI=true that is a failure\n",
        plural(tests.len(), "test"),
        plural(skipped, "tool"),
    )
}

fn plural(count: usize, thing: &str) -> String {
    match count {
        1 => format!("1 {thing}"),
        _ => format!("{count} {thing}s"),
    }
}

type Group<'e> = (&'e str, &'e str, &'e str);

/// The tests of each tool with the same detail.
fn groups(entries: &[Entry], kind: Kind) -> BTreeMap<Group<'_>, Vec<&str>> {
    let mut groups: BTreeMap<Group<'_>, Vec<&str>> = BTreeMap::new();
    for entry in entries.iter().filter(|entry| entry.kind == kind) {
        let group = (
            entry.tool.as_str(),
            entry.detail.as_str(),
            entry.brings.as_str(),
        );
        groups.entry(group).or_default().push(&entry.test);
    }
    groups
}

fn names(tests: &[&str]) -> String {
    let mut text: String = tests
        .iter()
        .take(NAMED)
        .map(|test| format!("  - {test}\n"))
        .collect();
    if tests.len() > NAMED {
        writeln!(text, "  - and {} more", tests.len() - NAMED).unwrap();
    }
    text
}
