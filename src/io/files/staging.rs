//! Builds a new directory beside its final place, under a temporary name, until one rename puts it there.
//!
//! A killed run leaves its unfinished directory behind, and the next run removes it. A directory that another run still
//! writes to is never removed: that run holds a lock on it, which the system releases when the process ends.
#![allow(clippy::disallowed_methods)]

use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// The prefix of unfinished directories, which no other program uses.
const PREFIX: &str = ".rdsproxy-gen-unfinished-";

/// The name of the directory that is built. The one around it is accessible to its owner only, while this one has the
/// permissions that the umask gives.
const INNER: &str = "project";

/// Returns the parent directory of a path.
pub(super) fn beside(root: &Path) -> &Path {
    match root.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// A directory that is being built. Removed if it is dropped unfinished.
#[derive(Debug)]
pub(super) struct StagingDir {
    folder: TempDir,
    /// The lock, held as long as this exists; `None` if the file system does not support locks.
    _lock: Option<File>,
}

impl StagingDir {
    /// Creates an empty directory.
    pub(super) fn new(parent: &Path) -> io::Result<Self> {
        loop {
            let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(parent)?;
            match held(folder.path()) {
                StagingOwner::Ours(lock) => {
                    fs::create_dir(folder.path().join(INNER))?;
                    return Ok(Self {
                        folder,
                        _lock: lock,
                    });
                }
                // Another run has locked it and is about to remove it, so create another one.
                StagingOwner::Theirs | StagingOwner::Gone => {}
            }
        }
    }

    /// Returns the path of the directory that is built.
    pub(super) fn path(&self) -> PathBuf {
        self.folder.path().join(INNER)
    }

    /// Renames the directory to its final place.
    pub(super) fn move_to(self, root: &Path) -> io::Result<()> {
        fs::rename(self.path(), root)
    }
}

/// A temporary folder outside of every project, removed when this is dropped.
#[derive(Debug)]
pub struct Scratch(StagingDir);

/// Creates a temporary folder, and removes those of killed runs.
///
/// # Errors
/// If the system refuses.
pub fn scratch() -> io::Result<Scratch> {
    let parent = std::env::temp_dir();
    tidy(&parent);
    StagingDir::new(&parent).map(Scratch)
}

impl Scratch {
    /// Returns the path of the folder.
    pub fn path(&self) -> PathBuf {
        self.0.path()
    }
}

/// Removes the directories of killed runs. Best effort: leftovers that cannot be removed are harmless.
pub(super) fn tidy(parent: &Path) {
    let Ok(entries) = fs::read_dir(parent) else {
        return;
    };
    for entry in entries.flatten() {
        let is_ours = entry.file_name().to_string_lossy().starts_with(PREFIX)
            && entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_ours && let StagingOwner::Ours(Some(_lock)) = held(&entry.path()) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// The owner of an unfinished directory.
enum StagingOwner {
    /// This run, with its lock.
    Ours(Option<File>),
    /// Another run that is still active.
    Theirs,
    /// No run: the directory was moved to its place, or removed.
    Gone,
}

fn held(path: &Path) -> StagingOwner {
    let folder = match File::open(path) {
        Ok(folder) => folder,
        Err(error) if error.kind() == ErrorKind::NotFound => return StagingOwner::Gone,
        // Not every system can open a directory. The directory is then not locked.
        Err(_) => return StagingOwner::Ours(None),
    };
    let lock = match folder.try_lock() {
        Ok(()) => Some(folder),
        Err(TryLockError::WouldBlock) => return StagingOwner::Theirs,
        Err(TryLockError::Error(_)) => None,
    };
    // Between opening and locking, the directory may have been moved to its place. The lock is then on the project
    // itself.
    if fs::symlink_metadata(path).is_ok() {
        StagingOwner::Ours(lock)
    } else {
        StagingOwner::Gone
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(parent: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(parent)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn what_a_killed_run_left_is_removed() {
        let home = tempfile::tempdir().unwrap();
        let left = home.path().join(format!("{PREFIX}AbCdEf"));
        fs::create_dir_all(left.join("terraform")).unwrap();
        fs::write(left.join("terraform/main.tf"), "half").unwrap();
        tidy(home.path());
        assert!(names(home.path()).is_empty());
    }

    #[test]
    fn what_a_living_run_writes_and_what_is_not_ours_stays() {
        let home = tempfile::tempdir().unwrap();
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("precious"), "kept").unwrap();
        fs::create_dir(home.path().join(".rdsproxy-gen-backup")).unwrap();
        fs::write(home.path().join(format!("{PREFIX}file")), "kept").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(outside.path(), home.path().join(format!("{PREFIX}link")))
            .unwrap();
        let before = names(home.path());
        let living = StagingDir::new(home.path()).unwrap();
        tidy(home.path());
        assert!(living.path().is_dir());
        assert!(outside.path().join("precious").is_file());
        drop(living);
        assert_eq!(names(home.path()), before);
    }

    #[test]
    fn a_finished_one_is_in_its_place_and_nowhere_else() {
        let home = tempfile::tempdir().unwrap();
        let unfinished = StagingDir::new(home.path()).unwrap();
        fs::write(unfinished.path().join("a"), "1").unwrap();
        unfinished.move_to(&home.path().join("project")).unwrap();
        tidy(home.path());
        assert_eq!(names(home.path()), ["project"]);
    }

    #[test]
    fn a_place_that_is_taken_leaves_nothing_behind() {
        let home = tempfile::tempdir().unwrap();
        let place = home.path().join("project");
        fs::create_dir(&place).unwrap();
        fs::write(place.join("mine"), "kept").unwrap();
        let unfinished = StagingDir::new(home.path()).unwrap();
        assert!(unfinished.move_to(&place).is_err());
        assert_eq!(names(home.path()), ["project"]);
        assert_eq!(fs::read_to_string(place.join("mine")).unwrap(), "kept");
    }
}
