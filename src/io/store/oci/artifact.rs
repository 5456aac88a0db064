//! The artifacts of a pack in a registry, as manifests: how ours are written, and the checks on one that was fetched.
//!
//! Source: OCI Image Format Specification 1.1, "Image Manifest", "Guidelines for Artifact Usage".

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::OciError;
use crate::domain::spec::visible;
use crate::io::store::archive::digest;

/// The media type of a manifest.
pub(super) const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

/// The empty configuration. Source: OCI Image Format Specification 1.1, "Guidance for an Empty Descriptor".
pub(super) const EMPTY: &[u8] = b"{}";
const EMPTY_TYPE: &str = "application/vnd.oci.empty.v1+json";

/// The names of annotations. Source: OCI Image Format Specification 1.1, "Pre-Defined Annotation Keys".
const TITLE: &str = "org.opencontainers.image.title";
const VERSION: &str = "org.opencontainers.image.version";

/// A kind of artifact, with its type and the types of its layers.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ArtifactKind {
    pub(super) name: &'static str,
    artifact: &'static str,
    layers: &'static [&'static str],
    /// The minimum number of layers.
    least: usize,
}

/// A pack, whose only layer is its archive.
pub(super) const PACK: ArtifactKind = ArtifactKind {
    name: "a pack",
    artifact: "application/vnd.rdsproxy-gen.pack.v1",
    layers: &["application/vnd.rdsproxy-gen.pack.v1.tar"],
    least: 1,
};

/// The signature of a pack.
pub(super) const SIGNATURE: ArtifactKind = ArtifactKind {
    name: "a signature",
    artifact: "application/vnd.rdsproxy-gen.signature.v1",
    layers: &["application/vnd.rdsproxy-gen.signature.v1.minisig"],
    least: 1,
};

/// The list of yanked versions, and its signature.
pub(super) const YANKED: ArtifactKind = ArtifactKind {
    name: "a list of yanked versions",
    artifact: "application/vnd.rdsproxy-gen.yanked.v1",
    layers: &[
        "application/vnd.rdsproxy-gen.yanked.v1.toml",
        "application/vnd.rdsproxy-gen.yanked.v1.minisig",
    ],
    least: 1,
};

/// An OCI image manifest.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OciManifest {
    schema_version: u32,
    #[serde(default)]
    media_type: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    artifact_type: String,
    config: Option<Descriptor>,
    #[serde(default)]
    layers: Vec<Descriptor>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    subject: Option<Descriptor>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    annotations: BTreeMap<String, String>,
}

/// The description of a blob in a manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Descriptor {
    pub(super) media_type: String,
    pub(super) digest: String,
    pub(super) size: u64,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) annotations: BTreeMap<String, String>,
}

/// The content of a layer, and the file name under which `oras` saves it.
#[derive(Clone, Debug)]
pub(super) struct Layer<'l> {
    pub(super) file: String,
    pub(super) bytes: &'l [u8],
}

impl Descriptor {
    fn new(media_type: &str, bytes: &[u8]) -> Self {
        Self {
            media_type: media_type.to_owned(),
            digest: digest(bytes),
            size: bytes.len() as u64,
            annotations: BTreeMap::new(),
        }
    }

    /// Returns the descriptor of a manifest itself.
    pub(super) fn of_manifest(bytes: &[u8]) -> Self {
        Self::new(MANIFEST, bytes)
    }
}

