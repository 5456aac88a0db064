//! A repository of an OCI registry, and a version in it: `oci://HOST/REPOSITORY?tag=VERSION` or `?digest=sha256:…`.

use std::fmt;

use semver::Version;

use super::{ReferenceError, is_host};

/// The maximum length of a repository's name. Source: OCI Distribution Specification 1.1, "Pulling manifests".
const NAME: usize = 255;

/// The maximum length of a tag. Source: OCI Distribution Specification 1.1, "Pulling manifests".
const TAG: usize = 128;

/// The advice on where to store credentials.
const LOGIN: &str = "`docker login` keeps them where they are found";

/// A repository, with the version of the pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OciPlace {
    /// The registry, with its port if given.
    pub host: String,
    /// The name of the repository.
    pub repository: String,
    /// The version; `None` if the reference names none.
    pub pin: Option<Pin>,
}

/// The version of a pack in a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pin {
    /// A tag of the repository.
    Tag(String),
    /// The digest of the pack.
    Digest(String),
}

impl OciPlace {
    /// Parses the part of a reference after `oci://`.
    pub(super) fn parse(written: &str) -> Result<Self, ReferenceError> {
        let (place, query) = match written.split_once('?') {
            Some((place, query)) => (place, Some(query)),
            None => (written, None),
        };
        if let Some((place, _)) = place.split_once('#') {
            return Err(suffix("#…", place, "tag=VERSION"));
        }
        let (host, repository) = place.split_once('/').ok_or(ReferenceError::Host {
            host: shown(place).to_owned(),
            why: "a registry and a repository are needed, as in oci://HOST/REPOSITORY",
        })?;
        if let Some((_, host)) = host.rsplit_once('@') {
            return Err(ReferenceError::Credentials {
                host: host.to_owned(),
                way: LOGIN,
            });
        }
        is_registry(host)?;
        let host = host.to_ascii_lowercase();
        no_suffix(&host, repository)?;
        is_repository(repository)?;
        Ok(Self {
            host,
            repository: repository.to_owned(),
            pin: query.map(pin).transpose()?,
        })
    }

    /// Returns the same repository with another version.
    #[must_use]
    pub fn with(&self, pin: Pin) -> Self {
        Self {
            pin: Some(pin),
            ..self.clone()
        }
    }
}

impl fmt::Display for OciPlace {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "oci://{}/{}", self.host, self.repository)?;
        match &self.pin {
            Some(Pin::Tag(tag)) => write!(out, "?tag={tag}"),
            Some(Pin::Digest(digest)) => write!(out, "?digest={digest}"),
            None => Ok(()),
        }
    }
}

/// Returns the tag of a version. A tag cannot contain `+`, which becomes `_` as in Helm.
pub fn tag_of_version(version: &Version) -> String {
    version.to_string().replace('+', "_")
}

/// Returns the version that a tag names.
pub fn version_of_tag(tag: &str) -> Option<Version> {
    Version::parse(&tag.replacen('_', "+", 1)).ok()
}

/// Removes credentials from a text before it is shown.
fn shown(place: &str) -> &str {
    place.rsplit_once('@').map_or(place, |(_, host)| host)
}

/// Checks the name of a registry. Docker takes a name without a full stop for a repository of its own registry; a pack
/// must not come from a registry that was not named.
fn is_registry(host: &str) -> Result<(), ReferenceError> {
    is_host(host)?;
    if host.contains(['.', ':']) || host.eq_ignore_ascii_case("localhost") {
        Ok(())
    } else {
        Err(ReferenceError::Host {
            host: host.to_owned(),
            why: "name the registry in full, as in oci://ghcr.io/NAME/REPOSITORY",
        })
    }
}

fn no_suffix(host: &str, repository: &str) -> Result<(), ReferenceError> {
    if let Some((name, digest)) = repository.split_once('@') {
        let name = name.split(':').next().unwrap_or_default();
        return Err(suffix(
            &format!("@{digest}"),
            &format!("{host}/{name}"),
            &format!("digest={digest}"),
        ));
    }
    match repository.split_once(':') {
        Some((name, tag)) => Err(suffix(
            &format!(":{tag}"),
            &format!("{host}/{name}"),
            &format!("tag={tag}"),
        )),
        None => Ok(()),
    }
}

fn suffix(written: &str, place: &str, query: &str) -> ReferenceError {
    ReferenceError::Suffix {
        written: written.to_owned(),
        instead: format!("oci://{}?{query}", shown(place)),
    }
}

/// Checks the name of a repository.
/// Source: OCI Distribution Specification 1.1, "Pulling manifests", `<name>`.
fn is_repository(name: &str) -> Result<(), ReferenceError> {
    let is_part = |part: &str| {
        let is_edge =
            |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        let bytes = part.as_bytes();
        is_edge(bytes.first())
            && is_edge(bytes.last())
            && part
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(&b))
            && !["..", "._", "_.", "-.", ".-", "-_", "_-", "___"]
                .iter()
                .any(|pair| part.contains(pair))
    };
    if name.len() <= NAME && name.split('/').all(is_part) {
        Ok(())
    } else {
        Err(ReferenceError::Path {
            path: name.to_owned(),
            why: "a repository's name has lower-case letters and digits, with single `.`, `_`, `-` or `/` between them",
        })
    }
}

