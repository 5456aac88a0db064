//! Writes a new file that has no name until it is complete, so that a killed run leaves nothing behind.
#![allow(clippy::disallowed_methods)]

use std::io;
use std::io::Write;
use std::path::Path;

use tempfile::NamedTempFile;

use super::Readers;

/// A complete file that is not in its place yet.
pub(super) enum New {
    /// A file without a name.
    #[cfg(target_os = "linux")]
    Unnamed(std::fs::File),
    /// A file with a temporary name, for other systems and for file systems without unnamed files.
    Named(NamedTempFile),
}

impl New {
    /// Writes the file in the folder of its final place.
    pub(super) fn made(path: &Path, bytes: &[u8], readers: Readers) -> io::Result<Self> {
        #[cfg(target_os = "linux")]
        if let Some(file) = linux::unnamed(path, readers) {
            let mut file = file;
            io::Write::write_all(&mut file, bytes)?;
            file.sync_all()?;
            return Ok(Self::Unnamed(file));
        }
        staged(path, &|file| file.write_all(bytes), readers).map(Self::Named)
    }

    /// Puts the file in its place, unless something exists there.
    pub(super) fn put(self, path: &Path) -> io::Result<()> {
        match self {
            #[cfg(target_os = "linux")]
            Self::Unnamed(file) => linux::name(&file, path),
            Self::Named(file) => {
                let put = file.persist_noclobber(path);
                put.map(drop).map_err(|error| error.error)
            }
        }
    }
}

/// Files without a name. Source: Linux man-pages, open(2), `O_TMPFILE`.
#[cfg(target_os = "linux")]
mod linux {
    use std::fs::File;
    use std::io;
    use std::os::fd::AsRawFd as _;
    use std::path::Path;

    use rustix::fs::{AtFlags, CWD, Mode, OFlags, linkat, open};

    use super::super::single::Readers;
    use super::folder;

    /// Creates a file without a name; `None` if the system or the file system does not support that.
    pub(super) fn unnamed(path: &Path, readers: Readers) -> Option<File> {
        let flags = OFlags::TMPFILE | OFlags::WRONLY | OFlags::CLOEXEC;
        let mode = match readers {
            Readers::Owner => 0o600,
            // The umask applies, as to every new file.
            Readers::All => 0o666,
        };
        let file = File::from(open(folder(path), flags, Mode::from_raw_mode(mode)).ok()?);
        // Without `/proc`, the file could not be named later.
        std::fs::metadata(own(&file)).ok().map(|_| file)
    }

    pub(super) fn name(file: &File, path: &Path) -> io::Result<()> {
        let named = linkat(CWD, own(file), CWD, path, AtFlags::SYMLINK_FOLLOW);
        named.map_err(io::Error::from)
    }

    fn own(file: &File) -> String {
        format!("/proc/self/fd/{}", file.as_raw_fd())
    }
}

pub(super) fn staged(
    path: &Path,
    text: &Made,
    readers: Readers,
) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(STAGED);
    #[cfg(unix)]
    if readers == Readers::All {
        // The umask applies, as to every new file.
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o666);
        builder.permissions(mode);
    }
    let mut file = builder.tempfile_in(folder(path))?;
    text(&mut file)?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// The prefix of files that are being written, which no other program uses.
pub(super) const STAGED: &str = ".rdsproxy-gen-";

/// Returns the folder of a file.
pub(super) fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// A function that writes a text while producing it.
pub type Made<'m> = dyn Fn(&mut dyn Write) -> io::Result<()> + 'm;

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn it_is_seen_when_it_is_whole_and_replaces_nothing() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("acme.tar");
        let [first, second] =
            [b"first", b"other"].map(|bytes| New::made(&path, bytes, Readers::All).unwrap());
        #[cfg(target_os = "linux")]
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
        first.put(&path).unwrap();
        let error = second.put(&path).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"first");
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
    }
}
