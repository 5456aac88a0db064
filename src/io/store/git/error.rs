//! Why a git repository gives no pack.

use thiserror::Error;

/// Why a git repository gives no pack.
#[derive(Debug, Error)]
pub enum GitError {
    /// The program is not there.
    #[error("git cannot be started, and a git repository is read with it: {0}")]
    NoProgram(std::io::Error),
    /// No folder to work in.
    #[error("no folder for a copy of the repository: {0}")]
    NoFolder(std::io::Error),
    /// It did not end.
    #[error("git took more than {seconds} s for {url}")]
    TooSlow {
        /// The repository.
        url: String,
        /// How long it had.
        seconds: u64,
    },
    /// It brings too much.
    #[error(
        "{url} brings more than {most} MiB, and a pack is small: keep it in a repository of its own"
    )]
    TooLarge {
        /// The repository.
        url: String,
        /// The limit.
        most: u64,
    },
    /// It says so.
    #[error("git cannot read {url}: {said}")]
    Failed {
        /// The repository.
        url: String,
        /// What git said.
        said: String,
    },
    /// The tag is not there.
    #[error("{url} has no tag {tag:?}: {newest}")]
    NoTag {
        /// The repository.
        url: String,
        /// The tag.
        tag: String,
        /// The ones that it has.
        newest: String,
    },
    /// The folder is not there.
    #[error("there is no folder {0:?} in that version of the repository")]
    NoFolderInside(String),
    /// An entry is no file.
    #[error("{path:?} is {what}, and a pack has files only")]
    Kind {
        /// Its path.
        path: String,
        /// What it is.
        what: &'static str,
    },
    /// There is too much of something.
    #[error("the folder has more than {most} {what}, and no pack is so large")]
    Much {
        /// Of what.
        what: &'static str,
        /// The limit.
        most: usize,
    },
    /// A file is no text.
    #[error("{0:?}: not UTF-8, and a pack has texts only")]
    NotUtf8(String),
    /// Git said something else than its manual says.
    #[error("git's answer is not understood: {0}")]
    Answer(&'static str),
}

impl GitError {
    /// Whether the machine or the network is at fault.
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
