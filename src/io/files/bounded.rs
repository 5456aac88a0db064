//! The files that are opened by name: how large each kind may be, and reading that never goes on for ever, whatever stands there. A file
//! that claims to be small and is not, a device without an end, and a pipe that nobody writes to are refused like any that is too large.
#![allow(clippy::disallowed_methods)]

use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::Path;

use super::{FilesError, read_error};
use crate::io::boundary::{Boundary, PathContent, name};
use crate::io::confined::bounded;

/// How much is read of a kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bound {
    /// Whose it is, for messages: "a policy".
    pub what: &'static str,
    /// The most that is read, in bytes. A hundred times what the largest honest one has, where nothing else is said.
    pub bytes: usize,
}

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;

impl Bound {
    /// `rdsproxy.toml`, and a file of answers: two hundred users, which is the service's limit, take 20 KiB.
    pub const SPEC: Self = Self::of("a spec", 2 * MIB);
    /// `rdsproxy-policy.toml`: twenty thousand waivers take 4 MiB.
    pub const POLICY: Self = Self::of("a policy", 8 * MIB);
    /// `rdsproxy-trust.toml`.
    pub const TRUST: Self = Self::of("a trust file", MIB);
    /// A public or a secret key has less than 1 KiB.
    pub const KEY: Self = Self::of("a key", 64 * KIB);
    /// The first line of a file.
    pub const PASSWORD: Self = Self::of("a password", 64 * KIB);
    /// Terraform source, a file of variables, a template: AWS takes templates of up to 1 MB ("AWS CloudFormation quotas"); nobody writes a
    /// Terraform file of that size by hand.
    pub const SOURCE: Self = Self::of("a source file", 8 * MIB);
    /// Parameters of CloudFormation: 200, of 4,096 bytes each ("AWS CloudFormation quotas").
    pub const PARAMETERS: Self = Self::of("a file of parameters", 4 * MIB);
    /// A report that is the baseline of an old estate: a hundred thousand findings take 60 MiB.
    pub const REPORT: Self = Self::of("a report", 128 * MIB);
    /// What an account holds: a thousand proxies with all that surrounds them take 10 MiB.
    pub const SNAPSHOT: Self = Self::of("a snapshot", 64 * MIB);
    /// `~/.aws/config`.
    pub const CONFIGURATION: Self = Self::of("a configuration", MIB);

    const fn of(what: &'static str, bytes: usize) -> Self {
        Self { what, bytes }
    }
}

/// What may stand at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whence {
    /// The user named it: a pipe or a device will do (`<(…)`, `/dev/stdin`).
    Named,
    /// It was found where it was looked for: only a file will do.
    Found,
}

/// Reads a text that the user named.
///
/// # Errors
/// When it is not there, not readable, not UTF-8, or larger.
pub fn named_text(path: &Path, bound: Bound) -> Result<String, FilesError> {
    text(path, bound, Whence::Named)
}

/// Reads a text that was found where it was looked for.
///
/// # Errors
/// As [`named_text`], and when it is no file.
pub fn found_text(path: &Path, bound: Bound) -> Result<String, FilesError> {
    text(path, bound, Whence::Found)
}

/// Reads a text that nobody named and that may have come with somebody else's code: no link leads out of its repository. None where it
/// is not there.
///
/// # Errors
/// When it leads out, is no file, not readable, not UTF-8, or larger.
pub fn confined_text(path: &Path, bound: Bound) -> Result<Option<String>, FilesError> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let Ok(boundary) = Boundary::around(&[folder.to_owned()], None) else {
        return Ok(None);
    };
    let refused = |why: String| Err(read_error(path, io::Error::other(why)));
    match boundary.text(&name(path), bound.bytes as u64) {
        PathContent::Here(text) => Ok(Some(text)),
        PathContent::Absent => Ok(None),
        PathContent::Outside => refused(boundary.refusal()),
        PathContent::Unreadable(why) => refused(why),
    }
}

fn text(path: &Path, bound: Bound, whence: Whence) -> Result<String, FilesError> {
    let text = bytes(path, bound, whence).and_then(|bytes| {
        String::from_utf8(bytes)
            .map_err(|error| io::Error::new(ErrorKind::InvalidData, error.utf8_error()))
    });
    text.map_err(|source| FilesError::Read {
        path: path.display().to_string(),
        source,
    })
}

