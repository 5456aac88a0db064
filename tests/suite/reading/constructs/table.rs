//! The number of labels by construct and verdict, and by rule and verdict.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::fixture::{Fixture, Label};

const VERDICTS: [&str; 3] = ["pass", "fail", "undetermined"];

/// The counts by a key, then by verdict.
type Counts<'f> = BTreeMap<&'f str, [usize; 3]>;

/// Both tables with their sums.
pub(super) fn of(fixtures: &BTreeMap<String, Fixture>) -> String {
    let all = || {
        fixtures
            .iter()
            .flat_map(|(name, fixture)| fixture.labels.iter().map(move |label| (name, label)))
    };
    let by_construct = counted(all().map(|(name, label)| (name.as_str(), label)));
    let by_rule = counted(all().map(|(_, label)| (label.rule.as_str(), label)));
    let proxies: BTreeSet<(&String, &String)> =
        all().map(|(name, label)| (name, &label.address)).collect();
    let mut text = format!("{} fixtures, {} proxies\n", fixtures.len(), proxies.len());
    for (title, counts) in [("construct", by_construct), ("rule", by_rule)] {
        text.push('\n');
        row(&mut text, title, VERDICTS);
        for (key, numbers) in &counts {
            row(&mut text, key, numbers.map(|number| number.to_string()));
        }
        let sums = [0, 1, 2].map(|at| counts.values().map(|numbers| numbers[at]).sum::<usize>());
        row(&mut text, "all", sums.map(|number| number.to_string()));
    }
    text
}

fn row(text: &mut String, key: &str, [pass, fail, open]: [impl AsRef<str>; 3]) {
    let (pass, fail, open) = (pass.as_ref(), fail.as_ref(), open.as_ref());
    writeln!(text, "{key:44} {pass:>5} {fail:>5} {open:>13}").unwrap();
}

fn counted<'f>(labels: impl Iterator<Item = (&'f str, &'f Label)>) -> Counts<'f> {
    let mut counts = Counts::new();
    for (key, label) in labels {
        let at = VERDICTS.iter().position(|name| *name == label.verdict);
        counts.entry(key).or_default()[at.unwrap()] += 1;
    }
    counts
}
