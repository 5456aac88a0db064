//! The one form in which a pack travels: a tar archive of which there is exactly one for the same files.
//!
//! Its digest is the pack's, wherever the pack lies, and its bytes are what is signed. Archives of others are hostile: they
//! are read entry by entry into memory, within bounds, and never unpacked.

use std::io::{BufRead, Read};

use flate2::bufread::GzDecoder;
use sha2::{Digest, Sha256};
use tar::{Archive, Entry, EntryType, Header};
use thiserror::Error;

use crate::domain::pack::{BESIDE, Files, PathError, TakenPaths};

/// How much an archive may hold.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Bytes of the archive, once it is no longer compressed.
    pub bytes: usize,
    /// Files and folders.
    pub entries: usize,
    /// Bytes of one file.
    pub file: usize,
    /// How many times as large as the compressed archive the other one may be. It counts from [`RATIO_COUNTS_FROM`] on.
    pub ratio: usize,
}

impl Bounds {
    /// What a pack may hold. Ours: one of fifty samples for two targets has some hundreds of files and two megabytes.
    pub const PACK: Self = Self {
        bytes: 32 * 1024 * 1024,
        entries: 8192,
        file: 4 * 1024 * 1024,
        ratio: 200,
    };
}

/// Small archives of mostly zeros are well compressed and harm nobody.
const RATIO_COUNTS_FROM: usize = 1024 * 1024;

/// The unit of a tar archive. Source: POSIX.1-2017, pax, "ustar Interchange Format"; so are the two empty ones at its end.
const BLOCK: usize = 512;

/// Why an archive is refused.
#[derive(Debug, Error)]
pub enum ArchiveError {
    /// The compression is damaged.
    #[error("the compressed archive is damaged or cut off: {0}")]
    Compression(String),
    /// Something follows the compressed archive.
    #[error("{0} bytes follow the end of the compressed archive")]
    AfterCompression(usize),
    /// It grows too much.
    #[error("the archive grows to more than {0} times its compressed size")]
    Ratio(usize),
    /// It is too large.
    #[error("the archive has more than {0} bytes")]
    TooLarge(usize),
    /// There are too many entries.
    #[error("the archive has more than {0} entries")]
    TooMany(usize),
    /// A file is too large.
    #[error("{path:?}: {size} bytes are more than the {most} that a file may have")]
    FileTooLarge {
        /// The file.
        path: String,
        /// Its size, as the archive says.
        size: u64,
        /// The limit.
        most: usize,
    },
    /// A header cannot be read.
    #[error("byte {0}: not the header of a tar archive, or a damaged one")]
    Header(usize),
    /// It ends too early.
    #[error("the archive is cut off")]
    Truncated,
    /// Something follows its end.
    #[error("something follows the end of the archive")]
    Trailing,
    /// An entry is neither file nor folder.
    #[error("{path:?} is {what}, and a pack has files only")]
    Kind {
        /// Its name.
        path: String,
        /// What it is.
        what: &'static str,
    },
    /// A header that changes what another one says.
    #[error(
        "{path:?} has {what}, which tools read in more than one way; `pack build` makes an archive without"
    )]
    Extension {
        /// The name in the header.
        path: String,
        /// What it is.
        what: &'static str,
    },
    /// A folder with content.
    #[error("{0:?} is a folder, and has content")]
    FolderWithContent(String),
    /// A name that not every system holds.
    #[error(transparent)]
    Path(#[from] PathError),
    /// A name that is no text.
    #[error("{0:?}: the name is not UTF-8")]
    NameNotUtf8(String),
    /// A file that is no text.
    #[error("{0:?}: not UTF-8, and a pack has texts only")]
    NotUtf8(String),
}

