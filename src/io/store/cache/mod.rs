//! A cache of fetched packs, by digest, and of the answers of each place. Its content is not trusted: the digest of an
//! archive is computed on every read, signatures are verified, and a version that changed is refused. Verified
//! signatures and lists are kept by place and signer, so neither another place nor the current holder of the place can
//! remove them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::archive::{Bounds, digest, untar};
use super::{Fetched, PackSiblings, StoreError, YankedList};
use crate::domain::pack::Reference;
use crate::io::files::{FilesError, Readers, cache_of_user, read_bytes, share, write_bytes};

/// The maximum size of the file for one place, in bytes. Our own limit: ten thousand versions with their signatures
/// take half of it.
const PLACE_BYTES: usize = 16 * 1024 * 1024;

/// The user's cache. Without a folder, nothing is kept.
#[derive(Clone, Debug)]
pub struct Cache(Option<PathBuf>);

/// The cached answers of a place.
#[derive(Debug, Default, Serialize, Deserialize)]
struct CachedAnswer {
    /// The name of the place, for readers of the file.
    place: String,
    /// The digest of each version that was fetched, by tag.
    versions: BTreeMap<String, String>,
    /// The most recently seen list of yanked versions.
    yanked: Option<YankedList>,
    /// The newest verified list of each key, by signer.
    #[serde(default)]
    lists: BTreeMap<String, NewestList>,
    /// The signatures of each pack, by its digest.
    #[serde(default)]
    signatures: BTreeMap<String, Signatures>,
}

/// A signed list of yanked versions and its sequence number.
#[derive(Debug, Serialize, Deserialize)]
struct NewestList {
    sequence: u64,
    list: YankedList,
}

/// The signatures of a pack at a place.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Signatures {
    /// The most recently seen signature, by any signer and not verified.
    last: Option<String>,
    /// The verified signatures, by signer.
    #[serde(default)]
    verified: BTreeMap<String, String>,
}

/// The origin of something that was signed and verified.
#[derive(Clone, Copy, Debug)]
pub struct Verified<'v> {
    /// The place that served it.
    pub place: &'v Reference,
    /// The key that signed it.
    pub signer: &'v str,
}

impl Cache {
    /// Returns the cache of this user.
    pub fn of_user() -> Self {
        Self(cache_of_user("packs"))
    }

    /// Returns the pack that was fetched under this reference, or that has the digest it names.
    pub(super) fn fetched(&self, reference: &Reference) -> Result<Fetched, StoreError> {
        let from = reference.to_string();
        let absent = || StoreError::NotKept(from.clone());
        let (name, version) = reference.parts();
        let version = version.ok_or_else(absent)?;
        let place = self.place(&name);
        let digest = place.versions.get(&version).unwrap_or(&version);
        let archive = self.archive(digest, &from)?.ok_or_else(absent)?;
        let files = untar(&archive, &Bounds::PACK).map_err(|why| StoreError::Archive {
            from: from.clone(),
            why,
        })?;
        let signatures = place.signatures.get(digest);
        let beside = PackSiblings {
            signature: signatures.and_then(Signatures::any).cloned(),
            yanked: place.yanked,
        };
        Fetched::new(files, beside, &from)
    }

    /// Returns the archive with this digest, or `None` if it is not cached. A changed archive is an error.
    pub(super) fn archive(
        &self,
        expected: &str,
        from: &str,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(bytes) = self
            .file(expected, "tar")
            .and_then(|file| read_bytes(&file, Bounds::PACK.bytes).ok())
        else {
            return Ok(None);
        };
        let found = digest(&bytes);
        if found == expected {
            Ok(Some(bytes))
        } else {
            Err(StoreError::KeptChanged {
                from: from.to_owned(),
                expected: expected.to_owned(),
                found,
            })
        }
    }

    /// Returns all verified lists of yanked versions of a place, one for each key. The caller verifies them again and
    /// uses the newest one.
    pub fn lists(&self, place: &Reference) -> Vec<YankedList> {
        if matches!(place, Reference::Local(_)) {
            return Vec::new();
        }
        let place = self.place(&place.parts().0);
        place
            .lists
            .into_values()
            .map(|newest| newest.list)
            .collect()
    }

    /// Returns the cached signatures of a pack from a place, to be verified.
    pub fn signatures(&self, place: &Reference, digest: &str) -> Vec<String> {
        if matches!(place, Reference::Local(_)) {
            return Vec::new();
        }
        let mut place = self.place(&place.parts().0);
        let found = place.signatures.remove(digest).unwrap_or_default();
        found.verified.into_values().chain(found.last).collect()
    }

