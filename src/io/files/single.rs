//! One file that is read within bounds, or a result where the user wants it: whole or not at all.
#![allow(clippy::disallowed_methods)]

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::Path;

use super::bounded::{self, Bound, Whence};
use super::unnamed::{Made, New, staged};
use super::{FilesError, write_error};

/// Who may read a new file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readers {
    /// The user alone: it holds a secret.
    Owner,
    /// Whoever the user lets read new files.
    All,
}

/// Writes a result where the user wants it. A file is replaced in one step, so that a reader sees the old text or the new one, and keeps
/// its mode and its owner; a link stays and leads to it. What is no file, as `/dev/stdout` or a pipe, is opened and written to.
///
/// # Errors
/// When the directory is not there, or the system refuses.
pub fn write_output(path: &Path, text: &str) -> Result<(), FilesError> {
    write_output_by(path, &|file| file.write_all(text.as_bytes()))
}

/// The same for a result that is written as it is made; it may be made twice.
///
/// # Errors
/// As [`write_output`]; also when it cannot be made.
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
    // A link that leads to nothing is not replaced: what it leads to is made.
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
        // A folder that takes no new files, or a mode or owner that cannot be given, may still let the file itself be written.
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            written_to(fs::File::create(&path)?, text)
        }
        Err(error) => Err(error),
    }
}

/// Gives a file the mode and the owner of the one that it replaces.
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

/// Writes a file in one step: a reader sees the old bytes or the new ones.
///
/// # Errors
/// When the directory is not there, or the system refuses.
pub fn write_bytes(path: &Path, bytes: &[u8], readers: Readers) -> Result<(), FilesError> {
    staged(path, &|file| file.write_all(bytes), readers)
        .and_then(|file| file.persist(path).map_err(|error| error.error))
        .map(drop)
        .map_err(|source| write_error(path, source))
}

/// Writes files in one step each, where nothing stands yet: what is there is never written over, and what has the same bytes is left.
/// All of them are made before the first one gets its name, so that a run that is killed leaves as little as can be.
///
/// # Errors
/// As [`write_bytes`]; also when something else is there.
pub fn write_new(files: &[(&Path, &[u8])], readers: Readers) -> Result<(), FilesError> {
    let make = |(path, bytes): &(&Path, &[u8])| {
        New::made(path, bytes, readers).map_err(|source| write_error(path, source))
    };
    let made: Vec<_> = files.iter().map(make).collect::<Result<_, _>>()?;
    for ((path, bytes), new) in files.iter().zip(made) {
        match new.put(path) {
            // Another run that does the same was faster.
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
