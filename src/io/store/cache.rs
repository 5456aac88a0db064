//! Packs that were fetched once, by their digest, and what each place said last. Nothing in it is believed: an archive is
//! digested again whenever it is read, and a version that is another one than before is refused.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::archive::{Bounds, digest, untar};
use super::archive_file::BESIDE_BYTES;
use super::{Beside, Fetched, StoreError, YankedList};
use crate::domain::pack::Reference;
use crate::io::files::{
    FilesError, Readers, cache_of_user, create_folder, read_bytes, read_text_if_there, write_bytes,
};

/// How large the memory of one place may be. Ours: ten thousand versions have a megabyte.
const PLACE_BYTES: usize = 4 * 1024 * 1024;

/// The user's cache; without a folder where there is none, and then nothing is kept.
#[derive(Clone, Debug)]
pub struct Cache(Option<PathBuf>);

/// What a place said last.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Place {
    /// The place, for people.
    place: String,
    /// The digest of each version that was fetched, by its tag.
    versions: BTreeMap<String, String>,
    /// The list of yanked versions, as it was seen last.
    yanked: Option<YankedList>,
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
        let (place, version) = reference.parts();
        let version = version.ok_or_else(absent)?;
        let place = self.place(&place);
        let digest = place.versions.get(&version).unwrap_or(&version);
        let archive = self.archive(digest, &from)?.ok_or_else(absent)?;
        let files = untar(&archive, &Bounds::PACK).map_err(|source| StoreError::Archive {
            from: from.clone(),
            source,
        })?;
        let beside = Beside {
            signature: self.signature(digest),
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

    /// Keeps what was fetched. Where that fails it is fetched again next time.
    ///
    /// # Errors
    /// When a version is another one than it was.
    pub(super) fn keep(&self, reference: &Reference, fetched: &Fetched) -> Result<(), StoreError> {
        let (name, version) = reference.parts();
        let Some(version) = version else {
            return Ok(());
        };
        let mut place = self.place(&name);
        let before = place.versions.insert(version, fetched.digest.clone());
        // Other tags, such as `latest`, are there to be moved.
        if let Some(before) = before.filter(|before| *before != fetched.digest)
            && reference.version().is_some()
        {
            return Err(StoreError::Moved {
                from: fetched.from.clone(),
                before,
                now: fetched.digest.clone(),
            });
        }
        place.place.clone_from(&name);
        place.yanked.clone_from(&fetched.yanked);
        // A cache that cannot be written, on a read-only disk or a full one, is no reason to refuse a pack.
        let _ = self.write(&place, fetched);
        Ok(())
    }

    fn write(&self, place: &Place, fetched: &Fetched) -> Result<(), FilesError> {
        let Self(Some(folder)) = self else {
            return Ok(());
        };
        create_folder(folder)?;
        let put = |file: Option<PathBuf>, bytes: &[u8]| match file {
            Some(file) => write_bytes(&file, bytes, Readers::Owner),
            None => Ok(()),
        };
        put(self.file(&fetched.digest, "tar"), &fetched.archive)?;
        if let Some(signature) = &fetched.signature {
            put(self.file(&fetched.digest, "minisig"), signature.as_bytes())?;
        }
        match serde_json::to_vec(place) {
            Ok(bytes) => put(self.file(&digest(place.place.as_bytes()), "json"), &bytes),
            Err(_) => Ok(()),
        }
    }

    fn signature(&self, digest: &str) -> Option<String> {
        let file = self.file(digest, "minisig")?;
        read_text_if_there(&file, BESIDE_BYTES).ok().flatten()
    }

    /// What is known of a place; nothing, where what lies there cannot be read.
    fn place(&self, name: &str) -> Place {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::pack::Files;

    fn fetched(text: &str, from: &str) -> Fetched {
        let files: Files = [("pack.toml".to_owned(), text.to_owned())].into();
        let beside = Beside {
            signature: Some("signature".to_owned()),
            yanked: None,
        };
        Fetched::of(files, beside, from).unwrap()
    }

    fn reference(written: &str) -> Reference {
        Reference::parse(written).unwrap()
    }

    #[test]
    fn what_was_fetched_is_there_by_version_and_by_digest() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache(Some(folder.path().join("packs")));
        let tagged = reference("oci://h.io/acme?tag=1.0.0");
        assert!(matches!(
            cache.fetched(&tagged),
            Err(StoreError::NotKept(_))
        ));
        let pack = fetched("a", &tagged.to_string());
        cache.keep(&tagged, &pack).unwrap();
        let pinned = reference(&format!("oci://h.io/acme?digest={}", pack.digest));
        for reference in [&tagged, &pinned] {
            let kept = cache.fetched(reference).unwrap();
            assert_eq!(kept.archive, pack.archive);
            assert_eq!(kept.signature.as_deref(), Some("signature"));
            assert_eq!(kept.from, reference.to_string());
        }
        let other = reference("oci://h.io/acme?tag=1.1.0");
        assert!(cache.fetched(&other).is_err());
    }

    #[test]
    fn a_version_that_moved_is_refused_and_another_tag_may_move() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache(Some(folder.path().join("packs")));
        let version = reference("git+https://h.io/acme#v1.0.0");
        cache.keep(&version, &fetched("a", "r")).unwrap();
        let error = cache.keep(&version, &fetched("b", "r")).unwrap_err();
        assert!(matches!(error, StoreError::Moved { .. }), "{error}");
        // It is still the first one that is remembered.
        assert!(cache.keep(&version, &fetched("b", "r")).is_err());
        cache.keep(&version, &fetched("a", "r")).unwrap();
        let moving = reference("git+https://h.io/acme#stable");
        cache.keep(&moving, &fetched("a", "r")).unwrap();
        cache.keep(&moving, &fetched("b", "r")).unwrap();
    }

    #[test]
    fn a_changed_copy_is_not_taken() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache(Some(folder.path().join("packs")));
        let tagged = reference("oci://h.io/acme?tag=1.0.0");
        let pack = fetched("a", "r");
        cache.keep(&tagged, &pack).unwrap();
        let mut bytes = pack.archive.clone();
        bytes[600] ^= 1;
        let file = cache.file(&pack.digest, "tar").unwrap();
        write_bytes(&file, &bytes, Readers::Owner).unwrap();
        let error = cache.fetched(&tagged).unwrap_err();
        assert!(matches!(error, StoreError::KeptChanged { .. }), "{error}");
    }

    #[test]
    fn without_a_folder_nothing_is_kept_and_nothing_fails() {
        let cache = Cache(None);
        let tagged = reference("oci://h.io/acme?tag=1.0.0");
        cache.keep(&tagged, &fetched("a", "r")).unwrap();
        assert!(matches!(
            cache.fetched(&tagged),
            Err(StoreError::NotKept(_))
        ));
        assert_eq!(cache.file("sha256:../../x", "tar"), None);
    }
}
