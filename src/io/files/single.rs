//! Reads a single file within a limit, and writes a single result: completely or not at all.
#![allow(clippy::disallowed_methods)]

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::Path;

use super::bounded::{self, Bound, Whence};
use super::unnamed::{Made, New, staged};
use super::{FilesError, write_error};

/// The readers of a new file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readers {
    /// Only the user, for a file with a secret.
    Owner,
    /// All users that the umask permits.
    All,
}

/// Writes a result to the path that the user gave. A file is replaced in one step, so a reader sees either the old text
/// or the new one; mode and owner are kept. A link is followed and stays. Anything but a file, such as `/dev/stdout` or
/// a pipe, is opened and written to.
///
/// # Errors
/// If the directory does not exist, or the system refuses.
pub fn write_output(path: &Path, text: &str) -> Result<(), FilesError> {
    write_output_by(path, &|file| file.write_all(text.as_bytes()))
}

/// Writes a result while it is produced. `text` may be called twice.
///
/// # Errors
/// As [`write_output`]; also if the result cannot be produced.
pub fn write_output_by(path: &Path, text: &Made) -> Result<(), FilesError> {
    let written = match fs::metadata(path) {
        Ok(about) if about.is_file() => replaced(path, &about, text),
        Ok(_) => fs::OpenOptions::new()
            .write(true)
            .open(path)
            .and_then(|file| written_to(file, text)),
        Err(error) if error.kind() == ErrorKind::NotFound => persisted(path, text),
        Err(error) => Err(error),
    };
    written.map_err(|source| write_error(path, source))
}

fn persisted(path: &Path, text: &Made) -> io::Result<()> {
    // A dangling link is not replaced. Its target is created.
    if fs::symlink_metadata(path).is_ok_and(|about| about.is_symlink()) {
        return written_to(fs::File::create(path)?, text);
    }
    let file = staged(path, text, Readers::All)?;
    file.persist(path).map(drop).map_err(|error| error.error)
}

fn replaced(path: &Path, about: &fs::Metadata, text: &Made) -> io::Result<()> {
    let path = fs::canonicalize(path)?;
    let staged = staged(&path, text, Readers::Owner).and_then(|file| {
        as_before(file.path(), about)?;
        Ok(file)
    });
    match staged {
        Ok(file) => file.persist(&path).map(drop).map_err(|error| error.error),
        // If the folder accepts no new files, or mode or owner cannot be set, the file itself may still be writable.
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            written_to(fs::File::create(&path)?, text)
        }
        Err(error) => Err(error),
    }
}

/// Copies the mode and the owner of the file that is replaced.
#[cfg(unix)]
fn as_before(path: &Path, about: &fs::Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, chown};
    let new = fs::metadata(path)?;
    if (new.uid(), new.gid()) != (about.uid(), about.gid()) {
        chown(path, Some(about.uid()), Some(about.gid()))?;
    }
    fs::set_permissions(path, about.permissions())
}

#[cfg(not(unix))]
fn as_before(path: &Path, about: &fs::Metadata) -> io::Result<()> {
    fs::set_permissions(path, about.permissions())
}

fn written_to(mut file: fs::File, text: &Made) -> io::Result<()> {
    text(&mut file)?;
    file.flush()
}

/// Writes a file in one step, so a reader sees either the old bytes or the new ones.
///
/// # Errors
/// If the directory does not exist, or the system refuses.
pub fn write_bytes(path: &Path, bytes: &[u8], readers: Readers) -> Result<(), FilesError> {
    staged(path, &|file| file.write_all(bytes), readers)
        .and_then(|file| file.persist(path).map_err(|error| error.error))
        .map(drop)
        .map_err(|source| write_error(path, source))
}

