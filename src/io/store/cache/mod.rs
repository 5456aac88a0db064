//! Packs that were fetched once, by their digest, and what each place said. Nothing in it is believed: an archive is digested again
//! whenever it is read, signatures are verified, and a version that is another one than before is refused. What was verified once is
//! kept by the place and by who signed it, so that neither another place nor whoever holds this one takes it away.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::archive::{Bounds, digest, untar};
use super::{Fetched, PackSiblings, StoreError, YankedList};
use crate::domain::pack::Reference;
use crate::io::files::{FilesError, Readers, cache_of_user, read_bytes, share, write_bytes};

/// How large the memory of one place may be. Ours: ten thousand versions with their signatures have half of it.
const PLACE_BYTES: usize = 16 * 1024 * 1024;

/// The user's cache; without a folder where there is none, and then nothing is kept.
#[derive(Clone, Debug)]
pub struct Cache(Option<PathBuf>);

/// What a place said.
#[derive(Debug, Default, Serialize, Deserialize)]
struct CachedAnswer {
    /// The place, for people.
    place: String,
    /// The digest of each version that was fetched, by its tag.
    versions: BTreeMap<String, String>,
    /// The list of yanked versions, as it was seen last.
    yanked: Option<YankedList>,
    /// The newest list that each key signed, as far as that was verified.
    #[serde(default)]
    lists: BTreeMap<String, NewestList>,
    /// The signatures of each pack, by its digest.
    #[serde(default)]
    signatures: BTreeMap<String, Signatures>,
}

/// A list that a key signed.
#[derive(Debug, Serialize, Deserialize)]
struct NewestList {
    sequence: u64,
    list: YankedList,
}

/// The signatures of a pack at a place.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Signatures {
    /// As it was seen last, whoever made it.
    last: Option<String>,
    /// By the key that made it, as far as that was verified.
    #[serde(default)]
    verified: BTreeMap<String, String>,
}

/// Something that a key signed, and that was verified.
#[derive(Clone, Copy, Debug)]
pub struct Verified<'v> {
    /// The place that gave it.
    pub place: &'v Reference,
    /// The key.
    pub signer: &'v str,
}

impl Cache {
    /// The cache of this user.
    pub fn of_user() -> Self {
        Self(cache_of_user("packs"))
    }

    /// The pack that was fetched under this reference, or has the digest that it names.
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
        Fetched::of(files, beside, &from)
    }

    /// The archive of this digest, where it lies there unchanged.
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
        match found == expected {
            true => Ok(Some(bytes)),
            false => Err(StoreError::KeptChanged {
                from: from.to_owned(),
                expected: expected.to_owned(),
                found,
            }),
        }
    }

    /// The lists of yanked versions of a place that counted when they were seen, to be verified again: of several the newest one counts.
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

    /// The signatures that a place gave for a pack, to be verified.
    pub fn signatures(&self, place: &Reference, digest: &str) -> Vec<String> {
        if matches!(place, Reference::Local(_)) {
            return Vec::new();
        }
        let mut place = self.place(&place.parts().0);
        let found = place.signatures.remove(digest).unwrap_or_default();
        found.verified.into_values().chain(found.last).collect()
    }

    /// Keeps what was fetched. Where that fails it is fetched again next time.
    ///
    /// # Errors
    /// When a version is another one than it was.
    pub(super) fn keep(&self, reference: &Reference, fetched: &Fetched) -> Result<(), StoreError> {
        let (name, version) = reference.parts();
        let Some(version) = version else {
            return Ok(());
        };
        // Other tags, such as `latest`, are there to be moved.
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
        // A cache that cannot be written, on a read-only disk or a full one, is no reason to refuse a pack.
        let _ = self.changed(&name, |place| {
            // Another run may have fetched it meanwhile.
            raced = moved(place);
            if raced.is_some() {
                return Ok(());
            }
            place
                .versions
                .insert(version.clone(), fetched.digest.clone());
            // What is gone at the place is not gone here: it was there, and the next one has to be newer.
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

    /// Keeps the signature of a pack. Best effort, as all that is kept.
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

    /// Keeps a list of yanked versions, where it is newer than the one that its key signed before. Best effort, too.
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

    /// Changes what is known of a place. Runs beside each other wait, and none writes over what another one wrote.
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

    /// What is known of a place; nothing, where what lies there cannot be read.
    fn place(&self, name: &str) -> CachedAnswer {
        self.file(&digest(name.as_bytes()), "json")
            .and_then(|file| read_bytes(&file, PLACE_BYTES).ok())
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default()
    }

    /// A file of the cache; none for what is not a digest, which could be a path.
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
