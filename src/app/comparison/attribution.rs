//! Attributes each effect to the hunks that cause it: applies a hunk alone to the baseline, and reverts it alone from
//! today's files. Effects seen in either are its own.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use similar::TextDiff;

use super::effects::{Effects, effects};
use super::evaluated::Evaluated;
use super::project::Project;
use crate::domain::drift::DriftEffect;
use crate::domain::lines::with_ends;
use crate::language::Texts;

/// Maximum number of hunks that are evaluated one by one. With more, whole files are.
const MAX_STRETCHES: usize = 24;

/// Maximum number of files that are evaluated one by one. With more, effects are not attributed.
const MAX_FILES: usize = 48;

/// Number of unchanged lines that join two changes into one hunk.
const JOINED: usize = 1;

/// A hunk: a range of changed lines.
#[derive(Clone, Debug)]
pub(in crate::app) struct ChangedLines {
    pub(in crate::app) file: String,
    /// Line range in the baseline, from 0.
    pub(in crate::app) before: Range<usize>,
    /// Line range in today's file, from 0.
    pub(in crate::app) after: Range<usize>,
    /// Indexes of its effects in the order of `Effects::all`.
    pub(in crate::app) effects: BTreeSet<usize>,
}

/// Attributes effects to hunks. Effects that no hunk causes remain unattributed.
pub(in crate::app) fn stretches(
    project: &Project,
    readings: [&Evaluated; 2],
    total: &Effects,
) -> Vec<ChangedLines> {
    let Project {
        home,
        before,
        after,
        ..
    } = project;
    let [base, now] = readings;
    let texts = [before.texts(), after.texts()];
    let mut found = changed(&texts, false);
    if found.len() > MAX_STRETCHES {
        found = changed(&texts, true);
    }
    if total.list.is_empty() || found.len() > MAX_FILES {
        return found;
    }
    if let [only] = found.as_mut_slice() {
        only.effects = (0..total.list.len()).collect();
        return found;
    }
    let keys: BTreeMap<_, usize> = total
        .all()
        .enumerate()
        .map(|(index, effect)| (effect.key(), index))
        .collect();
    for stretch in &mut found {
        let alone = stretch.text(&texts, true);
        let alone = before.with(home, &stretch.file, alone.as_deref());
        let undone = stretch.text(&texts, false);
        let undone = after.with(home, &stretch.file, undone.as_deref());
        let alone = base.with(before, &alone, home);
        let undone = now.with(after, &undone, home);
        for effects in [effects(base, &alone), effects(&undone, now)] {
            let mine = effects.list.iter();
            let mine = mine.filter_map(|effect| keys.get(&effect.key()));
            stretch.effects.extend(mine);
        }
    }
    found
}

fn lines(text: &str) -> Vec<String> {
    with_ends(text).into_iter().map(str::to_owned).collect()
}

/// Returns the hunks of all files that differ.
fn changed(texts: &[Texts; 2], whole: bool) -> Vec<ChangedLines> {
    let [before, after] = texts;
    let paths: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let mut found = Vec::new();
    for path in paths {
        let one = before.get(path).map_or("", String::as_str);
        let other = after.get(path).map_or("", String::as_str);
        let all = |text: &str| 0..with_ends(text).len();
        let is_whole = whole || !before.contains_key(path) || !after.contains_key(path);
        let ranges = match (
            one == other && before.contains_key(path) == after.contains_key(path),
            is_whole,
        ) {
            (true, _) => Vec::new(),
            (false, true) => vec![(all(one), all(other))],
            (false, false) => ranges(one, other),
        };
        found.extend(ranges.into_iter().map(|(before, after)| ChangedLines {
            file: path.clone(),
            before,
            after,
            effects: BTreeSet::new(),
        }));
    }
    found
}

fn ranges(one: &str, other: &str) -> Vec<(Range<usize>, Range<usize>)> {
    let [one, other] = [one, other].map(with_ends);
    let diff = TextDiff::from_slices(&one, &other);
    let groups = diff.grouped_ops(JOINED);
    let changed = groups.iter().filter_map(|group| {
        let mut ops = group
            .iter()
            .filter(|op| op.tag() != similar::DiffTag::Equal);
        let first = ops.next()?;
        let last = ops.next_back().unwrap_or(first);
        let span = |one: Range<usize>, other: Range<usize>| one.start..other.end;
        Some((
            span(first.old_range(), last.old_range()),
            span(first.new_range(), last.new_range()),
        ))
    });
    changed.collect()
}

impl ChangedLines {
    /// Returns the text of the file with this hunk applied alone, or with all other hunks. None if the file does not
    /// exist then.
    fn text(&self, texts: &[Texts; 2], alone: bool) -> Option<String> {
        let [before, after] = texts;
        let (host, guest, at, of) = if alone {
            (before, after, &self.before, &self.after)
        } else {
            (after, before, &self.after, &self.before)
        };
        let (Some(host), guest) = (host.get(&self.file), guest.get(&self.file)) else {
            return guest.get(&self.file).cloned();
        };
        let guest = lines(guest?);
        let mut all = lines(host);
        let put = guest.get(of.clone()).unwrap_or_default().to_vec();
        all.splice(at.clone(), put);
        Some(all.concat())
    }

    /// Returns the effects of the hunk.
    pub(in crate::app) fn effects_within(&self, total: &Effects) -> Vec<DriftEffect> {
        let all = total.all().enumerate();
        let own = all.filter(|(index, _)| self.effects.contains(index));
        own.map(|(_, effect)| effect.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lone_carriage_return_is_within_its_line() {
        let texts = ["a\rb\rc\nd\ne\nf\ng\n", "a\rb\rc\nd\ne\nf\nG\n"];
        let [before, after] = texts.map(|text| Texts::from([("f".to_owned(), text.to_owned())]));
        let texts = [before.clone(), after.clone()];
        let found = changed(&texts, false);
        let [stretch] = found.as_slice() else {
            panic!("{found:?}");
        };
        assert_eq!(stretch.text(&texts, true), after.get("f").cloned());
        assert_eq!(stretch.text(&texts, false), before.get("f").cloned());
    }
}
