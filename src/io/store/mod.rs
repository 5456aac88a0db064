//! Where packs are kept, and the one form in which they travel. To add a place, write its file and a line in [`STORES`].
//! Nothing that comes from here is believed yet: what it is, and who made it, is for the commands.

pub mod archive;
pub mod archive_file;
pub mod directory;

use std::path::PathBuf;

use thiserror::Error;

use self::archive::{ArchiveError, digest, tar};
use super::files::FilesError;
use super::folder::FolderError;
use crate::domain::pack::{Files, SIGNATURE_FILE, YANKED_FILE, YANKED_SIGNATURE_FILE};

/// One kind of place.
#[derive(Clone, Copy, Debug)]
pub struct Store {
    /// What a user is told of its references.
    pub form: &'static str,
    /// Whether a reference is one of its own.
    pub holds: fn(&str) -> bool,
    /// Gets a pack.
    pub fetch: fn(&str) -> Result<Fetched, StoreError>,
}

/// Every kind of place; the first one that says a reference is its own gets it.
pub static STORES: &[Store] = &[directory::STORE, archive_file::STORE];

/// A pack as it was found, and nothing of it believed yet.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// Its files, without those that stand beside it.
    pub files: Files,
    /// The one archive of these files: what is signed.
    pub archive: Vec<u8>,
    /// The digest of that archive.
    pub digest: String,
    /// The text of its signature, where there is one.
    pub signature: Option<String>,
    /// The list of yanked versions, where there is one.
    pub yanked: Option<YankedList>,
    /// Where it was found, as it was written.
    pub from: String,
}

/// The text of a list of yanked versions, as it was found.
#[derive(Clone, Debug)]
pub struct YankedList {
    /// Its text.
    pub text: String,
    /// The text of its signature, where there is one.
    pub signature: Option<String>,
}

/// What stands beside a pack: where it is a folder, in it.
#[derive(Clone, Debug, Default)]
pub struct Beside {
    /// The text of its signature, where there is one.
    pub signature: Option<String>,
    /// The list of yanked versions, where there is one.
    pub yanked: Option<YankedList>,
}

/// Why there is no pack.
#[derive(Debug, Error)]
pub enum StoreError {
    /// No store knows such a reference.
    #[error(
        "{reference:?} names no place that is known; packs are kept in {}",
        forms()
    )]
    Unknown {
        /// As it was written.
        reference: String,
    },
    /// Nothing is there.
    #[error("{0}: there is neither a folder nor an archive file of this name")]
    Absent(String),
    /// The folder is not taken.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// A file cannot be read.
    #[error(transparent)]
    File(#[from] FilesError),
    /// The archive is refused.
    #[error("{from}: {source}")]
    Archive {
        /// Where it was found.
        from: String,
        /// Why.
        source: ArchiveError,
    },
}

/// Gets the pack that a reference names.
///
/// # Errors
/// When no store knows the reference, there is nothing, or what is there is no set of texts.
pub fn fetch(reference: &str) -> Result<Fetched, StoreError> {
    let store = STORES.iter().find(|store| (store.holds)(reference));
    let store = store.ok_or_else(|| StoreError::Unknown {
        reference: reference.to_owned(),
    })?;
    (store.fetch)(reference)
}

fn forms() -> String {
    let forms: Vec<&str> = STORES.iter().map(|store| store.form).collect();
    forms.join(", ")
}

/// The place on this machine that a reference names, where it is no address.
pub fn local(reference: &str) -> Option<PathBuf> {
    (!reference.contains("://")).then(|| PathBuf::from(reference))
}

impl Fetched {
    /// From the files of a folder or an archive, and what was found beside it.
    ///
    /// # Errors
    /// When a path is not one that every system holds.
    pub fn of(mut files: Files, beside: Beside, from: &str) -> Result<Self, StoreError> {
        Beside::taken_from(&mut files);
        let archive = tar(&files).map_err(|source| StoreError::Archive {
            from: from.to_owned(),
            source,
        })?;
        Ok(Self {
            digest: digest(&archive),
            files,
            archive,
            signature: beside.signature,
            yanked: beside.yanked,
            from: from.to_owned(),
        })
    }
}

impl Beside {
    /// Takes what stands beside a pack out of the files of its folder. In an archive it would be as old as the pack, and says
    /// nothing.
    pub fn taken_from(files: &mut Files) -> Self {
        let [signature, text, list_signature] =
            [SIGNATURE_FILE, YANKED_FILE, YANKED_SIGNATURE_FILE].map(|name| files.remove(name));
        Self {
            signature,
            yanked: text.map(|text| YankedList {
                text,
                signature: list_signature,
            }),
        }
    }
}
