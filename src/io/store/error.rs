//! Errors of the stores, and who has to fix them.

use thiserror::Error;

use super::archive::ArchiveError;
use super::git::GitError;
use super::oci::OciError;
use crate::domain::pack::ReferenceError;
use crate::io::files::FilesError;
use crate::io::folder::FolderError;

/// The reason a pack cannot be fetched, listed or published.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The reference is not valid.
    #[error(transparent)]
    Reference(#[from] ReferenceError),
    /// There is neither a folder nor an archive file of this name.
    #[error("{0}: there is neither a folder nor an archive file of this name")]
    Absent(String),
    /// The folder is refused.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// A file cannot be read or written.
    #[error(transparent)]
    File(#[from] FilesError),
    /// The archive is refused.
    #[error("{from}: {why}")]
    Archive {
        /// The place of the archive.
        from: String,
        /// The reason it is refused.
        why: ArchiveError,
    },
    /// The reference names a place but no version.
    #[error(
        "{place} names no version: add {way}; `rdsproxy-gen pack list {place}` tells which there are"
    )]
    NoVersion {
        /// The place that the reference names.
        place: String,
        /// The syntax for a version at such a place.
        way: &'static str,
    },
    /// A list was requested of a place that holds a single version.
    #[error("{0} holds one version; a git repository or a registry has more to list")]
    OneVersion(String),
    /// A git repository cannot be read.
    #[error(transparent)]
    Git(#[from] GitError),
    /// A registry refuses or does not answer.
    #[error(transparent)]
    Oci(#[from] OciError),
    /// The place does not support publishing.
    #[error(
        "{0}: packs are published to a registry; a repository gets them by a commit and a tag, and a folder by a copy"
    )]
    NotPublished(String),
    /// The pack is not in the cache, and the run is offline.
    #[error("{0} was never fetched on this machine, and --offline keeps it from being fetched now")]
    NotKept(String),
    /// The cached copy no longer has its digest.
    #[error(
        "the copy of {from} in the cache was changed: it should be {expected} and is {found}; fetch it again without --offline"
    )]
    KeptChanged {
        /// The reference of the pack.
        from: String,
        /// The digest it should have.
        expected: String,
        /// The digest of the cached copy.
        found: String,
    },
    /// A published version changed.
    #[error(
        "{from} was {before} when it was fetched last, and is {now} now: a version that was published never changes; whoever means the new one names it by its digest or commit"
    )]
    Moved {
        /// The reference of the pack.
        from: String,
        /// The digest when it was last fetched.
        before: String,
        /// The digest that the place serves now.
        now: String,
    },
}

impl StoreError {
    /// True if the machine or the network is at fault, not the request.
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

    /// True if a place does not answer, so that the cached copy may be used instead.
    pub fn is_unreachable(&self) -> bool {
        matches!(
            self,
            Self::Git(GitError::Failed { .. } | GitError::TooSlow { .. })
                | Self::Oci(OciError::Unreachable { .. } | OciError::TooSlow { .. })
        )
    }
}
