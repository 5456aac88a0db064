//! The archive format of a pack: a tar archive that is fully determined by the files in it.
//!
//! Its digest identifies the pack wherever it is stored, and its bytes are what is signed. Archives from elsewhere are
//! untrusted: they are read entry by entry into memory, within limits, and never unpacked.

use std::io::{BufRead, Read};

use flate2::bufread::GzDecoder;
use sha2::{Digest, Sha256};
use tar::{Archive, Entry, EntryType, Header};
use thiserror::Error;

use crate::domain::pack::{BESIDE, Files, PathError, TakenPaths};

/// The limits for the content of an archive.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// The maximum size of the uncompressed archive in bytes.
    pub bytes: usize,
    /// The maximum number of files and folders.
    pub entries: usize,
    /// The maximum size of one file in bytes.
    pub file: usize,
    /// The maximum ratio of the uncompressed to the compressed size. Checked above [`RATIO_COUNTS_FROM`] only.
    pub ratio: usize,
}

impl Bounds {
    /// The limits for a pack. Our own: a pack with fifty samples for two targets has a few hundred files and two
    /// megabytes.
    pub const PACK: Self = Self {
        bytes: 32 * 1024 * 1024,
        entries: 8192,
        file: 4 * 1024 * 1024,
        ratio: 200,
    };
}

/// The uncompressed size, in bytes, above which the ratio is checked. Small archives of mostly zeros compress well and
/// are harmless.
const RATIO_COUNTS_FROM: usize = 1024 * 1024;

/// The block size of a tar archive. Source: POSIX.1-2017, pax, "ustar Interchange Format", which also defines the two
/// empty blocks at the end.
const BLOCK: usize = 512;

/// The reason an archive is refused.
#[derive(Debug, Error)]
pub enum ArchiveError {
    /// The compressed data is damaged or truncated.
    #[error("the compressed archive is damaged or cut off: {0}")]
    Compression(String),
    /// Extra bytes follow the compressed archive.
    #[error("{0} bytes follow the end of the compressed archive")]
    AfterCompression(usize),
    /// The compression ratio exceeds the limit.
    #[error("the archive grows to more than {0} times its compressed size")]
    Ratio(usize),
    /// The uncompressed archive exceeds the size limit.
    #[error("the archive has more than {0} bytes")]
    TooLarge(usize),
    /// The archive has too many entries.
    #[error("the archive has more than {0} entries")]
    TooMany(usize),
    /// A file exceeds the size limit.
    #[error("{path:?}: {size} bytes are more than the {most} that a file may have")]
    FileTooLarge {
        /// The name of the file.
        path: String,
        /// The size that the archive states, in bytes.
        size: u64,
        /// The maximum size in bytes.
        most: usize,
    },
    /// A header cannot be parsed.
    #[error("byte {0}: not the header of a tar archive, or a damaged one")]
    Header(usize),
    /// The archive is truncated.
    #[error("the archive is cut off")]
    Truncated,
    /// Extra data follows the end of the archive.
    #[error("something follows the end of the archive")]
    Trailing,
    /// An entry is neither a file nor a folder.
    #[error("{path:?} is {what}, and a pack has files only")]
    Kind {
        /// The name of the entry.
        path: String,
        /// A description of the entry's kind.
        what: &'static str,
    },
    /// An extension header that overrides another header.
    #[error(
        "{path:?} has {what}, which tools read in more than one way; `pack build` makes an archive without"
    )]
    Extension {
        /// The name in the header.
        path: String,
        /// A description of the extension.
        what: &'static str,
    },
    /// A folder entry has content.
    #[error("{0:?} is a folder, and has content")]
    FolderWithContent(String),
    /// A file name is not portable to all systems.
    #[error(transparent)]
    Path(#[from] PathError),
    /// A file name is not UTF-8.
    #[error("{0:?}: the name is not UTF-8")]
    NameNotUtf8(String),
    /// A file is not UTF-8.
    #[error("{0:?}: not UTF-8, and a pack has texts only")]
    NotUtf8(String),
}

