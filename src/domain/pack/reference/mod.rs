//! The location of a pack as a user writes it: a folder or an archive file, a git repository, an OCI registry. It is
//! parsed once, and refused if it could be more than a location. Nothing is looked up here.

mod authority;
mod git;
mod oci;

use std::fmt;

use semver::Version;
use thiserror::Error;

pub use authority::{is_authority, is_loopback, plain_authority};
pub use git::{GitPlace, Revision, Transport};
pub use oci::{OciPlace, Pin, tag_of_version, version_of_tag};

use super::path::PathError;
use crate::domain::spec::visible;

/// The maximum length of a reference in bytes. Our own limit: the name of a repository has at most 255 characters, and
/// a host as many.
const LENGTH: usize = 1024;

/// The supported schemes, for messages about an unknown one.
const SCHEMES: &str = "git+https://, git+ssh://, git+file:// and oci://";

/// The location of a pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reference {
    /// A folder or an archive file of this machine.
    Local(String),
    /// A git repository, with an optional folder and version.
    Git(GitPlace),
    /// A repository of an OCI registry, with an optional version.
    Oci(OciPlace),
}

/// The reason why a reference is refused. Parts that could be a password are never repeated.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ReferenceError {
    /// The reference is empty.
    #[error("the reference is empty: name a folder, an archive file, or a place with {SCHEMES}")]
    Empty,
    /// The reference is too long.
    #[error("the reference has more than {LENGTH} bytes")]
    TooLong,
    /// The reference has characters that are invisible or break a line.
    #[error("the reference has a character that cannot be seen, such as the end of a line")]
    Control,
    /// The reference begins with a hyphen, so a program could take it for an option.
    #[error("{0:?} begins with a hyphen, as an option does: write ./ before the name of a file")]
    Hyphen(String),
    /// The scheme is unknown.
    #[error("{scheme:?} is not a scheme of a reference ({SCHEMES}){}", .instead.as_ref().map(|instead| format!(": write {instead}")).unwrap_or_default())]
    Scheme {
        /// The scheme as it was written.
        scheme: String,
        /// The reference that was probably intended, if it can be guessed.
        instead: Option<String>,
    },
    /// The reference has credentials, which would be recorded in every baseline.
    #[error(
        "the reference to {host} holds credentials, which would be kept in every baseline: {way}"
    )]
    Credentials {
        /// The host that the credentials are for.
        host: String,
        /// The right place for credentials.
        way: &'static str,
    },
    /// The host is invalid.
    #[error("{host:?} is not a host: {why}")]
    Host {
        /// The text in place of a host.
        host: String,
        /// The problem with the text.
        why: &'static str,
    },
    /// The path on the host is invalid.
    #[error("{path:?}: {why}")]
    Path {
        /// The path as written.
        path: String,
        /// The problem with the path.
        why: &'static str,
    },
    /// The folder in the repository is invalid.
    #[error("?path= names a folder of the repository: {0}")]
    Folder(PathError),
    /// The tag, digest or commit is invalid.
    #[error("{what} {text:?}: {why}")]
    Version {
        /// The kind of version: `the tag` or `the digest`.
        what: &'static str,
        /// The text as written.
        text: String,
        /// The problem with the text.
        why: &'static str,
    },
    /// The version is written in Docker's syntax.
    #[error("a version is not written as {written:?} here: write {instead}")]
    Suffix {
        /// The part that names the version.
        written: String,
        /// The whole reference as it should be.
        instead: String,
    },
    /// The query has an unknown key.
    #[error("{0:?} means nothing after `?` in this reference: {1}")]
    Query(String, &'static str),
    /// The reference has both a tag and a digest.
    #[error("both a tag and a digest: name one of them, since they could be of different packs")]
    TagAndDigest,
}

impl Reference {
    /// Parses a reference as a user wrote it.
    ///
    /// # Errors
    /// If it is invalid, or could be more than a location.
    pub fn parse(written: &str) -> Result<Self, ReferenceError> {
        is_plain(written)?;
        match written.split_once("://") {
            Some(("oci", rest)) => OciPlace::parse(rest).map(Self::Oci),
            Some((scheme, rest)) => match scheme.strip_prefix("git+").and_then(Transport::new) {
                Some(transport) => GitPlace::parse(transport, rest).map(Self::Git),
                None => Err(unknown_scheme(scheme, rest)),
            },
            None => local(written),
        }
    }

