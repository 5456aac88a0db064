//! Fetches packs from a registry, and lists their versions.

use semver::Version;

use super::OciError;
use super::artifact::{ArtifactKind, Descriptor, PACK, SIGNATURE, YANKED};
use super::registry::{Registry, RegistryAccess, Size};
use crate::domain::pack::{OciPlace, Pin, Reference, version_of_tag};
use crate::io::store::archive::{Bounds, untar};
use crate::io::store::archive_file::BESIDE_BYTES;
use crate::io::store::{
    Cache, Fetched, Listed, Listing, Means, PackSiblings, StoreError, YankedList,
};

/// The tag of the list of yanked versions. No version can have this name.
pub(super) const YANKED_TAG: &str = "yanked";

/// The maximum number of versions whose digest is queried for a list.
const LISTED: usize = 200;

/// Returns the tag of a pack's signature, which is derived from the pack's digest.
pub(super) fn signature_tag(digest: &str) -> String {
    format!("{}.minisig", digest.replace(':', "-"))
}

/// Fetches the pack that a place names.
pub(super) fn fetch(place: &OciPlace, means: &Means) -> Result<Fetched, StoreError> {
    let from = place.to_string();
    let registry = Registry::new(place, RegistryAccess::Read, &means.realms);
    let (digest, archive) = archive(place, &registry, &means.cache)?;
    let files = untar(&archive, &Bounds::PACK).map_err(|why| StoreError::Archive {
        from: from.clone(),
        why,
    })?;
    let beside = PackSiblings {
        signature: signature(&registry, &digest)?,
        yanked: yanked(&registry)?,
    };
    let fetched = Fetched::new(files, beside, &from)?;
    if fetched.digest == digest {
        Ok(fetched)
    } else {
        Err(OciError::NotAPack {
            from,
            why: "its archive is not in the one form that `rdsproxy-gen pack build` makes"
                .to_owned(),
        }
        .into())
    }
}

/// Returns the digest and the archive of a pack. An unchanged copy in the cache is not fetched again.
fn archive(
    place: &OciPlace,
    registry: &Registry,
    cache: &Cache,
) -> Result<(String, Vec<u8>), StoreError> {
    let from = place.to_string();
    let what = format!("the archive of {from}");
    let kept = |digest: &str| cache.archive(digest, &from).ok().flatten();
    let layer = match place.pin.as_ref() {
        None => {
            let way = "?tag=VERSION, or ?digest=sha256:…";
            return Err(StoreError::NoVersion { place: from, way });
        }
        Some(Pin::Tag(tag)) => layer(registry, tag, &from)?,
        Some(Pin::Digest(digest)) => {
            let found = match kept(digest) {
                Some(archive) => Some(archive),
                None => registry.blob_of(digest, &what, Size::AtMost(Bounds::PACK.bytes as u64))?,
            };
            match found {
                Some(archive) => return Ok((digest.clone(), archive)),
                // Other tools show the digest of the manifest, so try that as well.
                None => layer(registry, digest, &from)?,
            }
        }
    };
    if layer.size > Bounds::PACK.bytes as u64 {
        let most = Bounds::PACK.bytes as u64;
        let host = place.host.clone();
        return Err(OciError::TooLarge { host, what, most }.into());
    }
    let archive = match kept(&layer.digest) {
        Some(archive) => archive,
        None => whole(place, registry, &layer)?,
    };
    Ok((layer.digest, archive))
}

fn whole(place: &OciPlace, registry: &Registry, layer: &Descriptor) -> Result<Vec<u8>, OciError> {
    registry.blob(layer, &format!("the archive of {place}"))
}

/// Returns the descriptor of the archive from a manifest.
fn layer(registry: &Registry, name: &str, from: &str) -> Result<Descriptor, OciError> {
    let absent = || OciError::Absent(from.to_owned());
    let manifest = registry.manifest(name)?.ok_or_else(absent)?;
    let mut layers = PACK.layers(&manifest, from)?;
    layers.pop().ok_or_else(absent)
}

fn signature(registry: &Registry, digest: &str) -> Result<Option<String>, StoreError> {
    let mut texts = texts(registry, &signature_tag(digest), &SIGNATURE)?;
    Ok(texts.pop())
}

/// Returns the list of yanked versions, or `None` if the registry has none.
pub(super) fn yanked(registry: &Registry) -> Result<Option<YankedList>, StoreError> {
    let mut texts = texts(registry, YANKED_TAG, &YANKED)?.into_iter();
    Ok(texts.next().map(|text| YankedList {
        text,
        signature: texts.next(),
    }))
}

/// Returns the layers of an artifact as texts; empty if there is no such artifact.
fn texts(registry: &Registry, tag: &str, kind: &ArtifactKind) -> Result<Vec<String>, StoreError> {
    let Some(manifest) = registry.manifest(tag)? else {
        return Ok(Vec::new());
    };
    let layers = kind.layers(&manifest, tag)?;
    let text = |layer: &Descriptor| {
        if layer.size > BESIDE_BYTES as u64 {
            let why = format!("{} has more than {BESIDE_BYTES} bytes", kind.name);
            let from = tag.to_owned();
            return Err(OciError::NotAPack { from, why });
        }
        let bytes = registry.blob(layer, kind.name)?;
        String::from_utf8(bytes).map_err(|_| OciError::NotAPack {
            from: tag.to_owned(),
            why: format!("{} is not UTF-8", kind.name),
        })
    };
    Ok(layers.iter().map(text).collect::<Result<_, _>>()?)
}

/// Returns the digest of the pack under a tag, or `None` if the tag does not exist.
pub(super) fn digest_at(
    registry: &Registry,
    tag: &str,
    from: &str,
) -> Result<Option<String>, OciError> {
    match registry.manifest(tag)? {
        Some(manifest) => {
            let mut layers = PACK.layers(&manifest, from)?;
            Ok(layers.pop().map(|layer| layer.digest))
        }
        None => Ok(None),
    }
}

/// Lists the versions in a repository.
pub(super) fn list(place: &OciPlace, means: &Means) -> Result<Listing, StoreError> {
    let registry = Registry::new(place, RegistryAccess::Read, &means.realms);
    let tags = registry.tags()?;
    let tags = tags.ok_or_else(|| OciError::Absent(place.to_string()))?;
    let mut versions: Vec<(Version, &String)> = tags
        .iter()
        .filter_map(|tag| Some((version_of_tag(tag)?, tag)))
        .collect();
    versions.sort_by(|a, b| b.cmp(a));
    let listed = |version: Version, tag: &str, digest| {
        let digest: Option<String> = match digest {
            // The tag holds something other than a pack; the other versions are still usable.
            Err(OciError::NotAPack { .. }) => None,
            other => other?,
        };
        let signature = digest.as_deref().map(signature_tag);
        Ok::<_, StoreError>(Listed {
            version,
            reference: Reference::Oci(place.with(Pin::Tag(tag.to_owned()))),
            signed: signature.map(|signature| tags.contains(&signature)),
            digest,
        })
    };
    let versions = versions
        .into_iter()
        .enumerate()
        .map(|(index, (version, tag))| {
            let digest = if index < LISTED {
                digest_at(&registry, tag, &place.to_string())
            } else {
                Ok(None)
            };
            listed(version, tag, digest)
        });
    Ok(Listing {
        versions: versions.collect::<Result<_, _>>()?,
        yanked: yanked(&registry)?,
    })
}
