//! Compares a generated set of files with a directory: which files are new, which change, which were changed by hand.
//!
//! Existing work is never lost: without `--force`, a file that differs from its generated text is not overwritten.

use std::collections::BTreeMap;
use std::path::Path;

use super::CommandError;
use crate::domain::baseline::{BASELINE_PATH, Baseline, digest};
use crate::io::files::{self, DirectoryChange, ExistingFile, existing};
use crate::io::terminal;

/// The planned action for each file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Placement {
    /// Files that do not exist yet.
    pub created: Vec<String>,
    /// Files that still have the text of an earlier run and get a new one.
    pub updated: Vec<String>,
    /// Files that already have the new text.
    pub unchanged: Vec<String>,
    /// Files that an earlier run wrote, that are unedited, and that are no longer generated.
    pub removed: Vec<String>,
    /// Files that block the run because their text is not the one that an earlier run wrote.
    pub changed_by_hand: Vec<String>,
    /// Files that are no longer generated but were changed by hand: they stay.
    pub left: Vec<String>,
}

/// Reads the baseline of a directory, if it has one.
///
/// # Errors
/// When the baseline exists and cannot be read.
pub fn baseline_of(root: &Path) -> Result<Option<Baseline>, CommandError> {
    match existing(root, BASELINE_PATH) {
        ExistingFile::Absent => Ok(None),
        ExistingFile::Text(text) => {
            Baseline::parse(&text, &root.join(BASELINE_PATH).display().to_string())
                .map(Some)
                .map_err(|error| {
                    CommandError::input(error)
                        .hint("restore it from version control, or remove it to start over")
                })
        }
        ExistingFile::Other => Err(CommandError::input(format!(
            "{} is not a text file",
            root.join(BASELINE_PATH).display()
        ))),
    }
}

/// Completes an interrupted run, then reads the baseline. Only for callers that are about to write.
///
/// # Errors
/// When the interrupted run cannot be completed, or the baseline cannot be read.
pub fn recovered(root: &Path) -> Result<Option<Baseline>, CommandError> {
    if files::recover(root).map_err(CommandError::environment)? {
        let note = format!(
            "completed what an earlier run was cut off from in {}\n",
            root.display()
        );
        terminal::note(&note).map_err(CommandError::environment)?;
    }
    baseline_of(root)
}

/// Locks a directory for a run that reads it and then writes to it, after completing an interrupted run. None if the
/// directory does not exist.
///
/// # Errors
/// When another run is active there, or the interrupted run cannot be completed.
pub fn held(root: &Path) -> Result<Option<files::Hold<'_>>, CommandError> {
    let hold = files::hold(root).map_err(CommandError::environment)?;
    if hold.as_ref().is_some_and(|hold| hold.completed) {
        let note = format!(
            "completed what an earlier run was cut off from in {}\n",
            root.display()
        );
        terminal::note(&note).map_err(CommandError::environment)?;
    }
    Ok(hold)
}

/// Compares the files to be written with the files in the directory.
pub fn place(
    root: &Path,
    files: &BTreeMap<String, String>,
    baseline: Option<&Baseline>,
) -> Placement {
    let mut placement = Placement::default();
    for (path, text) in files {
        let list = match existing(root, path) {
            ExistingFile::Absent => &mut placement.created,
            ExistingFile::Text(there) if there == *text => &mut placement.unchanged,
            ExistingFile::Text(there) if is_ours(baseline, path, &there) => &mut placement.updated,
            ExistingFile::Text(_) | ExistingFile::Other => &mut placement.changed_by_hand,
        };
        list.push(path.clone());
    }
    let generated_before = baseline
        .into_iter()
        .flat_map(|baseline| baseline.files.keys());
    for path in generated_before.filter(|path| !files.contains_key(*path)) {
        match existing(root, path) {
            ExistingFile::Absent => {}
            ExistingFile::Text(there) if is_ours(baseline, path, &there) => {
                placement.removed.push(path.clone())
            }
            ExistingFile::Text(_) | ExistingFile::Other => placement.left.push(path.clone()),
        }
    }
    placement
}

/// True if a file still has the text that an earlier run wrote.
fn is_ours(baseline: Option<&Baseline>, path: &str, there: &str) -> bool {
    let Some(baseline) = baseline else {
        return false;
    };
    path == BASELINE_PATH
        || baseline
            .files
            .get(path)
            .is_some_and(|file| file.digest == digest(there))
}

impl Placement {
    /// Returns the change that carries out the plan.
    pub fn change(&self, files: &BTreeMap<String, String>) -> DirectoryChange {
        let paths = self
            .created
            .iter()
            .chain(&self.updated)
            .chain(&self.changed_by_hand);
        DirectoryChange {
            write: paths
                .filter_map(|path| Some((path.clone(), files.get(path)?.clone())))
                .collect(),
            remove: self.removed.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::files;

    fn set(files: &[(&str, &str)]) -> BTreeMap<String, String> {
        files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
            .collect()
    }

    #[test]
    fn tells_ours_from_theirs() {
        let home = tempfile::tempdir().unwrap();
        let root = home.path();
        let before = set(&[
            ("same", "1"),
            ("ours", "1"),
            ("theirs", "1"),
            ("old", "1"),
            ("old-theirs", "1"),
        ]);
        let pack = crate::render::built_in();
        let baseline = Baseline::new("", pack, &before);
        files::apply(
            root,
            &DirectoryChange {
                write: before,
                remove: Vec::new(),
            },
        )
        .unwrap();
        let edits = set(&[
            ("theirs", "edited"),
            ("old-theirs", "edited"),
            ("foreign", "x"),
        ]);
        files::apply(
            root,
            &DirectoryChange {
                write: edits,
                remove: Vec::new(),
            },
        )
        .unwrap();

        let after = set(&[
            ("same", "1"),
            ("ours", "2"),
            ("theirs", "2"),
            ("new", "2"),
            ("foreign", "2"),
        ]);
        let placement = place(root, &after, Some(&baseline));
        let expected = Placement {
            created: vec!["new".into()],
            updated: vec!["ours".into()],
            unchanged: vec!["same".into()],
            removed: vec!["old".into()],
            changed_by_hand: vec!["foreign".into(), "theirs".into()],
            left: vec!["old-theirs".into()],
        };
        assert_eq!(placement, expected);
        let change = placement.change(&after);
        assert_eq!(change.remove, ["old"]);
        assert_eq!(
            change.write.len(),
            4,
            "unchanged files are not written again"
        );
    }
}
