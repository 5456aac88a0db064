//! A git repository, a folder in it, and a version: `git+https://HOST/PATH?path=FOLDER#TAG`. The parts are passed to
//! the command lines of `git` and `ssh`, so nothing is accepted that either could read as an option, a program or a
//! second location.

use std::fmt;

use super::super::path::portable;
use super::{ReferenceError, is_host};

/// The maximum length of a tag. Our own limit: git has none but that of file names.
const TAG: usize = 250;

/// The transport to a repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// HTTPS, without credentials in the URL.
    Https,
    /// SSH, with the user's keys.
    Ssh,
    /// A folder of this machine.
    File,
}

/// A repository, with the folder and version of the pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GitPlace {
    /// The transport to the repository.
    pub transport: Transport,
    /// The host, with user and port if given; empty for a folder.
    pub host: String,
    /// The path on the host, which begins with `/`.
    pub path: String,
    /// The pack's folder; `None` if the pack is the whole repository.
    pub folder: Option<String>,
    /// The version; `None` if the reference names none.
    pub revision: Option<Revision>,
}

/// The version of a pack in a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Revision {
    /// A tag. Branches are not supported, because they move.
    Tag(String),
    /// A commit, by its full hash.
    Commit(String),
}

impl Transport {
    /// Returns the transport of this name.
    pub(super) fn new(name: &str) -> Option<Self> {
        [Self::Https, Self::Ssh, Self::File]
            .into_iter()
            .find(|transport| transport.name() == name)
    }

    /// Returns the default port of the transport.
    pub(super) fn port(self) -> Option<u16> {
        match self {
            Self::Https => Some(443),
            Self::Ssh => Some(22),
            Self::File => None,
        }
    }

    /// Returns the name of the transport in git's URLs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Https => "https",
            Self::Ssh => "ssh",
            Self::File => "file",
        }
    }
}

impl GitPlace {
    /// Parses the part of a reference after `git+…://`.
    pub(super) fn parse(transport: Transport, written: &str) -> Result<Self, ReferenceError> {
        let (place, revision) = match written.split_once('#') {
            Some((place, revision)) => (place, Some(revision)),
            None => (written, None),
        };
        let (place, query) = match place.split_once('?') {
            Some((place, query)) => (place, Some(query)),
            None => (place, None),
        };
        let slash = place.find('/').unwrap_or(place.len());
        let (host, path) = place.split_at(slash);
        is_authority(transport, host)?;
        is_path(transport, path)?;
        Ok(Self {
            transport,
            host: host.to_owned(),
            path: path.to_owned(),
            folder: query.map(folder).transpose()?,
            revision: revision.map(self::revision).transpose()?,
        })
    }

    /// Returns the URL of the repository, as git accepts it.
    pub fn url(&self) -> String {
        format!("{}://{}{}", self.transport.name(), self.host, self.path)
    }

    /// Returns the same repository and folder with another version.
    #[must_use]
    pub fn with(&self, revision: Revision) -> Self {
        Self {
            revision: Some(revision),
            ..self.clone()
        }
    }
}

impl fmt::Display for GitPlace {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "git+{}", self.url())?;
        if let Some(folder) = &self.folder {
            write!(out, "?path={folder}")?;
        }
        match &self.revision {
            Some(Revision::Tag(name) | Revision::Commit(name)) => write!(out, "#{name}"),
            None => Ok(()),
        }
    }
}

/// Checks the authority of a URL. Only SSH may have a user; in other transports, anything before `@` is a secret or
/// useless.
fn is_authority(transport: Transport, authority: &str) -> Result<(), ReferenceError> {
    let (user, host) = match authority.rsplit_once('@') {
        Some((user, host)) => (Some(user), host),
        None => (None, authority),
    };
    let credentials = |way| {
        Err(ReferenceError::Credentials {
            host: host.to_owned(),
            way,
        })
    };
    match (transport, user) {
        (Transport::File, _) if !authority.is_empty() => {
            return Err(ReferenceError::Host {
                host: host.to_owned(),
                why: "a folder has none: write git+file:///FOLDER",
            });
        }
        (Transport::File, _) => return Ok(()),
        (Transport::Https, Some(_)) => {
            return credentials("git's own credential helpers keep them");
        }
        (Transport::Ssh, Some(user)) if !is_user(user) => {
            return credentials("ssh has its keys; only the name of a user stands before `@`");
        }
        (Transport::Https | Transport::Ssh, _) => {}
    }
    is_host(host)
}

fn is_user(user: &str) -> bool {
    !user.is_empty()
        && !user.starts_with('-')
        && user
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
}

