//! Condenses drift for people: a file or a resource that was added or removed as a whole is reported once. The JSON
//! format has every part.

use std::collections::{BTreeMap, BTreeSet};

use super::DriftChange;
use crate::domain::drift::{Class, DriftEffect};
use crate::domain::lines::without_place;

/// The ends of messages about parts that exist on one side only.
const ENDS: [&str; 2] = [" is gone", " is new"];

/// Number of parts of one file without lines that are listed individually.
const MAX_APART: usize = 3;

/// Number of names listed for a removed file.
const MAX_NAMES: usize = 3;

/// Condenses the attributes that were not compared: those that the project itself does not state share one line. They
/// are the majority, and no action can resolve them.
pub(super) fn not_compared(lines: &[String]) -> Vec<String> {
    let is_unstated =
        |line: &&String| line.contains(" (intent): ") || line.ends_with(", on either side");
    let (unstated, mut told): (Vec<&String>, Vec<&String>) = lines.iter().partition(is_unstated);
    if unstated.len() <= MAX_APART {
        return lines.to_vec();
    }
    let parts: BTreeSet<&str> = unstated
        .iter()
        .filter_map(|line| line.split('/').next())
        .collect();
    let parts: Vec<&str> = parts.into_iter().collect();
    let line = format!(
        "{} attributes that the project does not state, of {} (--all lists them)",
        unstated.len(),
        parts.join(", ")
    );
    told.push(&line);
    told.into_iter().cloned().collect()
}

/// Returns the changes, with a single effect for everything that was added or removed as a whole.
pub(super) fn folded(changes: &[DriftChange]) -> Vec<DriftChange> {
    let mut folded: Vec<DriftChange> = Vec::new();
    let mut apart: BTreeMap<(String, &str), Vec<DriftChange>> = BTreeMap::new();
    for change in changes {
        match place_apart(change) {
            Some(key) => apart.entry(key).or_default().push(change.clone()),
            None => folded.push(whole_file(change).unwrap_or_else(|| wholes(change))),
        }
    }
    for ((file, end), changes) in apart {
        if changes.len() > MAX_APART {
            folded.push(together(&file, end, &changes))
        } else {
            folded.extend(changes)
        }
    }
    folded.sort_by_key(|change| std::cmp::Reverse(change.class()));
    folded
}

/// Returns the message end if the effect only says that a part is gone or new, without a rule or a waiver.
fn end(effect: &DriftEffect) -> Option<&'static str> {
    let is_plain = effect.rule.is_none() && effect.accepted.is_none();
    let mut ends = ENDS.into_iter().filter(|_| is_plain);
    ends.find(|end| effect.message.ends_with(end))
}

/// Returns the file and the message end of a change that is a single part without lines.
fn place_apart(change: &DriftChange) -> Option<(String, &'static str)> {
    let ([effect], None, false) = (change.effects.as_slice(), &change.hunk, change.in_account)
    else {
        return None;
    };
    let file = effect.origin.as_ref()?.file.clone();
    Some((file, end(effect)?))
}

fn together(file: &str, end: &str, changes: &[DriftChange]) -> DriftChange {
    let effects = changes.iter().flat_map(|change| &change.effects);
    let told: Vec<&str> = effects
        .map(|effect| effect.message.strip_suffix(end).unwrap_or(&effect.message))
        .collect();
    let all = end.replace(" is ", " are ");
    let message = format!("{} of {file}{all}", listed(&told));
    let mut change = changes[0].clone();
    if let Some(effect) = change.effects.first_mut() {
        effect.message = message;
        effect.origin = None;
    }
    change
}