    /// Caches what was fetched. If that fails, it is fetched again next time.
    ///
    /// # Errors
    /// If a version differs from what was fetched before.
    pub(super) fn keep(&self, reference: &Reference, fetched: &Fetched) -> Result<(), StoreError> {
        let (name, version) = reference.parts();
        let Some(version) = version else {
            return Ok(());
        };
        // Other tags, such as `latest`, may move.
        let moved = |place: &CachedAnswer| {
            let before = place.versions.get(&version)?;
            let is_moved = *before != fetched.digest && reference.version().is_some();
            is_moved.then(|| StoreError::Moved {
                from: fetched.from.clone(),
                before: before.clone(),
                now: fetched.digest.clone(),
            })
        };
        if let Some(moved) = moved(&self.place(&name)) {
            return Err(moved);
        }
        let mut raced = None;
        // An unwritable cache, on a read-only or full disk, is no reason to refuse a pack.
        let _ = self.changed(&name, |place| {
            // A parallel run may have fetched it in the meantime.
            raced = moved(place);
            if raced.is_some() {
                return Ok(());
            }
            place
                .versions
                .insert(version.clone(), fetched.digest.clone());
            // A list that the place no longer has is kept here: it existed, and the next one has to be newer.
            if let Some(list) = &fetched.yanked {
                place.yanked = Some(list.clone());
            }
            if let Some(signature) = &fetched.signature {
                let known = place.signatures.entry(fetched.digest.clone());
                known.or_default().last = Some(signature.clone());
            }
            match self.file(&fetched.digest, "tar") {
                Some(file) => write_bytes(&file, &fetched.archive, Readers::Owner),
                None => Ok(()),
            }
        });
        raced.map_or(Ok(()), Err)
    }

    /// Caches the verified signature of a pack. Best effort, like the whole cache.
    pub fn keep_signature(&self, verified: Verified<'_>, digest: &str, signature: &str) {
        let (name, _) = verified.place.parts();
        let is_kept = |place: &CachedAnswer| {
            let known = place.signatures.get(digest);
            let kept = known.and_then(|known| known.verified.get(verified.signer));
            kept.is_some_and(|kept| kept == signature)
        };
        if matches!(verified.place, Reference::Local(_)) || is_kept(&self.place(&name)) {
            return;
        }
        let _ = self.changed(&name, |place| {
            let known = place.signatures.entry(digest.to_owned()).or_default();
            let signer = verified.signer.to_owned();
            known.verified.insert(signer, signature.to_owned());
            Ok(())
        });
    }

    /// Caches a verified list of yanked versions if it is newer than the last one of the same key. Best effort.
    pub fn keep_list(&self, verified: Verified<'_>, sequence: u64, list: &YankedList) {
        let (name, _) = verified.place.parts();
        let is_newer = |place: &CachedAnswer| {
            let before = place.lists.get(verified.signer);
            before.is_none_or(|before| before.sequence < sequence)
        };
        if matches!(verified.place, Reference::Local(_)) || !is_newer(&self.place(&name)) {
            return;
        }
        let _ = self.changed(&name, |place| {
            if is_newer(place) {
                let list = list.clone();
                let newest = NewestList { sequence, list };
                place.lists.insert(verified.signer.to_owned(), newest);
            }
            Ok(())
        });
    }

    /// Changes the cached answers of a place. Parallel runs wait for each other, so none overwrites another's changes.
    fn changed(
        &self,
        name: &str,
        change: impl FnOnce(&mut CachedAnswer) -> Result<(), FilesError>,
    ) -> Result<(), FilesError> {
        let Self(Some(folder)) = self else {
            return Ok(());
        };
        let _held = share(folder).map_err(|source| FilesError::Write {
            path: folder.display().to_string(),
            source,
        })?;
        let mut place = self.place(name);
        change(&mut place)?;
        name.clone_into(&mut place.place);
        let text = serde_json::to_vec(&place).ok();
        match (text, self.file(&digest(name.as_bytes()), "json")) {
            (Some(text), Some(file)) if text.len() <= PLACE_BYTES => {
                write_bytes(&file, &text, Readers::Owner)
            }
            _ => Ok(()),
        }
    }

    /// Returns the cached answers of a place; empty if the file cannot be read.
    fn place(&self, name: &str) -> CachedAnswer {
        self.file(&digest(name.as_bytes()), "json")
            .and_then(|file| read_bytes(&file, PLACE_BYTES).ok())
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default()
    }

    /// Returns the path of a cache file, or `None` if the digest is malformed and so could contain a path.
    fn file(&self, digest: &str, ending: &str) -> Option<PathBuf> {
        let hex = digest.strip_prefix("sha256:")?;
        let is_hex = hex.len() == 64 && hex.bytes().all(|b| b.is_ascii_hexdigit());
        let folder = self.0.as_ref().filter(|_| is_hex)?;
        Some(folder.join(format!("sha256-{hex}.{ending}")))
    }
}

impl Signatures {
    fn any(&self) -> Option<&String> {
        self.last.as_ref().or_else(|| self.verified.values().next())
    }
}

#[cfg(test)]
mod tests;
