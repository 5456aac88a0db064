//! The stores of packs, and the archive format in which packs are exchanged. To add a store, write its file and add a
//! line to [`STORES`]. Nothing returned from here is verified yet; checking the content and the signer is up to the
//! commands.

pub mod archive;
pub mod archive_file;
mod cache;
pub mod directory;
mod error;
pub mod git;
mod oci;
mod waiting;

use semver::Version;

use self::archive::{digest, tar};
pub use self::cache::{Cache, Verified};
pub use self::error::StoreError;
pub use self::git::GitError;
pub use self::oci::OciError;
use super::terminal;
use crate::domain::pack::{Files, Reference, SIGNATURE_FILE, YANKED_FILE, YANKED_SIGNATURE_FILE};
use crate::domain::trust::Realms;

/// A kind of place that holds packs.
#[derive(Clone, Copy, Debug)]
pub struct Store {
    /// The syntax of its references, for help and messages.
    pub form: &'static str,
    /// Returns true if a reference belongs to this store.
    pub holds: fn(&Reference) -> bool,
    /// Fetches a pack. Content that is in the cache need not be fetched again.
    pub fetch: fn(&Reference, &Means) -> Result<Fetched, StoreError>,
    /// Lists the versions; `None` if a place holds a single version.
    pub list: Option<Lister>,
    /// Publishes a version; `None` if versions are added in another way, such as a commit.
    pub publish: Option<Publisher>,
}

/// A function that lists the versions at a place.
pub type Lister = fn(&Reference, &Means) -> Result<Listing, StoreError>;

/// A function that publishes a version.
pub type Publisher = fn(&Reference, &Release<'_>, &Means) -> Result<Publication, StoreError>;

/// All stores. The first one that claims a reference handles it.
pub static STORES: &[Store] = &[
    directory::STORE,
    archive_file::STORE,
    git::STORE,
    oci::STORE,
];

/// The resources that a store may use.
#[derive(Clone, Debug)]
pub struct Means {
    /// The cache of earlier fetches.
    pub cache: Cache,
    /// The hosts that may receive the credentials of a registry, in addition to the registry's own domain.
    pub realms: Realms,
}

impl Means {
    /// Returns the resources of this user.
    pub fn for_user(realms: Realms) -> Self {
        Self {
            cache: Cache::of_user(),
            realms,
        }
    }
}

/// States if the network may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NetworkAccess {
    /// The network may be used.
    Network,
    /// Use only the cache.
    Offline,
}

/// A fetched pack, not verified yet.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// The files of the pack, without the signature and the list of yanked versions.
    pub files: Files,
    /// The canonical archive of these files, which is what is signed.
    pub archive: Vec<u8>,
    /// The digest of the archive, as `sha256:…`.
    pub digest: String,
    /// The text of the signature, or `None` if the place has none.
    pub signature: Option<String>,
    /// The list of yanked versions, or `None` if the place has none.
    pub yanked: Option<YankedList>,
    /// The reference that the pack was fetched from, as the user wrote it.
    pub from: String,
}

/// The text of a list of yanked versions, not verified yet.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct YankedList {
    /// The text of the list.
    pub text: String,
    /// The text of the list's signature, or `None` if there is none.
    pub signature: Option<String>,
}

/// The files that accompany a pack. If the pack is a folder, they are inside it.
#[derive(Clone, Debug, Default)]
pub struct PackSiblings {
    /// The text of the pack's signature, or `None` if there is none.
    pub signature: Option<String>,
    /// The list of yanked versions, or `None` if there is none.
    pub yanked: Option<YankedList>,
}

/// The versions at a place.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// All versions, from the newest to the oldest.
    pub versions: Vec<Listed>,
    /// The list of yanked versions, not verified yet; `None` if there is none.
    pub yanked: Option<YankedList>,
}

/// A version as its place reports it.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The version according to the tag.
    pub version: Version,
    /// The reference to this version.
    pub reference: Reference,
    /// The digest of the pack, or `None` if the place does not report it without the pack itself.
    pub digest: Option<String>,
    /// True if there is a signature; `None` if that is unknown.
    pub signed: Option<bool>,
}

/// A version to publish.
#[derive(Clone, Copy, Debug)]
pub struct Release<'r> {
    /// The name of the pack.
    pub name: &'r str,
    /// The version of the pack.
    pub version: &'r Version,
    /// The pack with its signature and the list of yanked versions.
    pub pack: &'r Fetched,
}

/// The result of publishing.
#[derive(Clone, Debug)]
pub struct Publication {
    /// The reference under which the version is found.
    pub reference: String,
    /// True if the version did not exist before.
    pub is_new: bool,
}

/// Fetches the pack that a reference names.
///
/// # Errors
/// If there is nothing at the place, its content is not a set of texts, or a version differs from what was fetched
/// before.
pub fn fetch(
    reference: &Reference,
    reach: NetworkAccess,
    means: &Means,
) -> Result<Fetched, StoreError> {
    let store = store_of(reference);
    let is_local = matches!(reference, Reference::Local(_));
    match (is_local, reach) {
        (true, _) => (store.fetch)(reference, means),
        (false, NetworkAccess::Offline) => means.cache.fetched(reference),
        (false, NetworkAccess::Network) => {
            say(reference);
            let fetched = (store.fetch)(reference, means)?;
            means.cache.keep(reference, &fetched)?;
            Ok(fetched)
        }
    }
}

/// Lists the versions at a place. The reference need not name a version.
///
/// # Errors
/// If the place cannot be reached, or holds a single version only.
pub fn list(reference: &Reference, means: &Means) -> Result<Listing, StoreError> {
    match store_of(reference).list {
        Some(list) => {
            say(reference);
            list(reference, means)
        }
        None => Err(StoreError::OneVersion(reference.to_string())),
    }
}

/// Publishes a version at a place.
///
/// # Errors
/// If the place does not support publishing, cannot be reached, or has the version with different content.
pub fn publish(
    reference: &Reference,
    release: &Release<'_>,
    means: &Means,
) -> Result<Publication, StoreError> {
    match store_of(reference).publish {
        Some(publish) => {
            say(reference);
            publish(reference, release, means)
        }
        None => Err(StoreError::NotPublished(reference.to_string())),
    }
}

/// Notes which place is about to be contacted. A failure to write the note does not stop the work.
fn say(reference: &Reference) {
    let _ = terminal::note_once(&format!("asking {}\n", reference.place()));
}

/// Returns the store that a reference belongs to. A reference that no store claims is taken as an archive file.
fn store_of(reference: &Reference) -> &'static Store {
    let store = STORES.iter().find(|store| (store.holds)(reference));
    store.unwrap_or(&archive_file::STORE)
}

impl Fetched {
    /// Builds a pack from the files of a folder or an archive, and the files that accompany it.
    ///
    /// # Errors
    /// If a path is not portable to all systems.
    pub fn new(mut files: Files, beside: PackSiblings, from: &str) -> Result<Self, StoreError> {
        PackSiblings::taken_from(&mut files);
        let archive = tar(&files).map_err(|why| StoreError::Archive {
            from: from.to_owned(),
            why,
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

impl PackSiblings {
    /// Removes the accompanying files from a pack's files and returns them. Those inside an archive are only as recent
    /// as the pack, and are ignored.
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
