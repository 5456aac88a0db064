//! What a generated set of files means for a directory: which are new, which change, which somebody changed by hand.
//!
//! Nothing that was there is lost: a file that is not as it was generated is never written over without `--force`.

use std::collections::BTreeMap;
use std::path::Path;

use super::CommandError;
use crate::domain::baseline::{BASELINE_PATH, Baseline, digest};
use crate::io::files::{self, DirectoryChange, ExistingFile, existing};
use crate::io::terminal;

/// What is to happen to each file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Placement {
    /// Files that are not there yet.
    pub created: Vec<String>,
    /// Files that are there as an earlier run wrote them, and get a new text.
    pub updated: Vec<String>,
    /// Files that have the new text already.
    pub unchanged: Vec<String>,
    /// Files that an earlier run wrote, that nobody touched, and that are no longer generated.
    pub removed: Vec<String>,
    /// Files that stand in the way: not as an earlier run wrote them.
    pub changed_by_hand: Vec<String>,
    /// Files that are no longer generated, and that somebody changed: they stay.
    pub left: Vec<String>,
}

/// The baseline of a directory, where it has one.
///
/// # Errors
/// When there is one that cannot be read.
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

/// The same, after what an earlier run was cut off from is completed: only who is about to write does that.
///
/// # Errors
/// When that cannot be completed, or there is a baseline that cannot be read.
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

/// Holds a directory for a run that reads it and then writes to it, after what an earlier run was cut off from is completed.
///
/// # Errors
/// When another run is at work there, or that cannot be completed.
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

/// Compares what is to be written with what is there.
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

/// True when a file still has the text that an earlier run gave it.
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
    /// The change that carries it out.
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
        let baseline = Baseline::of("", pack, &before);
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
