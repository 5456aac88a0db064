//! Files: read with an error for people, written all together or not at all.
//!
//! A new directory is made beside its place and renamed into it. In a directory that exists, the new files are staged inside
//! `.rdsproxy-gen`, a journal is put beside them in one rename, and only then they move into place: a run that is cut off
//! before the journal leaves the old files, one that is cut off after it is completed by the next run ([`recover`]). That
//! run also removes what one that was cut off left beside the place of a new directory.
#![allow(clippy::disallowed_methods)]

pub mod bounded;
mod error;
mod journal;
mod project;
mod quiet;
mod shared;
mod single;
mod staging;
mod unnamed;
mod user;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

pub use error::FilesError;
pub use quiet::{Quiet, quiet};
pub use shared::{Shared, share};
pub use single::{
    Readers, create_folder, is_folder, read_bytes, read_text_if_there, write_bytes, write_new,
    write_output, write_output_by,
};
pub use unnamed::Made;
pub use user::{cache_of_user, folder_of_docker, of_user, place_of_user, state_of_user};

use self::project::OpenProject;
pub use self::staging::{Scratch, scratch};
use super::confined::ConfinedFolder;
use crate::domain::own_path::all_own;

/// What is to become of a directory: relative paths with `/`, and texts.
#[derive(Clone, Debug, Default)]
pub struct DirectoryChange {
    /// Files to be there afterwards, with their text.
    pub write: BTreeMap<String, String>,
    /// Files to be gone afterwards.
    pub remove: Vec<String>,
}

/// What stands where a file is to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExistingFile {
    /// Nothing.
    Absent,
    /// A text file.
    Text(String),
    /// Something else: not UTF-8, a directory, a link.
    Other,
}

/// A file of this name in the current folder or, within a git repository, in one above it.
pub fn found_above(name: &str) -> Option<PathBuf> {
    let mut place = PathBuf::new();
    let root = std::env::current_dir().ok()?;
    for folder in root.ancestors() {
        let file = place.join(name);
        if fs::metadata(&file).is_ok_and(|about| about.is_file()) {
            return Some(file);
        }
        if folder.join(".git").exists() {
            return None;
        }
        place.push("..");
        // Outside of a repository nothing says how far up the policy of this folder may lie.
        if !folder.ancestors().any(|above| above.join(".git").exists()) {
            return None;
        }
    }
    None
}

/// What stands at a relative path of a directory today. Nothing that lies outside of it does, and no link is followed.
pub fn existing(root: &Path, path: &str) -> ExistingFile {
    match OpenProject::open(root) {
        Ok(None) => ExistingFile::Absent,
        Ok(Some(project)) => project.existing(path),
        Err(_) => ExistingFile::Other,
    }
}

/// Whether anything has this name, which the user gave.
pub fn is_there(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// Writes and removes all of it, or nothing.
///
/// # Errors
/// When a place is taken by a link or a directory, another run is at work, or the system refuses; the directory is then as it was.
pub fn apply(root: &Path, change: &DirectoryChange) -> Result<(), FilesError> {
    all_own(change.write.keys().chain(&change.remove))?;
    match OpenProject::open(root)? {
        Some(project) => journal::apply(&project, change),
        None => create(root, change),
    }
}

/// A directory that no other run writes to as long as this is kept.
#[derive(Debug)]
pub struct Hold<'p> {
    project: OpenProject<'p>,
    _lock: File,
    /// Whether a change was completed that an earlier run was cut off from.
    pub completed: bool,
}

/// Holds a directory from before it is read until it is written; none where it is not there.
///
/// # Errors
/// As [`recover`].
pub fn hold(root: &Path) -> Result<Option<Hold<'_>>, FilesError> {
    staging::tidy(staging::beside(root));
    let Some(project) = OpenProject::open(root)? else {
        return Ok(None);
    };
    let lock = project.lock()?;
    let completed = journal::completed(&project)?;
    Ok(Some(Hold {
        project,
        _lock: lock,
        completed,
    }))
}

impl Hold<'_> {
    /// Writes and removes all of it, or nothing, and only where every file still is what was `read` of it: its text, or that there is
    /// none.
    ///
    /// # Errors
    /// As [`apply`]; also when another program changed one of the files.
    pub fn apply(
        &self,
        change: &DirectoryChange,
        read: &BTreeMap<String, Option<String>>,
    ) -> Result<(), FilesError> {
        all_own(change.write.keys().chain(&change.remove))?;
        journal::apply_held(&self.project, change, read)
    }
}

/// Checks that a directory is there or can be made: that nothing else has its name.
///
/// # Errors
/// When a file has the name, or the system does not say.
pub fn check_place(root: &Path) -> Result<(), FilesError> {
    OpenProject::open(root).map(drop)
}

/// Whether an earlier run was cut off in a directory. Only who is about to write there completes it ([`recover`]).
pub fn is_cut_off(root: &Path) -> bool {
    let project = OpenProject::open(root).ok().flatten();
    project.is_some_and(|project| journal::is_cut_off(&project))
}

/// Completes what an earlier run decided on and was cut off from, and removes what one was cut off from before it decided.
///
/// Returns whether a decided change was completed.
///
/// # Errors
/// When a file has the name, another run is at work, or the system refuses.
pub fn recover(root: &Path) -> Result<bool, FilesError> {
    staging::tidy(staging::beside(root));
    match OpenProject::open(root)? {
        Some(project) => journal::recover(&project),
        None => Ok(false),
    }
}