/// The archive of a pack: the same bytes for the same files, on every system and with every version of rdsproxy-gen. What
/// stands beside them, such as the signature that is made of it, is left out.
///
/// # Errors
/// When a path is not one that every system holds.
pub fn tar(files: &Files) -> Result<Vec<u8>, ArchiveError> {
    let mut taken = TakenPaths::default();
    let mut bytes = Vec::new();
    for (path, text) in files
        .iter()
        .filter(|(path, _)| !BESIDE.contains(&path.as_str()))
    {
        taken.take(path)?;
        bytes.extend_from_slice(header(path, text.len())?.as_bytes());
        bytes.extend_from_slice(text.as_bytes());
        bytes.resize(bytes.len().next_multiple_of(BLOCK), 0);
    }
    bytes.resize(bytes.len() + 2 * BLOCK, 0);
    Ok(bytes)
}

fn header(path: &str, size: usize) -> Result<Header, ArchiveError> {
    let mut header = Header::new_ustar();
    header
        .set_path(path)
        .map_err(|_| PathError::TooLong(path.to_owned()))?;
    header.set_entry_type(EntryType::Regular);
    header.set_mode(0o644);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header.set_size(size as u64);
    header.set_cksum();
    Ok(header)
}

/// `sha256:…` of an archive.
pub fn digest(archive: &[u8]) -> String {
    let mut written = String::from("sha256:");
    for byte in Sha256::digest(archive) {
        written.push_str(&format!("{byte:02x}"));
    }
    written
}

/// The files of an archive, which may be compressed by gzip.
///
/// # Errors
/// When it is damaged, holds more than it may, or anything but texts under names that every system holds.
pub fn untar(archive: &[u8], bounds: &Bounds) -> Result<Files, ArchiveError> {
    if archive.starts_with(&GZIP) {
        return entries(&inflated(archive, bounds)?, bounds);
    }
    match archive.len() <= bounds.bytes {
        true => entries(archive, bounds),
        false => Err(ArchiveError::TooLarge(bounds.bytes)),
    }
}

/// How a compressed file begins. Source: RFC 1952, section 2.3.1.
const GZIP: [u8; 2] = [0x1f, 0x8b];

fn inflated(archive: &[u8], bounds: &Bounds) -> Result<Vec<u8>, ArchiveError> {
    let damaged = |error: std::io::Error| ArchiveError::Compression(error.to_string());
    let most = archive
        .len()
        .saturating_mul(bounds.ratio)
        .max(RATIO_COUNTS_FROM);
    let limit = most.min(bounds.bytes);
    let mut decoder = GzDecoder::new(archive);
    let mut bytes = Vec::new();
    decoder
        .by_ref()
        .take(limit as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(damaged)?;
    if bytes.len() > limit {
        return Err(match limit < bounds.bytes {
            true => ArchiveError::Ratio(bounds.ratio),
            false => ArchiveError::TooLarge(bounds.bytes),
        });
    }
    let mut rest = decoder.into_inner();
    match rest.fill_buf().map_err(damaged)?.len() {
        0 => Ok(bytes),
        left => Err(ArchiveError::AfterCompression(left)),
    }
}

fn entries(bytes: &[u8], bounds: &Bounds) -> Result<Files, ArchiveError> {
    let mut archive = Archive::new(bytes);
    let mut reading = BoundedRead {
        bounds,
        files: Files::new(),
        taken: TakenPaths::default(),
        end: 0,
    };
    let entries = archive.entries().map_err(|_| ArchiveError::Header(0))?;
    // As they lie in the archive: no header may change what another one says.
    for (count, entry) in entries.raw(true).enumerate() {
        if reading.end > bytes.len() {
            return Err(ArchiveError::Truncated);
        }
        let entry = entry.map_err(|_| match bytes.len() - reading.end < BLOCK {
            true => ArchiveError::Truncated,
            // The crate's own message repeats what stands there, which may be anything.
            false => ArchiveError::Header(reading.end),
        })?;
        if count == bounds.entries {
            return Err(ArchiveError::TooMany(bounds.entries));
        }
        reading.entry(entry)?;
    }
    ends(bytes, reading.end)?;
    Ok(reading.files)
}

/// Two empty blocks and nothing else: what is cut off or added is told from a whole archive.
fn ends(bytes: &[u8], end: usize) -> Result<(), ArchiveError> {
    let rest = bytes.get(end..).unwrap_or_default();
    if rest.iter().any(|byte| *byte != 0) {
        return Err(ArchiveError::Trailing);
    }
    match rest.len() < 2 * BLOCK {
        true => Err(ArchiveError::Truncated),
        false => Ok(()),
    }
}

struct BoundedRead<'b> {
    bounds: &'b Bounds,
    files: Files,
    taken: TakenPaths,
    /// Where the next header begins.
    end: usize,
}

