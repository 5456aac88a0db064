//! Computes the updated text of every generated file: the new text if the file is unedited, otherwise a merge of both
//! sides.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::carry::Carry;
use super::reset::Resets;
use crate::app::CommandError;
use crate::domain::spec::SPEC_FILE;
use crate::io::files::{ExistingFile, existing};
use crate::io::walk;
use crate::language::Texts;
use crate::report::update::Fate;
use crate::rewrite::merge::{Conflict, marker, merge};

/// The outcome for one file.
#[derive(Clone, Debug)]
pub(super) struct Renewed {
    pub(super) fate: Fate,
    /// The text before and after; none if there is no file. Conflicting text contains markers.
    pub(super) texts: [Option<String>; 2],
    pub(super) conflicts: Vec<Conflict>,
}

/// Computes the outcome for all files. The spec belongs to the user and changes only if a pack locks an answer.
pub(super) fn renewed(
    dir: &Path,
    [before, generated]: [&Texts; 2],
    resets: &Resets,
) -> Result<BTreeMap<String, Renewed>, CommandError> {
    let paths: BTreeSet<&String> = before.keys().chain(generated.keys()).collect();
    let mut renewed = BTreeMap::new();
    for path in paths {
        let there = text_of(dir, path)?;
        // The current spec is always the base: only the pack's answers are merged into it.
        let base = match path.as_str() {
            SPEC_FILE => there.as_deref(),
            path => before.get(path).map(String::as_str),
        };
        let theirs = generated.get(path).map(String::as_str);
        let ours = resets.taken_back(path, there.as_deref(), theirs);
        let one = one(path, [base, ours.as_deref(), theirs]);
        renewed.extend(one.map(|one| (path.clone(), one.from(there.clone()))));
    }
    Ok(renewed)
}

/// Computes the outcome for all files of a project that becomes a module: the texts of today are merged at the paths to
/// come.
pub(super) fn carried(
    dir: &Path,
    carry: &Carry,
    generated: &Texts,
    resets: &Resets,
) -> Result<BTreeMap<String, Renewed>, CommandError> {
    let now = carry.places.written(generated);
    let paths: BTreeSet<&String> = carry.before.keys().chain(now.keys()).collect();
    let mut renewed = BTreeMap::new();
    for path in paths {
        let ours = carry.ours.get(path).map(String::as_str);
        let base = match path.as_str() {
            SPEC_FILE => ours,
            path => carry.before.get(path).map(String::as_str),
        };
        let theirs = now.get(path).map(String::as_str);
        let ours = match carry.source(path) {
            Some(source) => resets.taken_back(source, ours, theirs),
            None => ours.map(str::to_owned),
        };
        let one = one(path, [base, ours.as_deref(), theirs]);
        let there = text_of(dir, path)?;
        renewed.extend(one.map(|one| (path.clone(), one.at_new_path(there))));
    }
    for (path, text) in carry.own() {
        let moved = Renewed::plain(Fate::Merged, Some(text.clone()));
        renewed.insert(path.clone(), moved.at_new_path(text_of(dir, path)?));
    }
    for path in carry.left_behind() {
        let there = text_of(dir, path)?;
        let gone = || Renewed::plain(Fate::Moved, None).at_new_path(there);
        renewed.entry(path.clone()).or_insert_with(gone);
    }
    Ok(renewed)
}

/// Returns the current text of a file; none if there is no file.
fn text_of(dir: &Path, path: &str) -> Result<Option<String>, CommandError> {
    let name = walk::name(&dir.join(path));
    let text = match existing(dir, path) {
        ExistingFile::Absent => return Ok(None),
        ExistingFile::Text(text) => text,
        ExistingFile::Other => {
            let message =
                format!("{name}: something that is not a string file stands in its place");
            return Err(CommandError::input(message).hint("move it away, and update again"));
        }
    };
    match marker(&text) {
        None => Ok(Some(text)),
        Some(line) => {
            let message =
                format!("{name}:{line}: the markers of an earlier conflict are still there");
            Err(CommandError::input(message)
                .hint("choose between the two sides, remove the markers, and update again"))
        }
    }
}

/// Computes the outcome for one file from its old, current and new text. None if the file neither exists nor is
/// generated.
fn one(path: &str, [base, ours, theirs]: [Option<&str>; 3]) -> Option<Renewed> {
    let Some(new) = theirs else {
        let ours = ours?;
        let fate = if base == Some(ours) {
            Fate::Removed
        } else {
            Fate::Left
        };
        let after = Some(ours.to_owned()).filter(|_| fate == Fate::Left);
        return Some(Renewed::plain(fate, after));
    };
    let Some(ours) = ours else {
        let fate = match base {
            Some(_) => Fate::Restored,
            None => Fate::Added,
        };
        return Some(Renewed::plain(fate, Some(new.to_owned())));
    };
    let merged = merge(path, base.unwrap_or_default(), ours, new);
    let fate = match &merged {
        merged if !merged.conflicts.is_empty() => Fate::InConflict,
        merged if merged.text == ours && ours == new => Fate::Unchanged,
        merged if merged.text == ours => Fate::Kept,
        merged if merged.text == new => Fate::Updated,
        _ => Fate::Merged,
    };
    Some(Renewed {
        conflicts: merged.conflicts,
        ..Renewed::plain(fate, Some(merged.text))
    })
}

impl Renewed {
    fn plain(fate: Fate, after: Option<String>) -> Self {
        Self {
            fate,
            texts: [None, after],
            conflicts: Vec::new(),
        }
    }

    /// Records the text that is at this path today: none, or that of a file that moves away.
    fn at_new_path(mut self, there: Option<String>) -> Self {
        let [_, after] = self.texts;
        self.fate = match (self.fate, &there, &after) {
            (_, Some(there), Some(after)) if there == after => Fate::Unchanged,
            (Fate::Unchanged | Fate::Updated | Fate::Restored, None, _) => Fate::Added,
            (Fate::Unchanged, _, _) => Fate::Updated,
            (Fate::Kept, _, _) => Fate::Merged,
            (fate, _, _) => fate,
        };
        self.texts = [there, after];
        self
    }

    /// Records the text that is really on disk, which a reset may have set aside.
    fn from(mut self, there: Option<String>) -> Self {
        let [_, after] = self.texts;
        if there != after && matches!(self.fate, Fate::Unchanged | Fate::Kept) {
            self.fate = Fate::Reset;
        }
        self.texts = [there, after];
        self
    }
}