fn is_path(transport: Transport, path: &str) -> Result<(), ReferenceError> {
    let wrong = |why| {
        Err(ReferenceError::Path {
            path: path.to_owned(),
            why,
        })
    };
    if path.len() < 2 {
        return wrong("the path of the repository is missing");
    }
    if path.split('/').any(|part| part == "..") {
        return wrong("`..` would lead out of where the repository seems to be");
    }
    if path.contains(['\\', '"', '\'', '`', '$', '*', '[']) {
        return wrong("a path has no backslash, quotes, `$`, `*` or `[`");
    }
    let is_url = |b: u8| b.is_ascii_alphanumeric() || b"/._-~+@%:".contains(&b);
    if transport != Transport::File && !path.bytes().all(is_url) {
        wrong("an address has letters, digits and `/._-~+@%:`")
    } else {
        Ok(())
    }
}

fn folder(query: &str) -> Result<String, ReferenceError> {
    let Some(folder) = query.strip_prefix("path=") else {
        let way = "?path=FOLDER names the pack's folder, and #TAG the version";
        return Err(ReferenceError::Query(query.to_owned(), way));
    };
    portable(folder).map_err(ReferenceError::Folder)?;
    Ok(folder.to_owned())
}

/// Reads a commit or a tag; only a subset of git's tags is accepted.
/// Source: git-check-ref-format(1).
fn revision(text: &str) -> Result<Revision, ReferenceError> {
    let wrong = |why| {
        Err(ReferenceError::Version {
            what: "the tag",
            text: text.to_owned(),
            why,
        })
    };
    let is_hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    if matches!(text.len(), 40 | 64) && text.bytes().all(is_hex) {
        return Ok(Revision::Commit(text.to_owned()));
    }
    if !text
        .bytes()
        .next()
        .is_some_and(|b| b.is_ascii_alphanumeric())
        || text.len() > TAG
    {
        return wrong("a tag begins with a letter or a digit, and has at most 250 of them");
    }
    if !text
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"/._-+@".contains(&b))
    {
        return wrong("a tag has letters, digits and `/._-+@`");
    }
    let is_part =
        |part: &str| !part.is_empty() && !part.starts_with('.') && !part.ends_with(".lock");
    if text.contains("..") || text.ends_with('.') || !text.split('/').all(is_part) {
        wrong("git takes no such tag")
    } else {
        Ok(Revision::Tag(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Reference;
    use super::*;

    fn read(written: &str) -> GitPlace {
        match Reference::parse(written).unwrap() {
            Reference::Git(place) => place,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_place_comes_back_as_it_was_written() {
        let commit = format!(
            "git+ssh://git@github.com:22/acme/packs.git#{}",
            "0a".repeat(20)
        );
        for written in [
            "git+https://github.com/acme/packs",
            "git+https://github.com/acme/packs.git?path=packs/acme#acme/v1.2.0",
            "git+file:///srv/git packs/acme.git#v1.0.0+b7",
            commit.as_str(),
        ] {
            assert_eq!(read(written).to_string(), written);
        }
        assert_eq!(
            read(&commit).url(),
            "ssh://git@github.com:22/acme/packs.git"
        );
        assert!(matches!(read(&commit).revision, Some(Revision::Commit(_))));
    }

    #[test]
    fn what_git_or_ssh_could_take_for_something_else_is_refused() {
        for (written, expected) in [
            ("ssh://-oProxyCommand=touch/x#v1", "not a host"),
            ("ssh://git@-oProxyCommand=touch/x#v1", "not a host"),
            ("ssh://-l@h.io/x#v1", "credentials"),
            ("ssh://git:secret@h.io/x#v1", "credentials"),
            ("https://token@h.io/x#v1", "credentials"),
            ("https://a:secret@h.io/x#v1", "credentials"),
            ("https://h.io", "is missing"),
            ("https://h.io/", "is missing"),
            ("https:///x", "not a host"),
            ("https://h.io/a/../b#v1", "`..`"),
            ("https://h.io/a b#v1", "an address has"),
            ("ssh://h.io/$(touch x)#v1", "quotes"),
            ("ssh://h.io/`touch`#v1", "quotes"),
            ("file://host/x#v1", "git+file:///"),
            ("file:///a/../b#v1", "`..`"),
            ("https://h.io/a#", "begins with a letter"),
            ("https://h.io/a#--upload-pack=x", "begins with a letter"),
            ("https://h.io/a#v1:refs/heads/x", "a tag has"),
            ("https://h.io/a#v1..v2", "no such tag"),
            ("https://h.io/a#v1/", "no such tag"),
            ("https://h.io/a#v1.lock", "no such tag"),
            ("https://h.io/a#v1@{1}", "a tag has"),
            ("https://h.io/a?path=../b#v1", "folder of the repository"),
            ("https://h.io/a?path=/etc#v1", "absolute"),
            ("https://h.io/a?path=#v1", "empty"),
            ("https://h.io/a?tag=v1", "#TAG the version"),
        ] {
            let said = Reference::parse(&format!("git+{written}"))
                .unwrap_err()
                .to_string();
            assert!(
                said.contains(expected) && !said.contains("secret"),
                "{written}: {said}"
            );
        }
    }
}
