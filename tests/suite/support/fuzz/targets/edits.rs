//! Targets that edit and compare texts.

use rdsproxy_gen::language::{form, yaml};
use rdsproxy_gen::rewrite::declarative;
use rdsproxy_gen::rewrite::edit::{Editable, applied};
use rdsproxy_gen::rewrite::merge;
use rdsproxy_gen::rewrite::merge::marker;
use rdsproxy_gen::rules::infos;

use super::{Broken, split, text};

/// Merges three texts; the name of the first selects the language. Nothing is lost, invented, or silently left
/// undecided.
pub(super) fn merge(bytes: &[u8]) -> Broken {
    let files = split(&text(bytes));
    let Some(path) = files.keys().next() else {
        return Ok(());
    };
    let mut texts = files
        .values()
        .cloned()
        .chain(std::iter::repeat_n(String::new(), 3));
    let [base, ours, theirs] = std::array::from_fn(|_| texts.next().unwrap_or_default());
    for (sides, meant) in [
        ([&base, &base, &theirs], &theirs),
        ([&base, &ours, &base], &ours),
        ([&base, &ours, &ours], &ours),
    ] {
        let merged = merge::merge(path, sides[0], sides[1], sides[2]);
        if !merged.conflicts.is_empty() || merged.text != *meant {
            return Err(format!("one side alone is no conflict: {merged:?}"));
        }
    }
    let merged = merge::merge(path, &base, &ours, &theirs);
    let has_marker = |text: &String| marker(text).is_some();
    let undecided = [&base, &ours, &theirs].into_iter().any(has_marker);
    if !undecided && has_marker(&merged.text) == merged.conflicts.is_empty() {
        return Err(format!("markers and conflicts do not agree: {merged:?}"));
    }
    for (excerpt, side) in merged
        .conflicts
        .iter()
        .flat_map(|conflict| [(&conflict.ours, &ours), (&conflict.theirs, &theirs)])
    {
        if excerpt.line > side.lines().count() + 1 {
            return Err(format!(
                "no such line: {excerpt:?} of {:?}",
                side.lines().count()
            ));
        }
    }
    if merged.conflicts.is_empty() {
        still_read(path, [&ours, &theirs], &merged.text)
    } else {
        Ok(())
    }
}

/// Merging two valid texts gives a valid text.
fn still_read(path: &str, sides: [&String; 2], merged: &str) -> Broken {
    let is_read = |text: &str| {
        if path.ends_with(".tf") {
            hcl_edit::parser::parse_body(text).is_ok()
        } else {
            yaml::load(text).is_ok()
        }
    };
    if sides.into_iter().all(|side| is_read(side)) && !is_read(merged) {
        Err(format!("can no longer be read: {merged}"))
    } else {
        Ok(())
    }
}

/// Every edit at every possible place is inside the text, and an edited text can still be parsed.
pub(super) fn fix(bytes: &[u8]) -> Broken {
    let files = split(&text(bytes));
    for (path, text) in files.iter().take(3) {
        let Ok(editable) = Editable::read(path, text) else {
            continue;
        };
        for (line, content) in (1..).zip(text.lines().take(120)) {
            let indent = content.len() - content.trim_start().len();
            let column = u32::try_from(indent + 1).unwrap_or(1);
            for rule in infos().filter(|rule| rule.links.mending.is_some()) {
                if let Ok(edits) = editable.edits(rule, line, column) {
                    edited(path, text, &applied(text, &edits))?;
                }
            }
            if let Ok(edits) = editable.with_user("app_user", line, column) {
                edited(path, text, &applied(text, &edits))?;
            }
        }
    }
    Ok(())
}

fn edited(path: &str, before: &str, after: &str) -> Broken {
    // The replaced value may have been what made the text a template.
    match Editable::read(path, after).map(drop) {
        Err(_) if yaml::load(after).is_ok_and(|tree| tree.is_some()) => Ok(()),
        Err(why) => Err(format!("{why}: {before:?} became {after:?}")),
        Ok(()) => Ok(()),
    }
}

/// The canonical forms that drift and the check of pack templates compare: a text equals itself.
pub(super) fn forms(bytes: &[u8]) -> Broken {
    for (path, text) in split(&text(bytes)).iter().take(3) {
        let form = form::file(path, text);
        if let Some(change) = form.changes(&form::file(path, text)).first() {
            return Err(format!("differs from itself: {}", change.name));
        }
        declarative::terraform(text, &["var.name"]);
        declarative::cloudformation(text, &["Name"]);
    }
    Ok(())
}
