//! Publishes a pack to a registry. The signature is uploaded first and the tag last, so that no version is visible
//! without its accompanying files. A published version never changes.

use super::OciError;
use super::artifact::{ArtifactKind, Descriptor, EMPTY, Layer, PACK, SIGNATURE, YANKED};
use super::get::{YANKED_TAG, digest_at, signature_tag, yanked};
use super::registry::{Registry, RegistryAccess};
use crate::domain::pack::{
    OciPlace, Pin, YANKED_FILE, YANKED_SIGNATURE_FILE, Yanked, tag_of_version,
};
use crate::io::store::{Means, Publication, Release, StoreError, YankedList};

/// Publishes a version together with its signature and the list of yanked versions.
pub(super) fn publish(
    place: &OciPlace,
    release: &Release<'_>,
    means: &Means,
) -> Result<Publication, StoreError> {
    let tag = tag_of_version(release.version);
    let place = place.with(Pin::Tag(tag.clone()));
    let from = place.to_string();
    let registry = Registry::new(&place, RegistryAccess::Write, &means.realms);
    let digest = &release.pack.digest;
    let there = digest_at(&registry, &tag, &from)?;
    is_the_same(there.as_deref(), digest, &from)?;
    if let Some(list) = &release.pack.yanked {
        is_newest(&registry, list, &from)?;
    }
    let name = format!("{}-{}", release.name, release.version);
    let archive = Layer {
        file: format!("{name}.tar"),
        bytes: &release.pack.archive,
    };
    let version = release.version.to_string();
    let manifest = manifest(&PACK, std::slice::from_ref(&archive), None, Some(&version))?;
    registry.upload(EMPTY, "the empty configuration")?;
    registry.upload(archive.bytes, &format!("the archive of {from}"))?;
    if let Some(signature) = &release.pack.signature {
        let layer = Layer {
            file: format!("{name}.tar.minisig"),
            bytes: signature.as_bytes(),
        };
        let subject = Some(Descriptor::of_manifest(&manifest));
        let signature = uploaded(&registry, &SIGNATURE, &[layer], subject)?;
        registry.put_manifest(&signature_tag(digest), &signature)?;
    }
    if let Some(list) = &release.pack.yanked {
        put_list(&registry, list, &from)?;
    }
    let is_new = there.is_none();
    if is_new {
        registry.put_manifest(&tag, &manifest)?;
        // Someone else may have published the same version at the same time.
        is_the_same(digest_at(&registry, &tag, &from)?.as_deref(), digest, &from)?;
    }
    Ok(Publication {
        reference: from,
        is_new,
    })
}

fn is_the_same(there: Option<&str>, here: &str, from: &str) -> Result<(), OciError> {
    match there.filter(|there| *there != here) {
        Some(there) => Err(OciError::Taken {
            from: from.to_owned(),
            there: there.to_owned(),
            here: here.to_owned(),
        }),
        None => Ok(()),
    }
}

/// Checks that the list is newer than the published one. Clients that saw the published list refuse an older one.
fn is_newest(registry: &Registry, list: &YankedList, from: &str) -> Result<(), StoreError> {
    let number = |list: &YankedList| {
        let list = Yanked::parse(&list.text, YANKED_FILE).ok()?;
        Some(list.edition?.sequence)
    };
    let there = yanked(registry)?;
    let Some(there) = there.filter(|there| there.text != list.text) else {
        return Ok(());
    };
    match (number(&there), number(list)) {
        (Some(there), here) if here.is_none_or(|here| here <= there) => Err(OciError::OlderList {
            from: from.to_owned(),
            there,
        }
        .into()),
        _ => Ok(()),
    }
}

fn put_list(registry: &Registry, list: &YankedList, from: &str) -> Result<(), StoreError> {
    // Someone else may have published a list since the first check.
    is_newest(registry, list, from)?;
    let signature = list.signature.as_deref();
    let signature = signature.map(|text| (YANKED_SIGNATURE_FILE, text));
    let layers: Vec<Layer<'_>> = [(YANKED_FILE, list.text.as_str())]
        .into_iter()
        .chain(signature)
        .map(|(file, text)| Layer {
            file: file.to_owned(),
            bytes: text.as_bytes(),
        })
        .collect();
    let yanked = uploaded(registry, &YANKED, &layers, None)?;
    registry.put_manifest(YANKED_TAG, &yanked)?;
    Ok(())
}

/// Uploads layers and returns their manifest.
fn uploaded(
    registry: &Registry,
    kind: &ArtifactKind,
    layers: &[Layer<'_>],
    subject: Option<Descriptor>,
) -> Result<Vec<u8>, OciError> {
    for layer in layers {
        registry.upload(layer.bytes, kind.name)?;
    }
    manifest(kind, layers, subject, None)
}

fn manifest(
    kind: &ArtifactKind,
    layers: &[Layer<'_>],
    subject: Option<Descriptor>,
    version: Option<&str>,
) -> Result<Vec<u8>, OciError> {
    kind.manifest(layers, subject, version)
        .map_err(|error| OciError::NotAPack {
            from: kind.name.to_owned(),
            why: error.to_string(),
        })
}