/// Builds the archive of a pack: the same bytes for the same files, on every system and with every version of
/// rdsproxy-gen. Files that accompany a pack, such as the signature of the archive, are left out.
///
/// # Errors
/// If a path is not portable to all systems.
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

/// Returns the digest of an archive as `sha256:…`.
pub fn digest(archive: &[u8]) -> String {
    let mut written = String::from("sha256:");
    for byte in Sha256::digest(archive) {
        written.push_str(&format!("{byte:02x}"));
    }
    written
}

/// Returns the files of an archive, which may be compressed with gzip.
///
/// # Errors
/// If the archive is damaged, exceeds a limit, or holds anything but texts with portable names.
pub fn untar(archive: &[u8], bounds: &Bounds) -> Result<Files, ArchiveError> {
    if archive.starts_with(&GZIP) {
        return entries(&inflated(archive, bounds)?, bounds);
    }
    if archive.len() <= bounds.bytes {
        entries(archive, bounds)
    } else {
        Err(ArchiveError::TooLarge(bounds.bytes))
    }
}

/// The first bytes of a gzip file. Source: RFC 1952, section 2.3.1.
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
        return Err(if limit < bounds.bytes {
            ArchiveError::Ratio(bounds.ratio)
        } else {
            ArchiveError::TooLarge(bounds.bytes)
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
    // Read raw entries, so that no header can override another one.
    for (count, entry) in entries.raw(true).enumerate() {
        if reading.end > bytes.len() {
            return Err(ArchiveError::Truncated);
        }
        let entry = entry.map_err(|_| {
            if bytes.len() - reading.end < BLOCK {
                ArchiveError::Truncated
            } else {
                ArchiveError::Header(reading.end)
            }
        })?;
        if count == bounds.entries {
            return Err(ArchiveError::TooMany(bounds.entries));
        }
        reading.entry(entry)?;
    }
    ends(bytes, reading.end)?;
    Ok(reading.files)
}

/// Checks that exactly the empty end of an archive remains, at least two zero blocks. Detects truncated archives and
/// appended data.
fn ends(bytes: &[u8], end: usize) -> Result<(), ArchiveError> {
    let rest = bytes.get(end..).unwrap_or_default();
    if rest.iter().any(|byte| *byte != 0) {
        return Err(ArchiveError::Trailing);
    }
    if rest.len() < 2 * BLOCK {
        Err(ArchiveError::Truncated)
    } else {
        Ok(())
    }
}

struct BoundedRead<'b> {
    bounds: &'b Bounds,
    files: Files,
    taken: TakenPaths,
    /// The offset of the next header.
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

    /// Accepts a folder entry. Folders follow from the paths of their files, so the entry carries no information; it
    /// only has to be harmless.
    fn folder(&mut self, path: &str, size: u64) -> Result<(), ArchiveError> {
        self.end += BLOCK;
        if size > 0 {
            return Err(ArchiveError::FolderWithContent(path.to_owned()));
        }
        let name = path.strip_suffix('/').unwrap_or(path);
        // `tar -C folder .` writes this entry first.
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

/// Returns the name from a header's own fields.
fn name(header: &Header) -> Result<String, ArchiveError> {
    let prefix = header.as_ustar().map_or(&[][..], |ustar| &ustar.prefix);
    let name = until_nul(&header.as_old().name)?;
    let prefix = until_nul(prefix)?;
    Ok(if prefix.is_empty() {
        name
    } else {
        format!("{prefix}/{name}")
    })
}

/// Returns the text of a NUL-padded field. Data after the first NUL is refused because only some tools would see it.
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

/// Refuses all entries but files and folders.
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
    Err(if is_extension {
        ArchiveError::Extension { path, what }
    } else {
        ArchiveError::Kind { path, what }
    })
}
