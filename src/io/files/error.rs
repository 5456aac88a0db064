//! What could not be done with which file.

use std::io;

use thiserror::Error;

use crate::domain::own_path::OwnPathError;

/// What could not be done with which file.
#[derive(Debug, Error)]
pub enum FilesError {
    /// The file could not be read.
    #[error("cannot read {path}")]
    Read {
        /// As the user named it.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// Something could not be written.
    #[error("cannot write {path}")]
    Write {
        /// Which.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// The place is taken by something that must not be written through.
    #[error("{path} is {what}: nothing was written")]
    NotAFile {
        /// Which.
        path: String,
        /// "a symbolic link", "a directory".
        what: &'static str,
    },
    /// Another run works in the directory.
    #[error("another rdsproxy-gen is writing to {path}: nothing was written")]
    Busy {
        /// The directory.
        path: String,
    },
    /// Another run writes here while this one reads.
    #[error(
        "{path}: another rdsproxy-gen is writing here, so that some files are the old ones and some the new ones; nothing was judged"
    )]
    InWork {
        /// The directory.
        path: String,
    },
    /// An earlier run decided what to write here, and was cut off from it.
    #[error(
        "{path}: an earlier run was cut off here, so that some files are the old ones and some the new ones; nothing was judged, and the next run that writes, as `rdsproxy-gen update`, completes it"
    )]
    CutOff {
        /// The directory.
        path: String,
    },
    /// Another program wrote a file while this run was at work.
    #[error("{path} was changed in the meantime: nothing was written")]
    Changed {
        /// The file.
        path: String,
    },
    /// A path that leads out of its directory, or to what is another program's.
    #[error("{0}: nothing was written")]
    Refused(#[from] OwnPathError),
    /// What an earlier run was cut off from cannot be completed.
    #[error(
        "{path} is not what an earlier run was cut off from: {why}; nothing was changed (remove it to give up what that run was doing)"
    )]
    Journal {
        /// The journal.
        path: String,
        /// What is wrong with it.
        why: String,
    },
}
