//! Narrows a reset by rule to the lines that weaken it: as few lines as possible are reverted. A changed line stays
//! if the rule holds with it and keeping it has no other new effect.

use std::collections::BTreeSet;

use similar::{DiffTag, TextDiff};

use crate::app::comparison::attribution::ChangedLines;
use crate::app::comparison::effects::{Effects, effects};
use crate::app::comparison::evaluated::Evaluated;
use crate::app::comparison::project::{Project, Side};
use crate::domain::drift::{Class, DriftEffect};
use crate::domain::lines::with_ends;

/// With more lines than this, all of them are reverted: trying each line means evaluating the project once.
const MAX_LINES: usize = 96;

/// A file with edits to revert.
#[derive(Debug)]
pub(super) struct Taking {
    /// The path as the user would write it.
    pub(super) file: String,
    pieces: Vec<LinePiece>,
}

/// Lines of the file: unchanged, or with their text before and after the edit.
#[derive(Debug)]
struct LinePiece {
    before: String,
    after: String,
    /// True if the lines are reverted.
    is_taken: bool,
}

/// The context that decides whether the rules hold.
pub(super) struct Judge<'a> {
    pub(super) project: &'a Project,
    /// The baseline and the current state, evaluated.
    pub(super) readings: [&'a Evaluated; 2],
    pub(super) rules: &'a [&'a str],
    pub(super) total: &'a Effects,
}

type Keys = BTreeSet<String>;

impl Taking {
    /// Reverts these ranges of a file.
    pub(super) fn new(file: &str, stretches: &[ChangedLines], [before, after]: [&str; 2]) -> Self {
        let [before, after] = [before, after].map(with_ends);
        let mut pieces = Vec::new();
        let mut at = 0;
        for stretch in stretches {
            let lead = after.get(at..stretch.after.start).unwrap_or_default();
            pieces.push(LinePiece::same(&lead.concat()));
            let old = before.get(stretch.before.clone()).unwrap_or_default();
            let new = after.get(stretch.after.clone()).unwrap_or_default();
            pieces.extend(differing(old, new));
            at = stretch.after.end;
        }
        pieces.push(LinePiece::same(
            &after.get(at..).unwrap_or_default().concat(),
        ));
        Self {
            file: file.to_owned(),
            pieces,
        }
    }

    /// Returns the text of the file without the reverted edits.
    pub(super) fn text(&self) -> String {
        let pieces = self.pieces.iter();
        pieces
            .map(|piece| {
                if piece.is_taken {
                    piece.before.as_str()
                } else {
                    piece.after.as_str()
                }
            })
            .collect()
    }
}

impl LinePiece {
    fn same(text: &str) -> Self {
        Self {
            before: text.to_owned(),
            after: text.to_owned(),
            is_taken: false,
        }
    }

    fn taken(before: &str, after: &str) -> Self {
        Self {
            before: before.to_owned(),
            after: after.to_owned(),
            is_taken: before != after,
        }
    }
}

/// Pairs the lines of both sides that are about the same thing.
fn differing(old: &[&str], new: &[&str]) -> Vec<LinePiece> {
    let diff = TextDiff::from_slices(old, new);
    let mut pieces = Vec::new();
    for op in diff.ops() {
        let [old, new] = [&old[op.old_range()], &new[op.new_range()]];
        match op.tag() {
            DiffTag::Equal => pieces.push(LinePiece::same(&new.concat())),
            DiffTag::Delete => pieces.extend(old.iter().map(|line| LinePiece::taken(line, ""))),
            DiffTag::Insert => pieces.extend(new.iter().map(|line| LinePiece::taken("", line))),
            DiffTag::Replace => pieces.extend(replaced(old, new)),
        }
    }
    pieces
}

/// Pairs replaced lines: lines correspond if they begin with the same key.
fn replaced(old: &[&str], new: &[&str]) -> Vec<LinePiece> {
    let subject = |line: &&str| {
        let end = line.find(['=', ':']).unwrap_or(line.len());
        line[..end].trim().to_owned()
    };
    let [subjects, others]: [Vec<String>; 2] =
        [old, new].map(|lines| lines.iter().map(subject).collect());
    let [subjects, others] =
        [&subjects, &others].map(|all| all.iter().map(String::as_str).collect::<Vec<_>>());
    let diff = TextDiff::from_slices(&subjects, &others);
    let changes = diff.iter_all_changes();
    changes
        .map(|change| {
            let line = |lines: &[&str], at: Option<usize>| {
                let line = at.and_then(|at| lines.get(at).copied());
                line.unwrap_or_default().to_owned()
            };
            let (before, after) = (line(old, change.old_index()), line(new, change.new_index()));
            LinePiece::taken(&before, &after)
        })
        .collect()
}

/// Keeps each edited line that leaves the rules as they are without it.
pub(super) fn narrow(takings: &mut [Taking], judge: &Judge<'_>) {
    let pieces = takings.iter().flat_map(|taking| &taking.pieces);
    if pieces.filter(|piece| piece.is_taken).count() > MAX_LINES {
        return;
    }
    let goal = judge.effects(takings);
    let mut known: Keys = judge.total.all().map(key).collect();
    known.extend(goal.all().map(key));
    let goal = judge.weakening(&goal);
    for at in 0..takings.len() {
        for piece in 0..takings[at].pieces.len() {
            if !takings[at].pieces[piece].is_taken {
                continue;
            }
            takings[at].pieces[piece].is_taken = false;
            let found = judge.effects(takings);
            let is_new = found.all().map(key).any(|key| !known.contains(&key));
            takings[at].pieces[piece].is_taken =
                is_new || !judge.weakening(&found).is_subset(&goal);
        }
    }
}

fn key(effect: &DriftEffect) -> String {
    format!("{:?}", effect.key())
}

impl Judge<'_> {
    /// Returns the differences from the baseline after these edits are reverted.
    fn effects(&self, takings: &[Taking]) -> Effects {
        let Project { home, after, .. } = self.project;
        let [base, now] = self.readings;
        let put = |side: Side, taking: &Taking| side.with(home, &taking.file, Some(&taking.text()));
        let side = takings.iter().fold(after.clone(), put);
        effects(base, &now.with(after, &side, home))
    }

    /// Returns the keys of the effects that weaken one of the rules, or make its verdict unknown.
    fn weakening(&self, found: &Effects) -> Keys {
        let is_ours = |effect: &&DriftEffect| {
            let rule = effect
                .rule
                .is_some_and(|rule| self.rules.contains(&rule.0.id));
            rule && matches!(effect.class, Class::Weakens | Class::CannotTell)
        };
        found.all().filter(is_ours).map(key).collect()
    }
}