    /// Returns the version that the tag names, if it is a version: such a tag never moves.
    pub fn version(&self) -> Option<Version> {
        match self {
            Self::Local(_) => None,
            Self::Git(place) => match &place.revision {
                Some(Revision::Tag(tag)) => version_of_git_tag(tag),
                Some(Revision::Commit(_)) | None => None,
            },
            Self::Oci(place) => match &place.pin {
                Some(Pin::Tag(tag)) => version_of_tag(tag),
                Some(Pin::Digest(_)) | None => None,
            },
        }
    }

    /// Returns the location without the version, and the text of the version.
    pub fn parts(&self) -> (String, Option<String>) {
        match self {
            Self::Local(path) => (path.clone(), None),
            Self::Git(place) => {
                let name = place.revision.as_ref().map(|revision| match revision {
                    Revision::Tag(name) | Revision::Commit(name) => name.clone(),
                });
                let whole = GitPlace {
                    revision: None,
                    ..place.clone()
                };
                (whole.to_string(), name)
            }
            Self::Oci(place) => {
                let name = place.pin.as_ref().map(|pin| match pin {
                    Pin::Tag(name) | Pin::Digest(name) => name.clone(),
                });
                let whole = OciPlace {
                    pin: None,
                    ..place.clone()
                };
                (whole.to_string(), name)
            }
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Local(path) => out.write_str(path),
            Self::Git(place) => place.fmt(out),
            Self::Oci(place) => place.fmt(out),
        }
    }
}

/// Returns the version that a git tag names: `1.2.0`, or `v1.2.0`.
pub fn version_of_git_tag(tag: &str) -> Option<Version> {
    Version::parse(tag.strip_prefix('v').unwrap_or(tag)).ok()
}

fn is_plain(written: &str) -> Result<(), ReferenceError> {
    if written.is_empty() {
        return Err(ReferenceError::Empty);
    }
    if written.len() > LENGTH {
        return Err(ReferenceError::TooLong);
    }
    if visible(written) != written {
        return Err(ReferenceError::Control);
    }
    if written.starts_with('-') {
        Err(ReferenceError::Hyphen(written.to_owned()))
    } else {
        Ok(())
    }
}

/// Returns a path of this machine, unless git would take it for a program or a host.
fn local(written: &str) -> Result<Reference, ReferenceError> {
    let before_path = written.split(['/', '\\']).next().unwrap_or_default();
    if let Some((scheme, _)) = before_path.split_once("::") {
        return Err(ReferenceError::Scheme {
            scheme: format!("{scheme}::"),
            instead: None,
        });
    }
    // `git@host:path` is git's syntax for SSH: no folder has such a name.
    match before_path.split_once(':') {
        Some((host, _)) if host.contains('@') => Err(ReferenceError::Scheme {
            scheme: format!("{host}:"),
            instead: Some("git+ssh://USER@HOST/PATH#TAG".to_owned()),
        }),
        _ => Ok(Reference::Local(written.to_owned())),
    }
}

fn unknown_scheme(scheme: &str, rest: &str) -> ReferenceError {
    let plain = scheme.strip_prefix("git+").unwrap_or(scheme);
    let instead = match plain {
        "http" | "git" => Some(
            "git+https://HOST/PATH#TAG, since a clear connection can be changed on its way"
                .to_owned(),
        ),
        "https" | "ssh" | "file" if !rest.contains('@') => Some(format!("git+{plain}://{rest}")),
        "docker" | "http+oci" => Some("oci://HOST/REPOSITORY?tag=VERSION".to_owned()),
        _ => None,
    };
    ReferenceError::Scheme {
        scheme: scheme.to_owned(),
        instead,
    }
}

