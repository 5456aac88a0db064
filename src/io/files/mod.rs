//! Files: read with an error for people, written all together or not at all.
//!
//! A new directory is made beside its place and renamed into it. In a directory that exists, the new files are staged inside
//! `.rdsproxy-gen`, a journal is put beside them in one rename, and only then they move into place: a run that is cut off
//! before the journal leaves the old files, one that is cut off after it is completed by the next run ([`recover`]). That
//! run also removes what one that was cut off left beside the place of a new directory.
#![allow(clippy::disallowed_methods)]

mod journal;
mod nursery;
mod single;
mod user;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Component, Path, PathBuf};

use thiserror::Error;

pub use single::{
    Readers, create_folder, is_folder, read_bytes, read_text_if_there, write_bytes, write_new,
    write_output,
};
pub use user::{cache_of_user, folder_of_docker, of_user, place_of_user, state_of_user};

/// What could not be done with which file.
#[derive(Debug, Error)]
pub enum FilesError {
    /// The file could not be read.
    #[error("cannot read {path}")]
    Read {
        /// As the user named it.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// Something could not be written.
    #[error("cannot write {path}")]
    Write {
        /// Which.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// The place is taken by something that must not be written through.
    #[error("{path} is {what}: nothing was written")]
    NotAFile {
        /// Which.
        path: String,
        /// "a symbolic link", "a directory".
        what: &'static str,
    },
    /// Another run works in the directory.
    #[error("another rdsproxy-gen is writing to {path}: nothing was written")]
    Busy {
        /// The directory.
        path: String,
    },
    /// A path that leaves its directory.
    #[error("{path:?} does not stay inside its directory: nothing was written")]
    Escapes {
        /// The path.
        path: String,
    },
}

/// What is to become of a directory: relative paths with `/`, and texts.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// Files to be there afterwards, with their text.
    pub write: BTreeMap<String, String>,
    /// Files to be gone afterwards.
    pub remove: Vec<String>,
}

/// What stands where a file is to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Existing {
    /// Nothing.
    Absent,
    /// A text file.
    Text(String),
    /// Something else: not UTF-8, a directory, a link.
    Other,
}

/// Reads a text file.
///
/// # Errors
/// When it is not there, not readable or not UTF-8.
pub fn read_text(path: &Path) -> Result<String, FilesError> {
    fs::read_to_string(path).map_err(|source| FilesError::Read {
        path: path.display().to_string(),
        source,
    })
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

/// What stands at a relative path of a directory today.
pub fn existing(root: &Path, path: &str) -> Existing {
    let path = root.join(path);
    match fs::symlink_metadata(&path) {
        // Below a file there is nothing either.
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Existing::Absent
        }
        Ok(about) if about.is_file() => {
            fs::read_to_string(&path).map_or(Existing::Other, Existing::Text)
        }
        Ok(_) | Err(_) => Existing::Other,
    }
}

/// Writes and removes all of it, or nothing.
///
/// # Errors
/// When a place is taken by a link or a directory, another run is at work, or the system refuses; the directory is then as it was.
pub fn apply(root: &Path, change: &Change) -> Result<(), FilesError> {
    for path in change.write.keys().chain(&change.remove) {
        inside(root, path)?;
    }
    if is_directory(root)? {
        journal::apply(root, change)
    } else {
        create(root, change)
    }
}

/// Checks that a directory is there or can be made: that nothing else has its name.
///
/// # Errors
/// When a file has the name, or the system does not say.
pub fn check_place(root: &Path) -> Result<(), FilesError> {
    is_directory(root).map(drop)
}

/// Whether the directory is there already. The user named it, so that a link to one is one.
fn is_directory(root: &Path) -> Result<bool, FilesError> {
    match fs::metadata(root) {
        Ok(about) if about.is_dir() => Ok(true),
        Ok(_) => Err(not_a_file(root, "a file, not a directory")),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(source) => Err(write_error(root, source)),
    }
}

/// Completes what an earlier run decided on and was cut off from, and removes what one was cut off from before it decided.
///
/// Returns whether a decided change was completed.
///
/// # Errors
/// When a file has the name, another run is at work, or the system refuses.
pub fn recover(root: &Path) -> Result<bool, FilesError> {
    nursery::tidy(nursery::beside(root));
    if is_directory(root)? {
        journal::recover(root)
    } else {
        Ok(false)
    }
}

