//! Reads files by name, with a size limit for each kind of file, and never without end. A file that is larger than it
//! claims, an endless device, and a pipe without a writer are refused like any file that is too large.
#![allow(clippy::disallowed_methods)]

use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::Path;

use super::{FilesError, read_error};
use crate::io::boundary::{Boundary, PathContent, name};
use crate::io::confined::bounded;

/// A kind of file and its size limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bound {
    /// The kind of file for messages, such as "a policy".
    pub what: &'static str,
    /// The maximum number of bytes that are read. A hundred times the size of the largest legitimate file unless stated
    /// otherwise.
    pub bytes: usize,
}

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;

impl Bound {
    /// `rdsproxy.toml`, and a file of answers. Two hundred users, which is the service's limit, take 20 KiB.
    pub const SPEC: Self = Self::new("a spec", 2 * MIB);
    /// `rdsproxy-policy.toml`. Twenty thousand waivers take 4 MiB.
    pub const POLICY: Self = Self::new("a policy", 8 * MIB);
    /// `rdsproxy-trust.toml`, which holds keys and registries.
    pub const TRUST: Self = Self::new("a trust file", MIB);
    /// A public or a secret key, which has less than 1 KiB.
    pub const KEY: Self = Self::new("a key", 64 * KIB);
    /// A file with a password in its first line.
    pub const PASSWORD: Self = Self::new("a password", 64 * KIB);
    /// Terraform source, a variables file, or a template. AWS accepts templates of up to 1 MB ("AWS CloudFormation
    /// quotas"); Terraform files of that size are not written by hand.
    pub const SOURCE: Self = Self::new("a source file", 8 * MIB);
    /// Parameters of CloudFormation: 200, of 4,096 bytes each ("AWS CloudFormation quotas").
    pub const PARAMETERS: Self = Self::new("a file of parameters", 4 * MIB);
    /// A report that is the baseline of an old estate. A hundred thousand findings take 60 MiB.
    pub const REPORT: Self = Self::new("a report", 128 * MIB);
    /// A snapshot of an account. A thousand proxies with everything around them take 10 MiB.
    pub const SNAPSHOT: Self = Self::new("a snapshot", 64 * MIB);
    /// The AWS configuration, `~/.aws/config`.
    pub const CONFIGURATION: Self = Self::new("a configuration", MIB);

    const fn new(what: &'static str, bytes: usize) -> Self {
        Self { what, bytes }
    }
}

/// The origin of a path, which decides what may be read there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whence {
    /// The user named the path. A pipe or a device is accepted (`<(…)`, `/dev/stdin`).
    Named,
    /// The path was looked up in a well-known place. Only a file is accepted.
    Found,
}

/// Reads a text from a path that the user named.
///
/// # Errors
/// If it does not exist, is unreadable, is not UTF-8, or exceeds the limit.
pub fn named_text(path: &Path, bound: Bound) -> Result<String, FilesError> {
    text(path, bound, Whence::Named)
}

/// Reads a text from a well-known place.
///
/// # Errors
/// As [`named_text`], and if it is not a file.
pub fn found_text(path: &Path, bound: Bound) -> Result<String, FilesError> {
    text(path, bound, Whence::Found)
}

/// Reads a text that the user did not name and that may have come with untrusted code. Links must not lead out of its
/// repository. Returns `None` if it does not exist.
///
/// # Errors
/// If it leads out, is not a file, is unreadable, is not UTF-8, or exceeds the limit.
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

/// Reads a file up to the limit, regardless of the reported size.
///
/// # Errors
/// If it does not exist, is of a kind that is not accepted, is unreadable, or exceeds the limit.
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
            Err(io::Error::other("nothing is written to this pipe"))
        }
        Err(error) if error.kind() == ErrorKind::FileTooLarge => Err(io::Error::new(
            error.kind(),
            format!("{error}, and no more is read of {}", bound.what),
        )),
        read => read,
    }
}

/// Opens a file without waiting. Otherwise a pipe without a writer would block the run forever.
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

/// Makes reading wait for the writer.
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

    const FOUR: Bound = Bound::new("a test", 4);

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
        assert_eq!(
            refused(&pipe, Whence::Named),
            "nothing is written to this pipe"
        );
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
        // The writer's open waits for a reader. A reader that opened the pipe before gets the data, however late.
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