/// Reads no more than the bound, whatever the size of the file claims to be.
///
/// # Errors
/// When it is not there, not what it may be, not readable, or larger.
pub fn bytes(path: &Path, bound: Bound, whence: Whence) -> io::Result<Vec<u8>> {
    let file = opened(path)?;
    let about = file.metadata()?;
    if about.is_dir() {
        return Err(io::Error::other("this is a directory"));
    }
    if !about.is_file() {
        if whence == Whence::Found {
            return Err(io::Error::other("this is not a file"));
        }
        await_writers(&file)?;
    }
    let read = bounded(file, about.len(), bound.bytes as u64);
    match read {
        Ok(bytes) if bytes.is_empty() && is_pipe(&about) => {
            Err(io::Error::other("nobody writes to this pipe"))
        }
        Err(error) if error.kind() == ErrorKind::FileTooLarge => Err(io::Error::new(
            error.kind(),
            format!("{error}, and no more is read of {}", bound.what),
        )),
        read => read,
    }
}

/// Opened without waiting: a pipe that nobody writes to would else keep the run for ever.
#[cfg(unix)]
fn opened(path: &Path) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags, open};
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    Ok(open(path, flags, Mode::empty())?.into())
}

#[cfg(not(unix))]
fn opened(path: &Path) -> io::Result<File> {
    File::open(path)
}

/// From here on reading waits for whoever writes.
#[cfg(unix)]
fn await_writers(file: &File) -> io::Result<()> {
    use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
    let flags = fcntl_getfl(file)?;
    Ok(fcntl_setfl(file, flags.difference(OFlags::NONBLOCK))?)
}

#[cfg(not(unix))]
fn await_writers(_: &File) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn is_pipe(about: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt as _;
    about.file_type().is_fifo()
}

#[cfg(not(unix))]
fn is_pipe(_: &std::fs::Metadata) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    const FOUR: Bound = Bound::of("a test", 4);

    fn refused(path: &Path, whence: Whence) -> String {
        bytes(path, FOUR, whence).unwrap_err().to_string()
    }

    #[test]
    fn no_more_is_read_than_the_bound() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        std::fs::write(&path, "four").unwrap();
        for whence in [Whence::Named, Whence::Found] {
            assert_eq!(bytes(&path, FOUR, whence).unwrap(), b"four");
        }
        let sparse = File::create(folder.path().join("y")).unwrap();
        sparse.set_len(1 << 40).unwrap();
        let said = refused(&folder.path().join("y"), Whence::Named);
        assert!(said.contains("and no more is read of a test"), "{said}");
        for whence in [Whence::Named, Whence::Found] {
            assert_eq!(refused(folder.path(), whence), "this is a directory");
        }
        std::fs::write(&path, b"\xff").unwrap();
        let error = named_text(&path, FOUR).unwrap_err();
        assert!(matches!(
            error,
            FilesError::Read { source, .. } if source.kind() == ErrorKind::InvalidData
        ));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_never_ends_is_not_waited_for() {
        use rustix::fs::{CWD, FileType, Mode, mknodat};
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        mknodat(CWD, &pipe, FileType::Fifo, Mode::RWXU, 0).unwrap();
        assert_eq!(refused(&pipe, Whence::Found), "this is not a file");
        assert_eq!(refused(&pipe, Whence::Named), "nobody writes to this pipe");
        let zero = Path::new("/dev/zero");
        assert_eq!(refused(zero, Whence::Found), "this is not a file");
        assert!(refused(zero, Whence::Named).starts_with("it has more than"));
        let writer = std::thread::spawn({
            let pipe = pipe.clone();
            move || {
                let mut pipe = std::fs::OpenOptions::new().write(true).open(pipe).unwrap();
                std::thread::sleep(std::time::Duration::from_millis(50));
                std::io::Write::write_all(&mut pipe, b"late").unwrap();
            }
        });
        // The writer waits for a reader: whoever opened the pipe before is written to, however late.
        let read = loop {
            match bytes(&pipe, FOUR, Whence::Named) {
                Ok(bytes) => break bytes,
                Err(_) => std::thread::yield_now(),
            }
        };
        assert_eq!(read, b"late");
        writer.join().unwrap();
    }
}
