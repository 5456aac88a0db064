//! What a user writes to say where a pack lives: a folder or an archive file, a git repository, an OCI registry. Read once, and
//! refused where it could mean more than a place. Nothing is looked up here.

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

/// How long a reference may be. Ours: a repository's name has at most 255 letters, and a host as many.
const LENGTH: usize = 1024;

/// The schemes, for a user who wrote another one.
const SCHEMES: &str = "git+https://, git+ssh://, git+file:// and oci://";

/// Where a pack lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reference {
    /// A folder or an archive file of this machine.
    Local(String),
    /// A git repository.
    Git(GitPlace),
    /// An OCI registry.
    Oci(OciPlace),
}

/// Why a reference is refused. What it holds is never repeated where it could be a password.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ReferenceError {
    /// There is nothing.
    #[error("the reference is empty: name a folder, an archive file, or a place with {SCHEMES}")]
    Empty,
    /// It does not end.
    #[error("the reference has more than {LENGTH} bytes")]
    TooLong,
    /// It has characters that show as nothing or break a line.
    #[error("the reference has a character that cannot be seen, such as the end of a line")]
    Control,
    /// A program could take it for an option.
    #[error("{0:?} begins with a hyphen, as an option does: write ./ before the name of a file")]
    Hyphen(String),
    /// A scheme that is not known.
    #[error("{scheme:?} is no scheme of a reference ({SCHEMES}){}", .instead.as_ref().map(|instead| format!(": write {instead}")).unwrap_or_default())]
    Scheme {
        /// The scheme.
        scheme: String,
        /// What was probably meant.
        instead: Option<String>,
    },
    /// It would put a password into every baseline.
    #[error(
        "the reference to {host} holds credentials, which would be kept in every baseline: {way}"
    )]
    Credentials {
        /// The host.
        host: String,
        /// Where they belong.
        way: &'static str,
    },
    /// The host is none.
    #[error("{host:?} is no host: {why}")]
    Host {
        /// What stands in its place.
        host: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The path on the host is none.
    #[error("{path:?}: {why}")]
    Path {
        /// The path.
        path: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The folder in the repository is none.
    #[error("?path= names a folder of the repository: {0}")]
    Folder(PathError),
    /// The tag, digest or commit is none.
    #[error("{what} {text:?}: {why}")]
    Version {
        /// Which of them.
        what: &'static str,
        /// As it was written.
        text: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A version in the way of Docker.
    #[error("a version is not written as {written:?} here: write {instead}")]
    Suffix {
        /// The part that names it.
        written: String,
        /// The whole reference as it should be.
        instead: String,
    },
    /// A word after `?` that means nothing.
    #[error("{0:?} means nothing after `?` in this reference: {1}")]
    Query(String, &'static str),
    /// Two versions at once.
    #[error("both a tag and a digest: name one of them, since they could be of different packs")]
    TagAndDigest,
}

impl Reference {
    /// Reads a reference as a user wrote it.
    ///
    /// # Errors
    /// When it is none, or could mean more than a place.
    pub fn parse(written: &str) -> Result<Self, ReferenceError> {
        is_plain(written)?;
        match written.split_once("://") {
            Some(("oci", rest)) => OciPlace::parse(rest).map(Self::Oci),
            Some((scheme, rest)) => match scheme.strip_prefix("git+").and_then(Transport::of) {
                Some(transport) => GitPlace::parse(transport, rest).map(Self::Git),
                None => Err(unknown_scheme(scheme, rest)),
            },
            None => local(written),
        }
    }

    /// The version that its tag names, where the tag is one: such a tag never moves.
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

    /// The place without the version, and what names the version in it.
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

/// The version that a git tag names: `1.2.0`, or `v1.2.0`.
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
    match written.starts_with('-') {
        true => Err(ReferenceError::Hyphen(written.to_owned())),
        false => Ok(()),
    }
}

/// A path of this machine, unless it is what git would take for a program or for a host.
fn local(written: &str) -> Result<Reference, ReferenceError> {
    let before_path = written.split(['/', '\\']).next().unwrap_or_default();
    if let Some((scheme, _)) = before_path.split_once("::") {
        return Err(ReferenceError::Scheme {
            scheme: format!("{scheme}::"),
            instead: None,
        });
    }
    // `git@host:path`, as git writes ssh: no folder is called so.
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

/// A host as in a URL, with a port where there is one. What begins with a hyphen would be an option of ssh.
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
            ("ext::sh -c touch% /tmp/x", "\"ext::\" is no scheme"),
            ("git@github.com:acme/packs", "git+ssh://"),
            (
                "https://github.com/acme/packs#v1",
                "write git+https://github.com/acme/packs#v1",
            ),
            ("git+http://github.com/acme/packs#v1", "clear connection"),
            ("git+ext://sh -c x", "no scheme"),
            ("docker://acme/packs", "oci://HOST"),
            ("s3://bucket/pack.tar", "no scheme"),
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
        /// Whatever is written is refused, or comes back as the same place: what a baseline keeps names what was meant.
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
