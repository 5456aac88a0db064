//! Errors while reading a pack from a git repository.

use thiserror::Error;

/// The reason a git repository yields no pack.
#[derive(Debug, Error)]
pub enum GitError {
    /// The `git` program cannot be started.
    #[error("git cannot be started, and a git repository is read with it: {0}")]
    NoProgram(std::io::Error),
    /// A temporary folder cannot be created or used.
    #[error("no folder for a copy of the repository: {0}")]
    NoFolder(std::io::Error),
    /// `git` exceeded its time limit.
    #[error("git took more than {seconds} s for {url}")]
    TooSlow {
        /// The URL of the repository.
        url: String,
        /// The time limit in seconds.
        seconds: u64,
    },
    /// The repository sends more than the limit.
    #[error(
        "{url} brings more than {most} MiB, and a pack is small: keep it in a repository of its own"
    )]
    TooLarge {
        /// The URL of the repository.
        url: String,
        /// The limit in MiB.
        most: u64,
    },
    /// `git` reported an error.
    #[error("git cannot read {url}: {said}")]
    Failed {
        /// The URL of the repository.
        url: String,
        /// The message of git.
        said: String,
    },
    /// The repository does not have the tag.
    #[error("{url} has no tag {tag:?}: {newest}")]
    NoTag {
        /// The URL of the repository.
        url: String,
        /// The tag that was requested.
        tag: String,
        /// A phrase with the newest versions that exist.
        newest: String,
    },
    /// The folder does not exist in that revision.
    #[error("there is no folder {0:?} in that version of the repository")]
    NoFolderInside(String),
    /// An entry is not a regular file.
    #[error("{path:?} is {what}, and a pack has files only")]
    Kind {
        /// The path of the entry.
        path: String,
        /// A description of the entry's kind.
        what: &'static str,
    },
    /// The folder exceeds a limit.
    #[error("the folder has more than {most} {what}, and no pack is so large")]
    Much {
        /// The unit of the limit, for example files or bytes.
        what: &'static str,
        /// The maximum number of them.
        most: usize,
    },
    /// A file is not UTF-8.
    #[error("{0:?}: not UTF-8, and a pack has texts only")]
    NotUtf8(String),
    /// The output of `git` does not match its manual.
    #[error("git's answer is not understood: {0}")]
    Answer(&'static str),
}

impl GitError {
    /// True if the machine or the network is at fault, not the request.
    pub fn is_of_the_machine(&self) -> bool {
        match self {
            Self::NoProgram(_)
            | Self::NoFolder(_)
            | Self::TooSlow { .. }
            | Self::Failed { .. }
            | Self::Answer(_) => true,
            Self::TooLarge { .. }
            | Self::NoTag { .. }
            | Self::NoFolderInside(_)
            | Self::Kind { .. }
            | Self::Much { .. }
            | Self::NotUtf8(_) => false,
        }
    }
}