/// Checks a host as in a URL, with or without a port. A leading hyphen would make it an option of ssh.
fn is_host(host: &str) -> Result<(), ReferenceError> {
    let wrong = |why| {
        Err(ReferenceError::Host {
            host: host.to_owned(),
            why,
        })
    };
    let (name, port) = match host.strip_prefix('[') {
        Some(rest) => match rest.split_once(']') {
            Some((address, port)) if is_address(address) => (None, port),
            _ => return wrong("this is not an address of IPv6 in brackets"),
        },
        None => match host.find(':') {
            Some(at) => (Some(&host[..at]), &host[at..]),
            None => (Some(host), ""),
        },
    };
    if !(port.is_empty()
        || port
            .strip_prefix(':')
            .is_some_and(|port| port.parse::<u16>().is_ok()))
    {
        return wrong("after the colon stands no port");
    }
    let is_label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    match name {
        Some(name) if !name.split('.').all(is_label) => {
            wrong("a host has letters, digits, hyphens and full stops")
        }
        _ => Ok(()),
    }
}

fn is_address(text: &str) -> bool {
    text.parse::<std::net::Ipv6Addr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(written: &str) -> String {
        Reference::parse(written).unwrap_err().to_string()
    }

    #[test]
    fn a_path_is_a_path() {
        for written in [
            "acme",
            "./acme",
            "../packs/acme-1.0.0.tar",
            "C:\\packs\\acme",
            "a b/é",
        ] {
            let read = Reference::parse(written).unwrap();
            assert_eq!(read, Reference::Local(written.to_owned()));
            assert_eq!(read.to_string(), written);
        }
    }

    #[test]
    fn what_could_mean_more_than_a_place_is_refused() {
        let long = "a".repeat(LENGTH + 1);
        for (written, expected) in [
            ("", "empty"),
            (long.as_str(), "more than"),
            ("acme\n--upload-pack=touch", "cannot be seen"),
            ("acme\u{202e}", "cannot be seen"),
            ("--upload-pack=touch", "hyphen"),
            ("ext::sh -c touch% /tmp/x", "\"ext::\" is not a scheme"),
            ("git@github.com:acme/packs", "git+ssh://"),
            (
                "https://github.com/acme/packs#v1",
                "write git+https://github.com/acme/packs#v1",
            ),
            ("git+http://github.com/acme/packs#v1", "clear connection"),
            ("git+ext://sh -c x", "not a scheme"),
            ("docker://acme/packs", "oci://HOST"),
            ("s3://bucket/pack.tar", "not a scheme"),
        ] {
            let said = refused(written);
            assert!(said.contains(expected), "{written:?}: {said}");
        }
        let said = refused("https://anna:secret@github.com/acme/packs");
        assert!(!said.contains("secret"), "{said}");
    }

    #[test]
    fn hosts_are_hosts() {
        for host in [
            "ghcr.io",
            "localhost:5000",
            "127.0.0.1:5000",
            "[::1]:5000",
            "a_b.internal",
        ] {
            assert_eq!(is_host(host), Ok(()), "{host}");
        }
        for host in [
            "",
            "-oProxyCommand=x",
            "a..b",
            "a b",
            "a:",
            "a:99999",
            "[::1",
            "[x]",
            "é.io",
            "a/b",
        ] {
            assert!(is_host(host).is_err(), "{host}");
        }
    }

    #[test]
    fn a_tag_that_is_a_version_is_known() {
        for (written, expected) in [
            ("git+https://h.io/r#v1.2.0", Some("1.2.0")),
            ("git+https://h.io/r#1.2.0-rc.1", Some("1.2.0-rc.1")),
            ("git+https://h.io/r#stable", None),
            ("oci://h.io/r?tag=1.2.0", Some("1.2.0")),
            ("oci://h.io/r?tag=1.2.0_b7", Some("1.2.0+b7")),
            ("oci://h.io/r?tag=latest", None),
            ("oci://h.io/r", None),
            ("acme", None),
        ] {
            let version = Reference::parse(written).unwrap().version();
            assert_eq!(
                version.map(|version| version.to_string()).as_deref(),
                expected,
                "{written}"
            );
        }
    }

    proptest::proptest! {
        /// Any text is refused, or printed as the same location again: the reference in a baseline is the one that was
        /// intended.
        #[test]
        fn any_text_is_refused_or_comes_back(
            scheme in "(oci|git\\+https|git\\+ssh|git\\+file|git\\+http|)(://)?",
            rest in "[a-zA-Z0-9@:/?#=.&+_\\[\\]% -]{0,40}|.{0,20}",
        ) {
            if let Ok(read) = Reference::parse(&format!("{scheme}{rest}")) {
                proptest::prop_assert_eq!(Reference::parse(&read.to_string()), Ok(read));
            }
        }
    }
}