impl BoundedRead<'_> {
    fn entry(&mut self, entry: Entry<'_, &[u8]>) -> Result<(), ArchiveError> {
        let kind = entry.header().entry_type();
        let path = name(entry.header())?;
        plain(kind, &path)?;
        if entry.size() > self.bounds.file as u64 {
            return Err(ArchiveError::FileTooLarge {
                path,
                size: entry.size(),
                most: self.bounds.file,
            });
        }
        if kind.is_dir() {
            return self.folder(&path, entry.size());
        }
        self.taken.take(&path)?;
        let text = self.text(entry, &path)?;
        self.files.insert(path, text);
        Ok(())
    }

    /// A folder is there where a file is in it: an entry of its own says nothing, and must be harmless.
    fn folder(&mut self, path: &str, size: u64) -> Result<(), ArchiveError> {
        self.end += BLOCK;
        if size > 0 {
            return Err(ArchiveError::FolderWithContent(path.to_owned()));
        }
        let name = path.strip_suffix('/').unwrap_or(path);
        // What `tar -C folder .` writes first.
        match name {
            "." => Ok(()),
            name => Ok(self.taken.folder(name)?),
        }
    }

    fn text(&mut self, mut entry: Entry<'_, &[u8]>, path: &str) -> Result<String, ArchiveError> {
        let mut bytes = Vec::new();
        let cut_off = |_| ArchiveError::Truncated;
        let read = entry.read_to_end(&mut bytes).map_err(cut_off)?;
        if (read as u64) < entry.size() {
            return Err(ArchiveError::Truncated);
        }
        self.end += BLOCK + read.next_multiple_of(BLOCK);
        String::from_utf8(bytes).map_err(|_| ArchiveError::NotUtf8(path.to_owned()))
    }
}

/// The name that a header has, of its own fields only.
fn name(header: &Header) -> Result<String, ArchiveError> {
    let prefix = header.as_ustar().map_or(&[][..], |ustar| &ustar.prefix);
    let name = until_nul(&header.as_old().name)?;
    let prefix = until_nul(prefix)?;
    Ok(match prefix.is_empty() {
        true => name,
        false => format!("{prefix}/{name}"),
    })
}

/// A field is filled with NULs; something after the first one would be seen by some tools only.
fn until_nul(field: &[u8]) -> Result<String, ArchiveError> {
    let end = field.iter().position(|byte| *byte == 0);
    let (text, rest) = field.split_at(end.unwrap_or(field.len()));
    if rest.iter().any(|byte| *byte != 0) {
        let shown = String::from_utf8_lossy(field);
        return Err(PathError::Nul(shown.trim_end_matches('\0').to_owned()).into());
    }
    String::from_utf8(text.to_vec())
        .map_err(|_| ArchiveError::NameNotUtf8(String::from_utf8_lossy(text).into_owned()))
}

/// Refuses everything but files and folders.
fn plain(kind: EntryType, path: &str) -> Result<(), ArchiveError> {
    let (what, is_extension) = match kind {
        EntryType::Regular | EntryType::Directory => return Ok(()),
        EntryType::Symlink => ("a symbolic link", false),
        EntryType::Link => ("a hard link", false),
        EntryType::Char | EntryType::Block => ("a device", false),
        EntryType::Fifo => ("a pipe", false),
        EntryType::GNUSparse => ("a sparse file", false),
        EntryType::GNULongName | EntryType::GNULongLink => ("a long name of GNU tar", true),
        EntryType::XHeader | EntryType::XGlobalHeader => ("a header of pax", true),
        _ => ("of a kind that is not known", false),
    };
    let path = path.to_owned();
    Err(match is_extension {
        true => ArchiveError::Extension { path, what },
        false => ArchiveError::Kind { path, what },
    })
}