/// Condenses the removal of a whole file, whose lines are known.
fn whole_file(change: &DriftChange) -> Option<DriftChange> {
    let file = &change.hunk.as_ref()?.file;
    let gone = format!("{file} is gone");
    let is_file = |effect: &&DriftEffect| effect.attribute == *file && effect.message == gone;
    let whole = change.effects.iter().find(is_file)?;
    let parts = |effect: &&DriftEffect| end(effect) == Some(ENDS[0]) && effect.class == whole.class;
    let (parts, rest): (Vec<&DriftEffect>, Vec<&DriftEffect>) =
        change.effects.iter().partition(parts);
    let mut names: Vec<&str> = Vec::new();
    for part in parts
        .iter()
        .filter(|part| !part.attribute.starts_with(file))
    {
        let name = block(&part.attribute);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let mut whole = whole.clone();
    if !names.is_empty() {
        whole.message = format!("{gone}, with {}", listed(&names));
    }
    let effects = rest.into_iter().cloned().chain([whole]);
    Some(DriftChange::new(effects.collect(), None))
}

/// Condenses resources and other blocks that were added or removed.
fn wholes(change: &DriftChange) -> DriftChange {
    let mut kept: Vec<DriftEffect> = Vec::new();
    let is_whole = |effect: &DriftEffect| {
        let name = block(&effect.attribute);
        effect.attribute == name || effect.attribute == format!("{name}/Type")
    };
    for effect in &change.effects {
        let Some(key) = of_block(effect).filter(|_| !change.in_account) else {
            kept.push(effect.clone());
            continue;
        };
        let mut likes = change
            .effects
            .iter()
            .filter(|other| of_block(other) == Some(key));
        if !likes.clone().any(is_whole) {
            kept.push(effect.clone());
        } else if likes.next() == Some(effect) {
            let (name, end, _) = key;
            kept.push(DriftEffect {
                message: format!("{name}{end}"),
                ..effect.clone()
            });
        }
    }
    DriftChange {
        effects: kept,
        ..change.clone()
    }
}

/// Returns the block that was added or removed, the message end, and the class.
fn of_block(effect: &DriftEffect) -> Option<(&str, &'static str, Class)> {
    end(effect).map(|end| (block(&effect.attribute), end, effect.class))
}

/// Returns the block that an attribute belongs to: `aws_db_proxy.this`, `Resources/Proxy`.
fn block(attribute: &str) -> &str {
    let sections = [
        "Resources/",
        "Parameters/",
        "Outputs/",
        "Rules/",
        "Mappings/",
        "terraform/",
    ];
    let place = attribute.len() - without_place(attribute).len();
    let start = sections
        .iter()
        .find(|section| attribute[place..].starts_with(**section));
    let start = place + start.map_or(0, |section| section.len());
    match attribute[start..].find('/') {
        Some(end) => &attribute[..start + end],
        None => attribute,
    }
}

/// Formats a list: `a, b, c and 4 more`.
fn listed(names: &[&str]) -> String {
    match names {
        [names @ .., last] if names.len() < MAX_NAMES => match names {
            [] => (*last).to_owned(),
            names => format!("{} and {last}", names.join(", ")),
        },
        names => {
            let more = names.len() - MAX_NAMES;
            format!("{} and {more} more", names[..MAX_NAMES].join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::drift::RuleRef;
    use crate::domain::evidence::Origin;
    use crate::domain::finding::{Group, RuleInfo, Severity};
    use crate::domain::links::RuleLinks;
    use crate::domain::secrecy::MaskedText;
    use crate::report::hunk::Hunk;

    static RULE: RuleInfo = RuleInfo {
        id: "client-tls-not-required",
        group: Group::Mission(2),
        severity: Severity::Critical,
        summary: "",
        why: "",
        fix: "",
        references: &[],
        links: RuleLinks::NONE,
    };

    fn change(attributes: &[&str], end: &str) -> DriftChange {
        let effects = attributes.iter().map(|attribute| DriftEffect {
            origin: Some(Origin::at("a.tf", 1, 1)),
            ..DriftEffect::plain(Class::Changes, attribute, format!("{attribute}{end}"))
        });
        let shown = MaskedText::default();
        DriftChange::new(
            effects.collect(),
            Some(Hunk::new("a.tf", [&shown; 2], [&(0..0); 2])),
        )
    }

    fn said(changes: &[DriftChange]) -> Vec<String> {
        let changes = folded(changes).into_iter();
        let effects = changes.flat_map(|change| change.effects);
        effects.map(|effect| effect.message).collect()
    }

    #[test]
    fn what_came_or_went_as_a_whole_is_one_line() {
        for (attributes, told) in [
            (
                &["r.a", "r.a/x", "r.a/y", "r.b/z"][..],
                &["r.a is gone", "r.b/z is gone"][..],
            ),
            (&["r.a/x", "r.a/y"], &["r.a/x is gone", "r.a/y is gone"]),
            (
                &[
                    "Resources/A/Type",
                    "Resources/A/Properties/B",
                    "Resources/C/DeletionPolicy",
                ],
                &["Resources/A is gone", "Resources/C/DeletionPolicy is gone"],
            ),
            (
                &["r.a", "r.a/x", "r.b", "r.b/z", "a.tf"],
                &["a.tf is gone, with r.a and r.b"],
            ),
            (
                &["r.a", "r.b", "r.c", "r.d", "r.e", "a.tf"],
                &["a.tf is gone, with r.a, r.b, r.c and 2 more"],
            ),
        ] {
            assert_eq!(said(&[change(attributes, " is gone")]), told);
        }
        assert_eq!(
            said(&[change(&["r.a", "r.a/x"], " is new")]),
            ["r.a is new"]
        );
    }

    #[test]
    fn what_stands_in_no_lines_is_told_by_its_file() {
        let alone = |name: &str| DriftChange {
            hunk: None,
            ..change(&[name], " is gone")
        };
        let all = ["v.a", "v.b", "v.c", "v.d", "v.e"].map(alone);
        assert_eq!(said(&all[..2]), ["v.a is gone", "v.b is gone"]);
        assert_eq!(said(&all), ["v.a, v.b, v.c and 2 more of a.tf are gone"]);
    }

    #[test]
    fn what_a_rule_is_about_or_somebody_puts_up_with_is_told_by_itself() {
        let mut changes = change(&["r.a", "r.a/x"], " is gone");
        changes.effects[1].class = Class::Weakens;
        changes.effects[1].rule = Some(RuleRef(&RULE));
        assert_eq!(said(&[changes]), ["r.a is gone", "r.a/x is gone"]);
    }
}
