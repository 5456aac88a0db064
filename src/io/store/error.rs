//! Why there is no pack, and whose turn it is.

use thiserror::Error;

use super::archive::ArchiveError;
use super::git::GitError;
use super::oci::OciError;
use crate::domain::pack::ReferenceError;
use crate::io::files::FilesError;
use crate::io::folder::FolderError;

/// Why there is no pack.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The reference is none.
    #[error(transparent)]
    Reference(#[from] ReferenceError),
    /// Nothing is there.
    #[error("{0}: there is neither a folder nor an archive file of this name")]
    Absent(String),
    /// The folder is not taken.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// A file cannot be read.
    #[error(transparent)]
    File(#[from] FilesError),
    /// The archive is refused.
    #[error("{from}: {why}")]
    Archive {
        /// Where it was found.
        from: String,
        /// Why.
        why: ArchiveError,
    },
    /// The reference names a place, and no version in it.
    #[error(
        "{place} names no version: add {way}; `rdsproxy-gen pack list {place}` tells which there are"
    )]
    NoVersion {
        /// The place.
        place: String,
        /// How a version is named there.
        way: &'static str,
    },
    /// There is one version, and nothing to choose.
    #[error("{0} holds one version; a git repository or a registry has more to list")]
    OneVersion(String),
    /// A repository of git does not give it.
    #[error(transparent)]
    Git(#[from] GitError),
    /// A registry does not give or take it.
    #[error(transparent)]
    Oci(#[from] OciError),
    /// The place takes no new version from here.
    #[error(
        "{0}: packs are published to a registry; a repository gets them by a commit and a tag, and a folder by a copy"
    )]
    NotPublished(String),
    /// It was never fetched here.
    #[error("{0} was never fetched on this machine, and --offline keeps it from being fetched now")]
    NotKept(String),
    /// What was fetched once is not what lies there now.
    #[error(
        "the copy of {from} in the cache was changed: it should be {expected} and is {found}; fetch it again without --offline"
    )]
    KeptChanged {
        /// The reference.
        from: String,
        /// Its digest.
        expected: String,
        /// The one of what is there.
        found: String,
    },
    /// A version moved.
    #[error(
        "{from} was {before} when it was fetched last, and is {now} now: a version that was published never changes; whoever means the new one names it by its digest or commit"
    )]
    Moved {
        /// The reference.
        from: String,
        /// Its digest then.
        before: String,
        /// Its digest now.
        now: String,
    },
}

impl StoreError {
    /// Whether the machine or the network is at fault, and not what was asked for.
    pub fn is_of_the_machine(&self) -> bool {
        match self {
            Self::File(_) => true,
            Self::Git(error) => error.is_of_the_machine(),
            Self::Oci(error) => error.is_of_the_machine(),
            Self::Reference(_)
            | Self::Absent(_)
            | Self::Folder(_)
            | Self::Archive { .. }
            | Self::NoVersion { .. }
            | Self::OneVersion(_)
            | Self::NotPublished(_)
            | Self::NotKept(_)
            | Self::KeptChanged { .. }
            | Self::Moved { .. } => false,
        }
    }

    /// Whether a place does not answer, and what was fetched from it before may do.
    pub fn is_unreachable(&self) -> bool {
        matches!(
            self,
            Self::Git(GitError::Failed { .. } | GitError::TooSlow { .. })
                | Self::Oci(OciError::Unreachable { .. } | OciError::TooSlow { .. })
        )
    }
}
