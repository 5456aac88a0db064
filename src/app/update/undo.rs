//! `--undo`: reverts the last update, byte by byte.

use std::collections::BTreeMap;
use std::path::Path;

use crate::app::placement::held;
use crate::app::{CommandError, Outcome};
use crate::domain::baseline::{BASELINE_PATH, digest};
use crate::domain::undo::{UNDO_PATH, Undo};
use crate::io::files::{DirectoryChange, ExistingFile, existing};
use crate::io::walk;
use crate::report::count;

/// Reverts the last update; with `force`, also if files were changed since.
///
/// # Errors
/// When there is no update to revert, or files were changed since: nothing is written.
pub(super) fn undo(dir: &Path, force: bool) -> Result<Outcome, CommandError> {
    let hold = held(dir)?;
    let name = walk::name(&dir.join(UNDO_PATH));
    let undo = match existing(dir, UNDO_PATH) {
        ExistingFile::Text(text) => Undo::parse(&text, &name).map_err(CommandError::input)?,
        ExistingFile::Absent => {
            let message = format!("{}: there is no update to take back", dir.display());
            return Err(CommandError::input(message).hint(
                "one step back is kept, until it is taken; version control knows the others",
            ));
        }
        ExistingFile::Other => {
            return Err(CommandError::input(format!("{name}: is not a string file")));
        }
    };
    if let ExistingFile::Text(baseline) = existing(dir, BASELINE_PATH) {
        undo.belongs_to(&baseline, &name).map_err(|error| {
            CommandError::input(error).hint("version control knows the files as they were")
        })?;
    } else {
        let message = format!("{}: has no baseline that the update left", dir.display());
        return Err(CommandError::input(message).hint("restore it from version control"));
    }
    let paths = undo.files.keys();
    let there = paths.map(|path| (path.clone(), existing(dir, path)));
    let there: BTreeMap<String, ExistingFile> = there.collect();
    let changed = changed_since(&there, &undo);
    if !changed.is_empty() && !force {
        let message = format!(
            "{}: changed since the update:\n  {}",
            dir.display(),
            changed.join("\n  ")
        );
        return Err(CommandError::input(message)
            .hint("put these changes away first, or --force to lose them"));
    }
    let mut change = DirectoryChange::default();
    for (path, undone) in &undo.files {
        match &undone.before {
            Some(text) => drop(change.write.insert(path.clone(), text.clone())),
            None => change.remove.push(path.clone()),
        }
    }
    change.remove.push(UNDO_PATH.to_owned());
    let read = there.into_iter().filter_map(|(path, there)| match there {
        ExistingFile::Text(text) => Some((path, Some(text))),
        ExistingFile::Absent => Some((path, None)),
        ExistingFile::Other => None,
    });
    let Some(hold) = hold else {
        return Err(CommandError::bug(format!("{} is not held", dir.display())));
    };
    let applied = hold.apply(&change, &read.collect());
    applied.map_err(|error| CommandError::environment(error).hint("take it back again"))?;
    Ok(Outcome::text(format!(
        "{}: the last update was taken back, {} as before\n",
        dir.display(),
        count(undo.files.len(), "file")
    )))
}

/// Returns the files that were changed since the update.
fn changed_since(there: &BTreeMap<String, ExistingFile>, undo: &Undo) -> Vec<String> {
    let files = undo.files.iter().filter(|(path, undone)| {
        let is_left = match there.get(*path) {
            Some(ExistingFile::Text(text)) => {
                undone.after.as_deref() == Some(digest(text).as_str())
            }
            Some(ExistingFile::Absent) => undone.after.is_none(),
            Some(ExistingFile::Other) | None => false,
        };
        !is_left
    });
    files.map(|(path, _)| path.clone()).collect()
}