fn pin(query: &str) -> Result<Pin, ReferenceError> {
    let mut pins = query.split('&').map(|part| match part.split_once('=') {
        Some(("tag", tag)) => is_tag(tag).map(Pin::Tag),
        Some(("digest", digest)) => is_digest(digest).map(Pin::Digest),
        _ => Err(ReferenceError::Query(
            part.to_owned(),
            "?tag=VERSION or ?digest=sha256:…",
        )),
    });
    let first = pins.next().unwrap_or(Err(ReferenceError::Empty))?;
    match pins.next() {
        Some(second) => second.and(Err(ReferenceError::TagAndDigest)),
        None => Ok(first),
    }
}

fn is_tag(tag: &str) -> Result<String, ReferenceError> {
    let is_letter = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    let begins = tag.bytes().next().is_some_and(is_letter);
    let is_whole =
        begins && tag.len() <= TAG && tag.bytes().all(|b| is_letter(b) || b == b'.' || b == b'-');
    if is_whole {
        Ok(tag.to_owned())
    } else {
        Err(ReferenceError::Version {
            what: "the tag",
            text: tag.to_owned(),
            why: "a tag has at most 128 letters, digits, `_`, `.` and `-`, and begins with none of the last two; for the `+` of a version stands `_`",
        })
    }
}

fn is_digest(digest: &str) -> Result<String, ReferenceError> {
    let is_hex = |hex: &str| {
        hex.len() == 64
            && hex
                .bytes()
                .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    };
    if digest.strip_prefix("sha256:").is_some_and(is_hex) {
        Ok(digest.to_owned())
    } else {
        Err(ReferenceError::Version {
            what: "the digest",
            text: digest.to_owned(),
            why: "a digest is sha256: and 64 of the digits 0 to 9 and a to f",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::Reference;
    use super::*;

    const DIGEST: &str = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    #[test]
    fn a_place_comes_back_as_it_was_written() {
        let digest = format!("oci://[::1]:5000/a/b-c/d__e?digest={DIGEST}");
        for written in [
            "oci://ghcr.io/acme/packs",
            "oci://localhost/acme?tag=latest",
            "oci://registry.acme.example:5000/acme/rds.proxy?tag=1.2.0-rc.1_b2",
            digest.as_str(),
        ] {
            assert_eq!(Reference::parse(written).unwrap().to_string(), written);
        }
        let upper = Reference::parse("oci://GHCR.io/acme?tag=V1").unwrap();
        assert_eq!(upper.to_string(), "oci://ghcr.io/acme?tag=V1");
    }

    #[test]
    fn what_is_no_place_is_refused() {
        let both = format!("tag=1.0.0&digest={DIGEST}");
        for (written, expected) in [
            ("ghcr.io", "oci://HOST/REPOSITORY"),
            ("acme/packs?tag=1.0.0", "in full"),
            ("/packs", "letters, digits"),
            ("h.io/", "lower-case"),
            ("h.io/Acme", "lower-case"),
            ("h.io/a/../b", "lower-case"),
            ("h.io/a//b", "lower-case"),
            ("h.io/a%2e", "lower-case"),
            ("h.io/a?tag=", "a tag has"),
            ("h.io/a?tag=-x", "a tag has"),
            ("h.io/a?tag=1.0.0+b", "stands `_`"),
            ("h.io/a?digest=sha256:12", "64 of the digits"),
            ("h.io/a?digest=md5:12", "sha256:"),
            ("h.io/a?version=1", "means nothing"),
            ("h.io/a?", "means nothing"),
            (&format!("h.io/a?{both}"), "both a tag and a digest"),
            ("h.io/a:1.0.0", "write oci://h.io/a?tag=1.0.0"),
            (
                &format!("h.io/a:1.0.0@{DIGEST}"),
                &format!("write oci://h.io/a?digest={DIGEST}"),
            ),
            ("h.io/a#1.0.0", "write oci://h.io/a?tag=VERSION"),
            ("h.io:x/a", "no port"),
        ] {
            let said = Reference::parse(&format!("oci://{written}"))
                .unwrap_err()
                .to_string();
            assert!(said.contains(expected), "{written}: {said}");
        }
    }

    #[test]
    fn a_password_is_never_shown() {
        for written in [
            "oci://anna:secret@h.io/a",
            "oci://anna:secret@h.io",
            "oci://anna:secret@h.io#x",
            "oci://anna:secret@h.io/a#x",
        ] {
            let said = Reference::parse(written).unwrap_err().to_string();
            assert!(said.contains("h.io") && !said.contains("secret"), "{said}");
        }
    }

    #[test]
    fn a_version_is_a_tag_and_comes_back() {
        let version = Version::parse("1.2.0-rc.1+build.7").unwrap();
        let tag = tag_of_version(&version);
        assert_eq!(tag, "1.2.0-rc.1_build.7");
        assert_eq!(version_of_tag(&tag), Some(version));
        assert_eq!(version_of_tag("sha256-12.minisig"), None);
    }
}