/// Makes a new directory in one step.
fn create(root: &Path, change: &Change) -> Result<(), FilesError> {
    let parent = nursery::beside(root);
    fs::create_dir_all(parent).map_err(|source| write_error(parent, source))?;
    let staged = nursery::Unfinished::new(parent).map_err(|source| write_error(parent, source))?;
    write_files(staged.path(), change).map_err(|error| named_as(error, staged.path(), root))?;
    make_listable(staged.path()).map_err(|source| write_error(root, source))?;
    staged
        .move_to(root)
        .map_err(|source| write_error(root, source))
}

/// A temporary directory is its owner's alone; a project is everybody's who may see its parent.
#[cfg(unix)]
fn make_listable(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn make_listable(_: &Path) -> io::Result<()> {
    Ok(())
}

/// How many files the disk is told of at once.
const SYNCED_AT_ONCE: usize = 16;

fn write_files(root: &Path, change: &Change) -> Result<(), FilesError> {
    let mut written = Vec::with_capacity(change.write.len());
    for (path, text) in &change.write {
        let path = root.join(path);
        let file = write_unsynced(&path, text).map_err(|source| write_error(&path, source))?;
        written.push((path, file));
    }
    written.chunks(SYNCED_AT_ONCE).try_for_each(sync)
}

/// Waits until the disk has them. It writes many in the time of one, when it is told of all before it is waited for.
fn sync(files: &[(PathBuf, File)]) -> Result<(), FilesError> {
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
}

fn write_unsynced(path: &Path, text: &str) -> io::Result<File> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    let mut file = File::create(path)?;
    file.write_all(text.as_bytes())?;
    Ok(file)
}

fn write_file(path: &Path, text: &str) -> io::Result<()> {
    write_unsynced(path, text)?.sync_all()
}

/// Refuses a path that leaves the directory, and one that leads through a link.
fn inside(root: &Path, path: &str) -> Result<(), FilesError> {
    let plain = Path::new(path)
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    if !plain || path.is_empty() {
        return Err(FilesError::Escapes {
            path: path.to_owned(),
        });
    }
    let mut place = PathBuf::from(root);
    for part in Path::new(path).components() {
        place.push(part);
        let Ok(about) = fs::symlink_metadata(&place) else {
            break;
        };
        if about.is_symlink() {
            return Err(not_a_file(&place, "a symbolic link"));
        }
    }
    match fs::symlink_metadata(root.join(path)) {
        Ok(about) if about.is_dir() => Err(not_a_file(&root.join(path), "a directory")),
        _ => Ok(()),
    }
}

fn not_a_file(path: &Path, what: &'static str) -> FilesError {
    FilesError::NotAFile {
        path: path.display().to_string(),
        what,
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

/// The same error, about the place that the user named and not about the one where it is written first.
fn named_as(error: FilesError, staged: &Path, root: &Path) -> FilesError {
    match error {
        FilesError::Write { path, source } => {
            let meant = Path::new(&path).strip_prefix(staged);
            let path = meant.map_or(path.clone(), |rest| root.join(rest).display().to_string());
            FilesError::Write { path, source }
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_message_names_a_temporary_file() {
        let missing = Path::new("no/such/parent");
        let source = nursery::Unfinished::new(missing).err().unwrap();
        assert!(source.to_string().contains(".rdsproxy-gen"), "{source}");
        let FilesError::Write { source, .. } = write_error(missing, source) else {
            panic!("another error");
        };
        assert!(!source.to_string().contains(".rdsproxy-gen"), "{source}");
        let inside = write_error(Path::new("tmp-x/terraform/main.tf"), source);
        let named = named_as(inside, Path::new("tmp-x"), Path::new("orders"));
        assert_eq!(named.to_string(), "cannot write orders/terraform/main.tf");
    }

    fn change(files: &[(&str, &str)], remove: &[&str]) -> Change {
        Change {
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
        assert_eq!(existing(&root, "x/y.tf"), Existing::Text("1".into()));
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
        assert_eq!(existing(home.path(), "mine"), Existing::Text("kept".into()));
        assert_eq!(existing(home.path(), "c"), Existing::Text("2".into()));
        assert_eq!(
            existing(home.path(), "a"),
            Existing::Absent,
            "an emptied folder goes"
        );
        assert_eq!(
            existing(home.path(), ".rdsproxy-gen"),
            Existing::Absent,
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
                matches!(
                    error,
                    FilesError::Escapes { .. } | FilesError::NotAFile { .. }
                ),
                "{path}: {error}"
            );
        }
        assert_eq!(
            existing(home.path(), "fine"),
            Existing::Absent,
            "not even the others"
        );
    }
}
