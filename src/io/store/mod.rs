//! Where packs are kept, and the one form in which they travel. To add a place, write its file and a line in [`STORES`].
//! Nothing that comes from here is believed yet: what it is, and who made it, is for the commands.

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

/// One kind of place.
#[derive(Clone, Copy, Debug)]
pub struct Store {
    /// What a user is told of its references.
    pub form: &'static str,
    /// Whether a reference is one of its own.
    pub holds: fn(&Reference) -> bool,
    /// Gets a pack; what the cache has need not be got again.
    pub fetch: fn(&Reference, &Means) -> Result<Fetched, StoreError>,
    /// Says which versions there are; absent where a place holds one.
    pub list: Option<Lister>,
    /// Takes a new version; absent where versions come in another way, such as a commit.
    pub publish: Option<Publisher>,
}

/// Says which versions there are.
pub type Lister = fn(&Reference, &Means) -> Result<Listing, StoreError>;

/// Takes a new version.
pub type Publisher = fn(&Reference, &Release<'_>, &Means) -> Result<Publication, StoreError>;

/// Every kind of place; the first one that says a reference is its own gets it.
pub static STORES: &[Store] = &[
    directory::STORE,
    archive_file::STORE,
    git::STORE,
    oci::STORE,
];

/// What a store may use.
#[derive(Clone, Debug)]
pub struct Means {
    /// What was fetched before.
    pub cache: Cache,
    /// Who may get the credentials of which registry, beyond the registry's own domain.
    pub realms: Realms,
}

impl Means {
    /// Those of this user.
    pub fn of_user(realms: Realms) -> Self {
        Self {
            cache: Cache::of_user(),
            realms,
        }
    }
}

/// Whether the network may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NetworkAccess {
    /// It may.
    Network,
    /// What was fetched before has to do.
    Offline,
}

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
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct YankedList {
    /// Its text.
    pub text: String,
    /// The text of its signature, where there is one.
    pub signature: Option<String>,
}

/// What stands beside a pack: where it is a folder, in it.
#[derive(Clone, Debug, Default)]
pub struct PackSiblings {
    /// The text of its signature, where there is one.
    pub signature: Option<String>,
    /// The list of yanked versions, where there is one.
    pub yanked: Option<YankedList>,
}

/// The versions of a place.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// From the newest to the oldest.
    pub versions: Vec<Listed>,
    /// The list of yanked versions, where there is one; nothing of it is believed yet.
    pub yanked: Option<YankedList>,
}

/// One version, as its place says.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Its version, as the tag says.
    pub version: Version,
    /// The reference that names it.
    pub reference: Reference,
    /// The pack's digest, where the place tells it without the pack.
    pub digest: Option<String>,
    /// Whether a signature is there, where that can be told.
    pub signed: Option<bool>,
}

/// A version to be published.
#[derive(Clone, Copy, Debug)]
pub struct Release<'r> {
    /// The pack's name.
    pub name: &'r str,
    /// Its version.
    pub version: &'r Version,
    /// The pack, with its signature and the list of yanked versions.
    pub pack: &'r Fetched,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Publication {
    /// Under which reference it is found.
    pub reference: String,
    /// Whether it was not there before.
    pub is_new: bool,
}

/// Gets the pack that a reference names.
///
/// # Errors
/// When there is nothing, what is there is no set of texts, or a version is another one than before.
pub fn fetch(
    reference: &Reference,
    reach: NetworkAccess,
    means: &Means,
) -> Result<Fetched, StoreError> {
    let store = of(reference);
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

/// The versions at a place, of which the reference need not name one.
///
/// # Errors
/// When the place cannot be reached, or holds one version only.
pub fn list(reference: &Reference, means: &Means) -> Result<Listing, StoreError> {
    match of(reference).list {
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
/// When the place takes none, cannot be reached, or has the version with another content.
pub fn publish(
    reference: &Reference,
    release: &Release<'_>,
    means: &Means,
) -> Result<Publication, StoreError> {
    match of(reference).publish {
        Some(publish) => {
            say(reference);
            publish(reference, release, means)
        }
        None => Err(StoreError::NotPublished(reference.to_string())),
    }
}

/// Nobody's machine is reached without a word. Where nobody reads the words, the work is done all the same.
fn say(reference: &Reference) {
    let _ = terminal::note_once(&format!("asking {}\n", reference.place()));
}

/// The store that a reference belongs to. An archive file is what no other store takes for its own.
fn of(reference: &Reference) -> &'static Store {
    let store = STORES.iter().find(|store| (store.holds)(reference));
    store.unwrap_or(&archive_file::STORE)
}

impl Fetched {
    /// From the files of a folder or an archive, and what was found beside it.
    ///
    /// # Errors
    /// When a path is not one that every system holds.
    pub fn of(mut files: Files, beside: PackSiblings, from: &str) -> Result<Self, StoreError> {
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