/// Makes a new directory in one step.
fn create(root: &Path, change: &DirectoryChange) -> Result<(), FilesError> {
    let parent = staging::beside(root);
    fs::create_dir_all(parent).map_err(|source| write_error(parent, source))?;
    staging::tidy(parent);
    let staged = staging::StagingDir::new(parent).map_err(|source| write_error(parent, source))?;
    let folder =
        ConfinedFolder::open(&staged.path()).map_err(|source| write_error(root, source))?;
    write_files(&OpenProject::of(folder, root), change)?;
    staged
        .move_to(root)
        .map_err(|source| write_error(root, source))
}

/// How many files the disk is told of at once.
const SYNCED_AT_ONCE: usize = 16;

fn write_files(project: &OpenProject<'_>, change: &DirectoryChange) -> Result<(), FilesError> {
    let mut written = Vec::with_capacity(change.write.len());
    for (path, text) in &change.write {
        let (folder, name) = project.place_made(path)?;
        let file = folder.write_new(name, text);
        let named = project.name(path);
        let file = file.map_err(|source| write_error(&named, source))?;
        written.push((named, file));
    }
    sync(&written)
}

/// Waits until the disk has them. It writes many in the time of one, when it is told of all before it is waited for.
fn sync(files: &[(PathBuf, File)]) -> Result<(), FilesError> {
    let mut some = files.chunks(SYNCED_AT_ONCE);
    some.try_for_each(|files| {
        std::thread::scope(|scope| {
            let waiting: Vec<_> = files
                .iter()
                .map(|(path, file)| (path, scope.spawn(|| file.sync_all())))
                .collect();
            waiting.into_iter().try_for_each(|(path, thread)| {
                let done = thread.join().unwrap_or_else(|_| {
                    Err(io::Error::other(
                        "the thread that waited for the disk is gone",
                    ))
                });
                done.map_err(|source| write_error(path, source))
            })
        })
    })
}

fn not_a_file(path: &Path, what: &'static str) -> FilesError {
    FilesError::NotAFile {
        path: path.display().to_string(),
        what,
    }
}

fn read_error(path: &Path, source: io::Error) -> FilesError {
    FilesError::Read {
        path: path.display().to_string(),
        source,
    }
}

fn write_error(path: &Path, source: io::Error) -> FilesError {
    FilesError::Write {
        path: path.display().to_string(),
        source: without_path(source),
    }
}

/// An error of `tempfile` without the name that it made up and adds to the message: nobody knows that name.
fn without_path(error: io::Error) -> io::Error {
    let message = error.to_string();
    match message.split_once(" at path ") {
        Some((cause, _)) if error.raw_os_error().is_none() => {
            io::Error::new(error.kind(), cause.to_owned())
        }
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_message_names_a_temporary_file() {
        let missing = Path::new("no/such/parent");
        let source = staging::StagingDir::new(missing).err().unwrap();
        assert!(source.to_string().contains(".rdsproxy-gen"), "{source}");
        let FilesError::Write { source, .. } = write_error(missing, source) else {
            panic!("another error");
        };
        assert!(!source.to_string().contains(".rdsproxy-gen"), "{source}");
    }

    fn change(files: &[(&str, &str)], remove: &[&str]) -> DirectoryChange {
        DirectoryChange {
            write: files
                .iter()
                .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
                .collect(),
            remove: remove.iter().map(|path| (*path).to_owned()).collect(),
        }
    }

    #[test]
    fn a_new_directory_appears_whole() {
        let home = tempfile::tempdir().unwrap();
        let root = home.path().join("a/b");
        apply(&root, &change(&[("x/y.tf", "1"), ("z", "2")], &[])).unwrap();
        assert_eq!(existing(&root, "x/y.tf"), ExistingFile::Text("1".into()));
        assert_eq!(
            fs::read_dir(home.path().join("a")).unwrap().count(),
            1,
            "nothing is left beside it"
        );
    }

    #[test]
    fn an_existing_directory_keeps_what_is_not_ours() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("mine"), "kept").unwrap();
        apply(home.path(), &change(&[("a/b", "1"), ("c", "1")], &[])).unwrap();
        apply(home.path(), &change(&[("c", "2")], &["a/b"])).unwrap();
        assert_eq!(
            existing(home.path(), "mine"),
            ExistingFile::Text("kept".into())
        );
        assert_eq!(existing(home.path(), "c"), ExistingFile::Text("2".into()));
        assert_eq!(
            existing(home.path(), "a"),
            ExistingFile::Absent,
            "an emptied folder goes"
        );
        assert_eq!(
            existing(home.path(), ".rdsproxy-gen"),
            ExistingFile::Absent,
            "no trace of the journal"
        );
    }

    #[test]
    fn nothing_is_written_outside_or_through_a_link() {
        let home = tempfile::tempdir().unwrap();
        let outside = tempfile::tempdir().unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(outside.path(), home.path().join("link")).unwrap();
        for path in ["../x", "/x", "a/../../x", "link/x", ""] {
            let error =
                apply(home.path(), &change(&[("fine", "1"), (path, "1")], &[])).unwrap_err();
            assert!(
                matches!(error, FilesError::Refused(_) | FilesError::NotAFile { .. }),
                "{path}: {error}"
            );
        }
        assert_eq!(
            existing(home.path(), "fine"),
            ExistingFile::Absent,
            "not even the others"
        );
    }
}