impl ArtifactKind {
    /// Returns the manifest of an artifact of this kind: the same bytes for the same content.
    pub(super) fn manifest(
        &self,
        layers: &[Layer<'_>],
        subject: Option<Descriptor>,
        version: Option<&str>,
    ) -> Result<Vec<u8>, serde_json::Error> {
        let described = self.layers.iter().zip(layers).map(|(media_type, layer)| {
            let title = [(TITLE.to_owned(), layer.file.clone())];
            Descriptor {
                annotations: title.into(),
                ..Descriptor::new(media_type, layer.bytes)
            }
        });
        let version = version.map(|version| (VERSION.to_owned(), version.to_owned()));
        serde_json::to_vec(&OciManifest {
            schema_version: 2,
            media_type: MANIFEST.to_owned(),
            artifact_type: self.artifact.to_owned(),
            config: Some(Descriptor::new(EMPTY_TYPE, EMPTY)),
            layers: described.collect(),
            subject,
            annotations: version.into_iter().collect(),
        })
    }

    /// Returns the layers of a manifest. A manifest of another kind is an error.
    pub(super) fn layers(&self, bytes: &[u8], from: &str) -> Result<Vec<Descriptor>, OciError> {
        let not = |why: String| OciError::NotAPack {
            from: from.to_owned(),
            why,
        };
        let manifest: OciManifest = serde_json::from_slice(bytes)
            .map_err(|error| not(format!("its manifest cannot be read: {error}")))?;
        let found = [&manifest.artifact_type, &manifest.media_type]
            .into_iter()
            .find(|found| !found.is_empty())
            .map_or("no type at all", |found| found);
        if manifest.artifact_type != self.artifact {
            return Err(not(format!("it is of the type {}", visible(found))));
        }
        let layers = manifest.layers;
        let fits = (self.least..=self.layers.len()).contains(&layers.len())
            && self
                .layers
                .iter()
                .zip(&layers)
                .all(|(expected, layer)| *expected == layer.media_type);
        if fits && layers.iter().all(|layer| is_digest(&layer.digest)) {
            Ok(layers)
        } else {
            Err(not(format!(
                "{} has the layers {}, and this one has others",
                self.name,
                self.layers.join(", ")
            )))
        }
    }
}

/// True if the text is a valid digest. It is checked because a registry's digest becomes part of a URL and of a file
/// name.
pub(super) fn is_digest(text: &str) -> bool {
    let is_hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    text.strip_prefix("sha256:")
        .is_some_and(|hex| hex.len() == 64 && hex.bytes().all(is_hex))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> String {
        let layer = Layer {
            file: "acme-1.0.0.tar".to_owned(),
            bytes: b"tar",
        };
        let bytes = PACK.manifest(&[layer], None, Some("1.0.0")).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_manifest_says_what_the_specification_asks_for() {
        insta::assert_snapshot!(manifest(), @r#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","artifactType":"application/vnd.rdsproxy-gen.pack.v1","config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2},"layers":[{"mediaType":"application/vnd.rdsproxy-gen.pack.v1.tar","digest":"sha256:90aebae315675cbf04612de4f7d5874850f48e0b8dd82becbeaa47ca93f5ebfb","size":3,"annotations":{"org.opencontainers.image.title":"acme-1.0.0.tar"}}],"annotations":{"org.opencontainers.image.version":"1.0.0"}}"#);
        let layers = PACK.layers(manifest().as_bytes(), "r").unwrap();
        assert_eq!((layers.len(), layers[0].size), (1, 3));
    }

    #[test]
    fn what_is_no_pack_is_refused() {
        let good = manifest();
        let layer = good.split_once("\"layers\":[").unwrap().1;
        let layer = layer.split_once("],\"").unwrap().0;
        for (from, to, expected) in [
            (
                "pack.v1\"",
                "pack.v2\"",
                "of the type application/vnd.rdsproxy-gen.pack.v2",
            ),
            (
                "\"artifactType\"",
                "\"x\"",
                "of the type application/vnd.oci.image.manifest",
            ),
            ("pack.v1.tar", "pack.v1.zip", "this one has others"),
            (layer, "", "this one has others"),
            (layer, &format!("{layer},{layer}"), "this one has others"),
            (
                "\"digest\":\"sha256:",
                "\"digest\":\"sha256:../",
                "this one has others",
            ),
            ("{", "", "its manifest cannot be read"),
        ] {
            assert!(good.contains(from), "{from}");
            let error = PACK
                .layers(good.replace(from, to).as_bytes(), "r")
                .unwrap_err();
            assert!(error.to_string().contains(expected), "{to}: {error}");
        }
        let deep = "[".repeat(100_000);
        assert!(PACK.layers(deep.as_bytes(), "r").is_err());
        assert!(SIGNATURE.layers(good.as_bytes(), "r").is_err());
    }
}
