//! Comments that tools obey: waivers of this tool, and what tells other scanners to look away.

use super::{Entries, Entry};
use crate::domain::evidence::Origin;
use crate::source::comments::ignore_comments;
use crate::source::metadata::ignore_metadata;

/// What such a comment holds, in lower case.
const MARKS: [&str; 11] = [
    "checkov:skip",
    "bridgecrew:skip",
    "trivy:ignore",
    "tfsec:ignore",
    "kics-scan",
    "tflint-ignore",
    "#ts:skip",
    "cfn_nag",
    "nosec",
    "nosemgrep",
    "snyk:ignore",
];

/// The comments of a file.
pub(super) fn entries(path: &str, text: &str) -> Entries {
    let waivers = ignore_comments(path, text)
        .into_iter()
        .chain(ignore_metadata(path, text));
    let mut found: Entries = waivers
        .map(|waiver| {
            let (line, column) = waiver.place;
            let keys = ["waiver".to_owned(), waiver.rules.join(",")];
            (keys.into(), entry(Origin::at(path, line, column)))
        })
        .collect();
    for (index, line) in text.lines().enumerate() {
        let lower = line.to_ascii_lowercase();
        if let Some(at) = MARKS.iter().filter_map(|mark| lower.find(mark)).min() {
            let number = |value: usize| u32::try_from(value + 1).unwrap_or(u32::MAX);
            let column = line[..at].chars().count();
            let keys = ["skip".to_owned(), line[at..].trim_end().to_owned()];
            let origin = Origin::at(path, number(index), number(column));
            found.push((keys.into(), entry(origin)));
        }
    }
    found
}

fn entry(origin: Origin) -> Entry {
    Entry {
        kind: String::new(),
        value: "{}".to_owned(),
        origin,
    }
}
