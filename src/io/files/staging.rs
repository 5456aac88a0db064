//! Where a new directory grows up: beside its place, under a name of its own, until one rename puts it there.
//!
//! A run that is killed leaves its unfinished directory behind. The next one removes it, and never one that a living run
//! still writes: that holds a lock on it, which goes with the process.
#![allow(clippy::disallowed_methods)]

use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// No other program and no person names a directory so.
const PREFIX: &str = ".rdsproxy-gen-unfinished-";

/// What is written in it: the directory around it is its owner's alone, this one is as readable as the umask lets new ones be.
const INNER: &str = "project";

/// The directory in which that place is.
pub(super) fn beside(root: &Path) -> &Path {
    match root.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// A directory that is being written; removed when it is dropped unfinished.
#[derive(Debug)]
pub(super) struct StagingDir {
    folder: TempDir,
    /// Held for as long as this run lives; `None` where the file system cannot lock.
    _lock: Option<File>,
}

impl StagingDir {
    /// Makes an empty one.
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
                // Another run came between and is about to remove it: this one makes another.
                StagingOwner::Theirs | StagingOwner::Gone => {}
            }
        }
    }

    /// Where it is.
    pub(super) fn path(&self) -> PathBuf {
        self.folder.path().join(INNER)
    }

    /// Puts it in its place.
    pub(super) fn move_to(self, root: &Path) -> io::Result<()> {
        fs::rename(self.path(), root)
    }
}

/// A folder outside of every project that is thrown away at the end.
#[derive(Debug)]
pub struct Scratch(StagingDir);

/// Makes one, in the folder for such things. What a run that was killed left there is removed.
///
/// # Errors
/// When the system refuses.
pub fn scratch() -> io::Result<Scratch> {
    let parent = std::env::temp_dir();
    tidy(&parent);
    StagingDir::new(&parent).map(Scratch)
}

impl Scratch {
    /// Where it is.
    pub fn path(&self) -> PathBuf {
        self.0.path()
    }
}

/// Removes what killed runs left. Best effort: what cannot be removed is in nobody's way.
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

/// Whose an unfinished directory is.
enum StagingOwner {
    /// This run's, with its lock.
    Ours(Option<File>),
    /// That of another run which lives.
    Theirs,
    /// Nobody's: it is in its place, or removed.
    Gone,
}

fn held(path: &Path) -> StagingOwner {
    let folder = match File::open(path) {
        Ok(folder) => folder,
        Err(error) if error.kind() == ErrorKind::NotFound => return StagingOwner::Gone,
        // Not every system opens a directory; such a one is then not locked.
        Err(_) => return StagingOwner::Ours(None),
    };
    let lock = match folder.try_lock() {
        Ok(()) => Some(folder),
        Err(TryLockError::WouldBlock) => return StagingOwner::Theirs,
        Err(TryLockError::Error(_)) => None,
    };
    // Between opening and locking it may have been moved to its place, and what is locked now is the project itself.
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
