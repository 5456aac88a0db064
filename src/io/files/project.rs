//! A directory whose files are read and changed. It is opened once, and no link below it is followed.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::{ExistingFile, FilesError, not_a_file, read_error, write_error};
use crate::domain::baseline::digest;
use crate::domain::own_path::OWN_FOLDER;
use crate::io::confined::{ConfinedFolder, FileKind, Links, is_absent, parts};

/// The maximum size, in bytes, of an existing file at a path to be written. Our own limit, far above any source file.
const MOST: u64 = 64 * 1024 * 1024;

/// An opened directory, with the path that the user gave.
#[derive(Debug)]
pub(super) struct OpenProject<'p> {
    folder: ConfinedFolder,
    named: &'p Path,
}

/// The folder of a file, and its name there.
type Place<'a> = (ConfinedFolder, &'a Path);

impl<'p> OpenProject<'p> {
    /// Opens the directory, or returns `None` if it does not exist. A link is followed here because the user named the
    /// path.
    pub(super) fn open(named: &'p Path) -> Result<Option<Self>, FilesError> {
        match ConfinedFolder::open(named) {
            Ok(folder) => Ok(Some(Self { folder, named })),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) if is_absent(&error) => Err(not_a_file(named, FileKind::File.words())),
            Err(source) => Err(write_error(named, source)),
        }
    }

    /// Wraps a new folder, under the path that it will have.
    pub(super) fn new(folder: ConfinedFolder, named: &'p Path) -> Self {
        Self { folder, named }
    }

    /// Returns the name of a path in messages.
    pub(super) fn name(&self, path: impl AsRef<Path>) -> PathBuf {
        self.named.join(path)
    }

    /// Returns the opened folder.
    pub(super) fn folder(&self) -> &ConfinedFolder {
        &self.folder
    }

    /// Locks the directory for this run. The system releases the lock when the process ends, in whatever way.
    pub(super) fn lock(&self) -> Result<File, FilesError> {
        let folder = self.folder.lockable();
        let folder = folder.map_err(|source| write_error(self.named, source))?;
        match folder.try_lock() {
            Ok(()) => Ok(folder),
            Err(TryLockError::WouldBlock) => Err(FilesError::Busy {
                path: self.named.display().to_string(),
            }),
            // Not every file system supports locks. The journal alone still protects a single run.
            Err(TryLockError::Error(_)) => Ok(folder),
        }
    }

    /// Returns the folder for rdsproxy-gen's own state, or `None` if it does not exist.
    pub(super) fn state(&self) -> Result<Option<ConfinedFolder>, FilesError> {
        self.inner(&self.folder, Path::new(OWN_FOLDER), Path::new(OWN_FOLDER))
    }

    /// Returns the folder for rdsproxy-gen's own state, and creates it if it does not exist.
    pub(super) fn state_made(&self) -> Result<ConfinedFolder, FilesError> {
        let made = self.folder.made(Path::new(OWN_FOLDER));
        made.map_err(|source| self.refused(&self.folder, Path::new(OWN_FOLDER), source))
    }

    /// Returns the folder and name of a file, which need not exist; `None` if one of its folders does not exist.
    pub(super) fn place<'a>(&self, path: &'a str) -> Result<Option<Place<'a>>, FilesError> {
        let (folders, name) = parts(Path::new(path));
        let mut at = self.top()?;
        let mut way = PathBuf::new();
        for folder in folders {
            way.push(folder);
            match self.inner(&at, folder, &way)? {
                Some(inner) => at = inner,
                None => return Ok(None),
            }
        }
        Ok(Some((at, name)))
    }

    /// Returns the folder and name of a file, and creates missing folders.
    pub(super) fn place_made<'a>(&self, path: &'a str) -> Result<Place<'a>, FilesError> {
        let (folders, name) = parts(Path::new(path));
        let mut at = self.top()?;
        let mut way = PathBuf::new();
        for folder in folders {
            way.push(folder);
            let made = at.made(folder);
            at = made.map_err(|source| self.refused(&at, &way, source))?;
        }
        Ok((at, name))
    }

    /// Returns the digest of the file at a path, or `None` if there is none.
    ///
    /// # Errors
    /// If the path is not a file, or leads through a link or a device.
    pub(super) fn standing(&self, path: &str) -> Result<Option<String>, FilesError> {
        let Some((folder, name)) = self.place(path)? else {
            return Ok(None);
        };
        digest_in(&folder, name).map_err(|problem| problem.named(&self.name(path)))
    }

    /// Returns the content at a path, if it is text.
    pub(super) fn existing(&self, path: &str) -> ExistingFile {
        let is_plain = Path::new(path)
            .components()
            .all(|part| matches!(part, std::path::Component::Normal(_)));
        match self.place(path) {
            Ok(Some((folder, name))) if is_plain => text_in(&folder, name),
            Ok(None) if is_plain => ExistingFile::Absent,
            _ => ExistingFile::Other,
        }
    }

    fn top(&self) -> Result<ConfinedFolder, FilesError> {
        let top = self.folder.below(Path::new(""));
        top.map_err(|source| write_error(self.named, source))
    }

    fn inner(
        &self,
        at: &ConfinedFolder,
        name: &Path,
        way: &Path,
    ) -> Result<Option<ConfinedFolder>, FilesError> {
        match at.kind(name) {
            Ok(None) => Ok(None),
            // A path below a file does not exist.
            Ok(Some(FileKind::File)) => Ok(None),
            Ok(Some(FileKind::Folder)) => match at.inner(name) {
                Ok(folder) => Ok(Some(folder)),
                Err(source) => Err(self.refused(at, way, source)),
            },
            Ok(Some(other)) => Err(not_a_file(&self.name(way), other.words())),
            Err(source) => Err(write_error(&self.name(way), source)),
        }
    }

    /// Returns the error for a folder that cannot be entered.
    fn refused(&self, at: &ConfinedFolder, way: &Path, source: io::Error) -> FilesError {
        let name = way.file_name().map_or(way, Path::new);
        match at.kind(name) {
            Ok(Some(kind)) if kind != FileKind::Folder => not_a_file(&self.name(way), kind.words()),
            _ => write_error(&self.name(way), source),
        }
    }
}

/// The reason a file has no digest: it is of another kind, or cannot be read.
pub(super) enum Problem {
    Kind(FileKind),
    Read(io::Error),
}

impl Problem {
    pub(super) fn named(self, path: &Path) -> FilesError {
        match self {
            Self::Kind(kind) => not_a_file(path, kind.words()),
            Self::Read(source) => read_error(path, source),
        }
    }
}

/// Returns the digest of a file in a folder, or `None` if the name does not exist.
pub(super) fn digest_in(folder: &ConfinedFolder, name: &Path) -> Result<Option<String>, Problem> {
    match folder.kind(name).map_err(Problem::Read)? {
        None => Ok(None),
        Some(FileKind::File) => {
            let bytes = folder.read(name, MOST, Links::Refused);
            Ok(Some(digest(bytes.map_err(Problem::Read)?)))
        }
        Some(other) => Err(Problem::Kind(other)),
    }
}

fn text_in(folder: &ConfinedFolder, name: &Path) -> ExistingFile {
    match folder.kind(name) {
        Ok(None) => ExistingFile::Absent,
        Ok(Some(FileKind::File)) => {
            let bytes = folder.read(name, MOST, Links::Refused).ok();
            let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
            text.map_or(ExistingFile::Other, ExistingFile::Text)
        }
        Ok(Some(_)) | Err(_) => ExistingFile::Other,
    }
}
