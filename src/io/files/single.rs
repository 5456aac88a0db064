//! One file that is read within bounds, or a result where the user wants it: whole or not at all.
#![allow(clippy::disallowed_methods)]

use std::fs;
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::Path;

use super::{FilesError, write_error};

/// Who may read a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readers {
    /// The user alone, as of temporary files.
    Owner,
    /// Everybody who may see its folder.
    All,
}

/// Writes a file in one step: a reader sees the old text or the new one. It is the user's alone, as temporary files are.
///
/// # Errors
/// When the directory is not there, or the system refuses.
pub fn write_text(path: &Path, text: &str) -> Result<(), FilesError> {
    write_bytes(path, text.as_bytes(), Readers::Owner)
}

/// The same with bytes, and with whoever may read them.
///
/// # Errors
/// As [`write_text`].
pub fn write_bytes(path: &Path, bytes: &[u8], readers: Readers) -> Result<(), FilesError> {
    staged(path, bytes, readers)
        .and_then(|file| file.persist(path).map_err(|error| error.error))
        .map(drop)
        .map_err(|source| write_error(path, source))
}

/// The same, where nothing stands yet: what is there is never written over.
///
/// # Errors
/// As [`write_text`]; also when something is there.
pub fn write_new(path: &Path, bytes: &[u8], readers: Readers) -> Result<(), FilesError> {
    staged(path, bytes, readers)
        .and_then(|file| file.persist_noclobber(path).map_err(|error| error.error))
        .map(drop)
        .map_err(|source| write_error(path, source))
}

fn staged(path: &Path, bytes: &[u8], readers: Readers) -> io::Result<tempfile::NamedTempFile> {
    let parent = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut file = tempfile::Builder::new()
        .prefix(".rdsproxy-gen-")
        .tempfile_in(parent)?;
    file.write_all(bytes)?;
    if readers == Readers::All {
        make_readable(file.path())?;
    }
    file.as_file().sync_all()?;
    Ok(file)
}

#[cfg(unix)]
fn make_readable(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn make_readable(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Makes a folder that is the user's alone, and the ones above it, where they are not there.
///
/// # Errors
/// When the system refuses.
pub fn create_folder(path: &Path) -> Result<(), FilesError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(path)
        .map_err(|source| write_error(path, source))
}

/// Whether a folder is there.
pub fn is_folder(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|about| about.is_dir())
}

/// Reads a file of at most so many bytes. A pipe or a device, which might never end, is none.
///
/// # Errors
/// When it is not there, not a file, not readable, or larger.
pub fn read_bytes(path: &Path, most: usize) -> Result<Vec<u8>, FilesError> {
    bounded(path, most).map_err(|source| FilesError::Read {
        path: path.display().to_string(),
        source,
    })
}

/// Reads a text of at most so many bytes, where there is one.
///
/// # Errors
/// As [`read_bytes`], and when it is not UTF-8.
pub fn read_text_if_there(path: &Path, most: usize) -> Result<Option<String>, FilesError> {
    let refused = |source| FilesError::Read {
        path: path.display().to_string(),
        source,
    };
    match bounded(path, most) {
        Ok(bytes) => String::from_utf8(bytes)
            .map(Some)
            .map_err(|error| refused(io::Error::new(ErrorKind::InvalidData, error.utf8_error()))),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(refused(error)),
    }
}

fn bounded(path: &Path, most: usize) -> io::Result<Vec<u8>> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("this is not a file"));
    }
    let mut bytes = Vec::new();
    let file = fs::File::open(path)?;
    file.take(most as u64 + 1).read_to_end(&mut bytes)?;
    match bytes.len() <= most {
        true => Ok(bytes),
        false => Err(io::Error::other(format!("it has more than {most} bytes"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::files::read_text;

    #[test]
    fn a_file_is_replaced_whole_and_nothing_stays_beside_it() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("account.json");
        for text in ["first\n", "second, and longer\n"] {
            write_text(&path, text).unwrap();
            assert_eq!(read_text(&path).unwrap(), text);
        }
        assert!(write_new(&path, b"third", Readers::All).is_err());
        assert_eq!(read_text(&path).unwrap(), "second, and longer\n");
        assert_eq!(std::fs::read_dir(&directory).unwrap().count(), 1);
        let error = write_text(&directory.path().join("no/such.json"), "").unwrap_err();
        assert!(error.to_string().starts_with("cannot write "), "{error}");
    }

    #[test]
    fn what_is_larger_or_no_file_is_not_read() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x");
        write_text(&path, "text").unwrap();
        assert_eq!(read_bytes(&path, 4).unwrap(), b"text");
        assert!(read_bytes(&path, 3).is_err());
        assert!(read_bytes(directory.path(), 3).is_err());
        assert!(
            read_text_if_there(&directory.path().join("y"), 3)
                .unwrap()
                .is_none()
        );
    }
}
