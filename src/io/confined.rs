//! Access to files that is confined to an opened folder. The system resolves every path inside the opened folder
//! itself, not by the folder's name. Neither `..`, nor a link, nor a folder that is swapped for a link in the meantime
//! can lead out of it.

use std::ffi::OsString;
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::{Component, Path};

use cap_fs_ext::{
    DirExt as _, FollowSymlinks, OpenOptionsFollowExt as _, OpenOptionsMaybeDirExt,
    OpenOptionsSyncExt as _,
};
use cap_std::ambient_authority;
use cap_std::fs::{Dir, OpenOptions};

/// Decides if a rename replaces an existing target (`Always`, in one step) or fails because of it (`Never`).
#[derive(Clone, Copy)]
enum Exchange {
    Always,
    Never,
}

/// True if the system or the file system does not support the operation. Source: rename(2) of Linux, `EINVAL`: "the
/// filesystem does not support one of the flags".
fn is_unsupported(error: &io::Error) -> bool {
    let kinds = [ErrorKind::Unsupported, ErrorKind::InvalidInput];
    kinds.contains(&error.kind())
}

/// An opened folder to which all access is confined.
#[derive(Debug)]
pub(super) struct ConfinedFolder(Dir);

/// The kind of an entry in a folder. A link is reported as a link, not as its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum FileKind {
    File,
    Folder,
    Link,
    /// A device, a pipe or a socket.
    Other,
}

impl FileKind {
    fn new(kind: cap_std::fs::FileType) -> Self {
        if kind.is_symlink() {
            Self::Link
        } else if kind.is_file() {
            Self::File
        } else if kind.is_dir() {
            Self::Folder
        } else {
            Self::Other
        }
    }

    /// Returns the kind as a phrase for messages.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::File => "a file, not a directory",
            Self::Folder => "a directory",
            Self::Link => "a symbolic link",
            Self::Other => "a device, a pipe or a socket",
        }
    }
}

/// Decides if links are followed. Links never lead out of the folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Links {
    Refused,
    Within,
}

/// A name in a confined folder.
#[derive(Clone, Copy)]
pub(super) struct FileAt<'f> {
    pub(super) folder: &'f ConfinedFolder,
    pub(super) name: &'f Path,
}

impl FileAt<'_> {
    /// Gives this file the permissions of another one, which must not be a link.
    pub(super) fn permit_as(self, other: FileAt<'_>) -> io::Result<()> {
        let about = other.folder.0.symlink_metadata(other.name)?;
        let permissions = about.permissions();
        self.folder.0.set_permissions(self.name, permissions)
    }

    /// Moves this file to another place and replaces the file there.
    pub(super) fn give(self, to: FileAt<'_>) -> io::Result<()> {
        let (from, to_folder) = (&self.folder.0, &to.folder.0);
        from.rename(self.name, to_folder, to.name)
    }

    /// Moves this file to another place and fails with [`ErrorKind::AlreadyExists`] if the name exists there already.
    pub(super) fn give_new(self, to: FileAt<'_>) -> io::Result<()> {
        match self.renamed(to, Exchange::Never) {
            Err(error) if is_unsupported(&error) => self.give(to),
            given => given,
        }
    }

    /// Exchanges this file for another one, in one step. Returns false if the system cannot do that.
    pub(super) fn exchange(self, with: FileAt<'_>) -> io::Result<bool> {
        match self.renamed(with, Exchange::Always) {
            Ok(()) => Ok(true),
            Err(error) if is_unsupported(&error) => Ok(false),
            Err(error) => Err(error),
        }
    }

    #[cfg(any(target_os = "linux", target_os = "macos"))]
    fn renamed(self, to: FileAt<'_>, how: Exchange) -> io::Result<()> {
        use rustix::fs::{RenameFlags, renameat_with};
        let flags = match how {
            Exchange::Always => RenameFlags::EXCHANGE,
            Exchange::Never => RenameFlags::NOREPLACE,
        };
        let (from, to_folder) = (&self.folder.0, &to.folder.0);
        Ok(renameat_with(from, self.name, to_folder, to.name, flags)?)
    }

    #[cfg(not(any(target_os = "linux", target_os = "macos")))]
    fn renamed(self, _: FileAt<'_>, _: Exchange) -> io::Result<()> {
        Err(ErrorKind::Unsupported.into())
    }
}

