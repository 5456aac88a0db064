//! Packs in a git repository, fetched with `git` itself because it knows the user's keys, credentials and proxies. Only
//! a tag or a commit is fetched, into a temporary bare repository, and nothing is ever checked out: no hook, filter,
//! attribute, link or submodule of the repository has any effect.

mod error;
pub mod revision;
mod run;
mod tree;

use std::collections::BTreeSet;

pub use self::error::GitError;
use self::run::Repository;
use super::{Fetched, Listed, Listing, PackSiblings, Store, StoreError};
use crate::domain::pack::{
    BESIDE, GitPlace, Reference, Revision, YANKED_FILE, YANKED_SIGNATURE_FILE, version_of_git_tag,
};
use crate::domain::spec::visible;

/// The store for git repositories.
pub(super) const STORE: Store = Store {
    form: "git+https://HOST/PATH?path=FOLDER#TAG, or git+ssh://, or git+file://",
    holds: |reference| matches!(reference, Reference::Git(_)),
    fetch: |reference, _| with_place(reference, fetch),
    list: Some(|reference, _| with_place(reference, |place, _| list(place))),
    publish: None,
};

/// The local refs for what is fetched.
const PACK: &str = "refs/rdsproxy/pack";
const NEWEST: &str = "refs/rdsproxy/newest";

/// The maximum number of tags that are read. Our own limit.
const TAGS: usize = 20_000;

/// The number of tags that an error message lists.
const SHOWN: usize = 5;

fn with_place<T>(
    reference: &Reference,
    what: impl Fn(&GitPlace, &str) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    match reference {
        Reference::Git(place) => what(place, &reference.to_string()),
        Reference::Local(path) => Err(StoreError::Absent(path.clone())),
        Reference::Oci(_) => Err(StoreError::OneVersion(reference.to_string())),
    }
}

fn fetch(place: &GitPlace, from: &str) -> Result<Fetched, StoreError> {
    let revision = place
        .revision
        .as_ref()
        .ok_or_else(|| StoreError::NoVersion {
            place: from.to_owned(),
            way: "#TAG, or # and all digits of a commit",
        })?;
    let repository = Repository::new(place.transport)?;
    let has_newest = get(&repository, place, revision)?;
    let mut files = repository.files(PACK, place.folder.as_deref(), |_| true)?;
    let mut beside = PackSiblings::taken_from(&mut files);
    // A tag is as old as the pack; later yanks are at the tip of the default branch.
    if has_newest {
        let is_list = |path: &str| [YANKED_FILE, YANKED_SIGNATURE_FILE].contains(&path);
        let newest = repository.files(NEWEST, place.folder.as_deref(), is_list);
        if let Ok(mut newest) = newest {
            beside.yanked = PackSiblings::taken_from(&mut newest).yanked;
        }
    }
    Fetched::new(files, beside, from)
}

/// Fetches the revision, and the tip of the default branch if there is one. Returns true if there is.
fn get(repository: &Repository, place: &GitPlace, revision: &Revision) -> Result<bool, StoreError> {
    let wanted = match revision {
        Revision::Tag(tag) => format!("+refs/tags/{tag}:{PACK}"),
        Revision::Commit(commit) => format!("+{commit}:{PACK}"),
    };
    let newest = format!("+HEAD:{NEWEST}");
    let both = repository.fetch(&place.url(), &[&wanted, &newest]);
    let Err(error) = both else {
        return Ok(true);
    };
    // A repository that failed to answer once is not asked again.
    let GitError::Failed { .. } = error else {
        return Err(error.into());
    };
    let Revision::Tag(tag) = revision else {
        repository.fetch(&place.url(), &[&wanted])?;
        return Ok(false);
    };
    // If the tags cannot be listed, the first error tells the cause, such as a missing repository.
    let Ok(tags) = tags(repository, place) else {
        return Err(error.into());
    };
    if tags.contains(tag) {
        repository.fetch(&place.url(), &[&wanted])?;
        Ok(false)
    } else {
        Err(no_such_tag(place, tag, &tags).into())
    }
}

fn no_such_tag(place: &GitPlace, tag: &str, tags: &BTreeSet<String>) -> GitError {
    let mut versions: Vec<_> = tags
        .iter()
        .filter_map(|tag| Some((version_of_git_tag(tag)?, tag)))
        .collect();
    versions.sort();
    let newest: Vec<&str> = versions
        .iter()
        .rev()
        .take(SHOWN)
        .map(|(_, tag)| tag.as_str())
        .collect();
    GitError::NoTag {
        url: place.url(),
        tag: tag.to_owned(),
        newest: if newest.is_empty() {
            "it has no tag that is a version".to_owned()
        } else {
            format!("its newest versions are {}", visible(&newest.join(", ")))
        },
    }
}

fn tags(repository: &Repository, place: &GitPlace) -> Result<BTreeSet<String>, GitError> {
    let text = repository.remote_tags(&place.url())?;
    let tags = text
        .lines()
        .filter_map(|line| line.split_once("\trefs/tags/"))
        .map(|(_, tag)| tag.to_owned())
        .take(TAGS);
    Ok(tags.collect())
}

fn list(place: &GitPlace) -> Result<Listing, StoreError> {
    let repository = Repository::new(place.transport)?;
    let mut versions: Vec<Listed> = tags(&repository, place)?
        .into_iter()
        .filter_map(|tag| {
            Some(Listed {
                version: version_of_git_tag(&tag)?,
                reference: Reference::Git(place.with(Revision::Tag(tag))),
                digest: None,
                signed: None,
            })
        })
        .collect();
    versions.sort_by(|a, b| b.version.cmp(&a.version));
    let mut yanked = None;
    if repository
        .fetch(&place.url(), &[&format!("+HEAD:{NEWEST}")])
        .is_ok()
    {
        let is_beside = |path: &str| BESIDE.contains(&path);
        let newest = repository.files(NEWEST, place.folder.as_deref(), is_beside);
        yanked = newest
            .ok()
            .and_then(|mut files| PackSiblings::taken_from(&mut files).yanked);
    }
    Ok(Listing { versions, yanked })
}