/// Writes new files, in one step each. An existing file is never overwritten; one with the same bytes is accepted. All
/// files are written before the first one gets its name, so that a killed run leaves as little as possible.
///
/// # Errors
/// As [`write_bytes`]; also if a file exists with other content.
pub fn write_new(files: &[(&Path, &[u8])], readers: Readers) -> Result<(), FilesError> {
    let make = |(path, bytes): &(&Path, &[u8])| {
        New::made(path, bytes, readers).map_err(|source| write_error(path, source))
    };
    let made: Vec<_> = files.iter().map(make).collect::<Result<_, _>>()?;
    for ((path, bytes), new) in files.iter().zip(made) {
        match new.put(path) {
            // A parallel run with the same task may have created the file.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                let there = bounded(path, bytes.len());
                if !there.is_ok_and(|there| there == *bytes) {
                    return Err(write_error(path, error));
                }
            }
            put => put.map_err(|source| write_error(path, source))?,
        }
    }
    Ok(())
}

/// Creates a folder and its missing parents, accessible to the user only.
///
/// # Errors
/// If the system refuses.
pub fn create_folder(path: &Path) -> Result<(), FilesError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(path)
        .map_err(|source| write_error(path, source))
}

/// True if the path is a folder.
pub fn is_folder(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|about| about.is_dir())
}

/// Reads a file of at most `most` bytes. A pipe or a device is refused because it might never end.
///
/// # Errors
/// If it does not exist, is not a file, is unreadable, or exceeds the limit.
pub fn read_bytes(path: &Path, most: usize) -> Result<Vec<u8>, FilesError> {
    bounded(path, most).map_err(|source| FilesError::Read {
        path: path.display().to_string(),
        source,
    })
}

/// Reads a text of at most `most` bytes, or returns `None` if it does not exist.
///
/// # Errors
/// As [`read_bytes`], and if it is not UTF-8.
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

fn bounded(path: &Path, bytes: usize) -> io::Result<Vec<u8>> {
    let what = "such a file";
    bounded::bytes(path, Bound { what, bytes }, Whence::Found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_nothing_stays_beside_it() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("account.json");
        for text in ["first\n", "second, and longer\n"] {
            write_output(&path, text).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        assert!(write_new(&[(&path, b"third")], Readers::All).is_err());
        write_new(&[(&path, b"second, and longer\n")], Readers::All).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "second, and longer\n");
        assert_eq!(std::fs::read_dir(&directory).unwrap().count(), 1);
        let error = write_output(&directory.path().join("no/such.json"), "").unwrap_err();
        assert!(error.to_string().starts_with("cannot write "), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn a_file_keeps_its_mode_and_a_link_stays() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let directory = tempfile::tempdir().unwrap();
        let (path, link) = (
            directory.path().join("report"),
            directory.path().join("link"),
        );
        write_output(&path, "first").unwrap();
        let usual = directory.path().join("usual");
        fs::write(&usual, "").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&path), mode(&usual), "what the umask gives");
        symlink("report", &link).unwrap();
        for kept in [0o600, 0o664] {
            fs::set_permissions(&path, fs::Permissions::from_mode(kept)).unwrap();
            write_output(&link, "second").unwrap();
            assert_eq!(mode(&path) & 0o777, kept);
            assert_eq!(fs::read_to_string(&path).unwrap(), "second");
            assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        }
        symlink("later", directory.path().join("early")).unwrap();
        write_output(&directory.path().join("early"), "third").unwrap();
        assert_eq!(
            fs::read_to_string(directory.path().join("later")).unwrap(),
            "third"
        );
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_is_no_file_is_written_to_and_stays() {
        use std::os::unix::fs::FileTypeExt as _;

        use rustix::fs::{CWD, FileType, Mode, mknodat};
        let directory = tempfile::tempdir().unwrap();
        let pipe = directory.path().join("pipe");
        mknodat(CWD, &pipe, FileType::Fifo, Mode::RWXU, 0).unwrap();
        let reader = {
            let pipe = pipe.clone();
            std::thread::spawn(move || fs::read_to_string(pipe).unwrap())
        };
        write_output(&pipe, "through").unwrap();
        assert_eq!(reader.join().unwrap(), "through");
        assert!(fs::symlink_metadata(&pipe).unwrap().file_type().is_fifo());
    }

    #[test]
    fn what_is_larger_or_no_file_is_not_read() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x");
        write_output(&path, "text").unwrap();
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
