//! Reads files with user-facing errors, and writes them all or not at all.
//!
//! A new directory is created beside its final place and renamed into it. In an existing directory, new files are
//! staged inside `.rdsproxy-gen`, a journal is added with one rename, and only then are they moved into place. A run
//! that is interrupted before the journal leaves the old files. One that is interrupted later is completed by the next
//! run ([`recover`]), which also removes what an interrupted run left beside the place of a new directory.
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

/// A change of a directory, with relative paths that use `/`.
#[derive(Clone, Debug, Default)]
pub struct DirectoryChange {
    /// The files to write, with their texts by path.
    pub write: BTreeMap<String, String>,
    /// The files to remove.
    pub remove: Vec<String>,
}

/// The current content at the path of a file to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExistingFile {
    /// The path does not exist.
    Absent,
    /// A text file with this content.
    Text(String),
    /// Anything else: not UTF-8, a directory, a link.
    Other,
}

/// Returns the file of this name in the current folder or, within a git repository, in the nearest folder above it.
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
        // Without a repository, nothing defines how far up to search for a policy.
        if !folder.ancestors().any(|above| above.join(".git").exists()) {
            return None;
        }
    }
    None
}

/// Returns the current content at a relative path of a directory. Nothing outside is considered, and no link is
/// followed.
pub fn existing(root: &Path, path: &str) -> ExistingFile {
    match OpenProject::open(root) {
        Ok(None) => ExistingFile::Absent,
        Ok(Some(project)) => project.existing(path),
        Err(_) => ExistingFile::Other,
    }
}

/// True if anything exists at this path, which the user gave.
pub fn is_there(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// Writes and removes all files of a change, or none.
///
/// # Errors
/// If a path is taken by a link or a directory, another run is at work, or the system refuses. The directory is then
/// unchanged.
pub fn apply(root: &Path, change: &DirectoryChange) -> Result<(), FilesError> {
    all_own(change.write.keys().chain(&change.remove))?;
    match OpenProject::open(root)? {
        Some(project) => journal::apply(&project, change),
        None => create(root, change),
    }
}

/// A lock on a directory: no other run writes to it as long as this exists.
#[derive(Debug)]
pub struct Hold<'p> {
    project: OpenProject<'p>,
    _lock: File,
    /// True if a change of an interrupted earlier run was completed.
    pub completed: bool,
}

/// Locks a directory before it is read, until it is written. Returns `None` if it does not exist.
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
    /// Writes and removes all files of a change, or none. Every file must still be what was `read`: the same text, or
    /// absent.
    ///
    /// # Errors
    /// As [`apply`]; also if another program changed one of the files.
    pub fn apply(
        &self,
        change: &DirectoryChange,
        read: &BTreeMap<String, Option<String>>,
    ) -> Result<(), FilesError> {
        all_own(change.write.keys().chain(&change.remove))?;
        journal::apply_held(&self.project, change, read)
    }
}

/// Checks that a directory exists or can be created, so its path is not taken by anything else.
///
/// # Errors
/// If the path is a file, or the system does not permit the check.
pub fn check_place(root: &Path) -> Result<(), FilesError> {
    OpenProject::open(root).map(drop)
}

/// True if an earlier run was interrupted in a directory. Only a run that is about to write there completes it
/// ([`recover`]).
pub fn is_cut_off(root: &Path) -> bool {
    let project = OpenProject::open(root).ok().flatten();
    project.is_some_and(|project| journal::is_cut_off(&project))
}

/// Completes a change that an earlier run committed, and removes one that was interrupted before that.
///
/// Returns true if a committed change was completed.
///
/// # Errors
/// If the path is a file, another run is at work, or the system refuses.
pub fn recover(root: &Path) -> Result<bool, FilesError> {
    staging::tidy(staging::beside(root));
    match OpenProject::open(root)? {
        Some(project) => journal::recover(&project),
        None => Ok(false),
    }
}

/// Creates a new directory in one step.
fn create(root: &Path, change: &DirectoryChange) -> Result<(), FilesError> {
    let parent = staging::beside(root);
    fs::create_dir_all(parent).map_err(|source| write_error(parent, source))?;
    staging::tidy(parent);
    let staged = staging::StagingDir::new(parent).map_err(|source| write_error(parent, source))?;
    let folder =
        ConfinedFolder::open(&staged.path()).map_err(|source| write_error(root, source))?;
    write_files(&OpenProject::new(folder, root), change)?;
    staged
        .move_to(root)
        .map_err(|source| write_error(root, source))
}

/// The maximum number of files that are synced to disk in parallel.
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

/// Waits until the files are on disk. Many parallel requests take about as long as a single one.
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

/// Strips the path from an error of `tempfile`. It is a generated name that means nothing to the user.
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