impl ConfinedFolder {
    /// Opens a folder that the user named. Links in this path are the user's own and are followed.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        Dir::open_ambient_dir(here(path), ambient_authority()).map(Self)
    }

    /// Opens the same folder again as a file that can be locked.
    pub(super) fn lockable(&self) -> io::Result<std::fs::File> {
        let mut options = OpenOptions::new();
        options.read(true);
        OpenOptionsMaybeDirExt::maybe_dir(&mut options, true);
        Ok(self.0.open_with(".", &options)?.into_std())
    }

    /// Returns the kind of the entry with this name, or `None` if there is no such entry.
    pub(super) fn kind(&self, name: &Path) -> io::Result<Option<FileKind>> {
        match self.0.symlink_metadata(name) {
            Ok(about) => Ok(Some(FileKind::new(about.file_type()))),
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Opens a folder in this one. A link is refused.
    pub(super) fn inner(&self, name: &Path) -> io::Result<Self> {
        self.0.open_dir_nofollow(name).map(Self)
    }

    /// Opens a folder in this one and creates it first if it does not exist. A link is refused.
    pub(super) fn made(&self, name: &Path) -> io::Result<Self> {
        match self.0.create_dir(name) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
            _ => self.inner(name),
        }
    }

    /// Opens a folder below this one. Links are followed as long as they stay inside.
    pub(super) fn below(&self, path: &Path) -> io::Result<Self> {
        self.0.open_dir(here(path)).map(Self)
    }

    /// Returns the names and kinds of all entries, sorted by name.
    pub(super) fn names(&self) -> io::Result<Vec<(OsString, FileKind)>> {
        let mut names = Vec::new();
        for entry in self.0.entries()? {
            let entry = entry?;
            names.push((entry.file_name(), FileKind::new(entry.file_type()?)));
        }
        names.sort();
        Ok(names)
    }

    /// Reads the bytes of a regular file, up to a limit. A pipe or a device is refused because it might never end.
    pub(super) fn read(&self, path: &Path, most: u64, links: Links) -> io::Result<Vec<u8>> {
        let follow = match links {
            Links::Refused => FollowSymlinks::No,
            Links::Within => FollowSymlinks::Yes,
        };
        let mut options = OpenOptions::new();
        // Do not wait for a writer to open the other end of a pipe.
        options.read(true).follow(follow).nonblock(true);
        let file = self.0.open_with(here(path), &options)?;
        let about = file.metadata()?;
        if !about.is_file() {
            return Err(io::Error::other(if about.is_dir() {
                "a directory, not a file"
            } else {
                "not a regular file"
            }));
        }
        bounded(file, about.len(), most)
    }

    /// Writes a new file. Fails if the name exists already.
    pub(super) fn write_new(&self, name: &Path, text: &str) -> io::Result<std::fs::File> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        let mut file = self.0.open_with(name, &options)?.into_std();
        file.write_all(text.as_bytes())?;
        Ok(file)
    }

    /// Names a file in this folder, so that it can be moved to another one.
    pub(super) fn at<'f>(&'f self, name: &'f Path) -> FileAt<'f> {
        FileAt { folder: self, name }
    }

    /// Removes a file, or a link itself.
    pub(super) fn remove(&self, name: &Path) -> io::Result<()> {
        self.0.remove_file(name)
    }

    /// Removes an empty folder.
    pub(super) fn remove_folder(&self, name: &Path) -> io::Result<()> {
        self.0.remove_dir(name)
    }

    /// Removes a folder and everything in it, or a link itself.
    pub(super) fn remove_all(&self, name: &Path) -> io::Result<()> {
        self.0.remove_dir_all(name)
    }
}

/// Reads at most the given number of bytes, regardless of the reported size. A larger file is an error of the kind
/// [`ErrorKind::FileTooLarge`].
pub(super) fn bounded(file: impl io::Read, size: u64, most: u64) -> io::Result<Vec<u8>> {
    let too_large = || {
        let size = size_in_words(most);
        let message = format!("it has more than {most} bytes{size}");
        io::Error::new(ErrorKind::FileTooLarge, message)
    };
    if size > most {
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default() + 1);
    file.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        Err(too_large())
    } else {
        Ok(bytes)
    }
}

/// Returns a limit in mebibytes, such as ` (8 MiB)`; empty for less than one mebibyte.
fn size_in_words(bytes: u64) -> String {
    match bytes / 1024 / 1024 {
        0 => String::new(),
        mebibytes => format!(" ({mebibytes} MiB)"),
    }
}

/// True if the entry does not exist. That includes a path that goes through a file as if it were a folder.
pub(super) fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

/// True if a path was refused because it leads out of the folder. There is no system error code for that case.
pub(super) fn leads_out(error: &io::Error) -> bool {
    error.kind() == ErrorKind::PermissionDenied && error.raw_os_error().is_none()
}

/// Replaces the empty path, which means the folder itself, with `.`.
fn here(path: &Path) -> &Path {
    if path.as_os_str().is_empty() {
        Path::new(".")
    } else {
        path
    }
}

/// Splits a path that only goes downwards into its folders and its file name.
pub(super) fn parts(path: &Path) -> (impl Iterator<Item = &Path>, &Path) {
    let name = path.file_name().map_or(Path::new(""), Path::new);
    let folders = path.parent().into_iter().flat_map(Path::components);
    let folders = folders.filter_map(|part| match part {
        Component::Normal(part) => Some(Path::new(part)),
        _ => None,
    });
    (folders, name)
}
