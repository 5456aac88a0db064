//! Errors of reading and writing files.

use std::io;

use thiserror::Error;

use crate::domain::own_path::OwnPathError;

/// An operation on a file that failed.
#[derive(Debug, Error)]
pub enum FilesError {
    /// The file cannot be read.
    #[error("cannot read {path}")]
    Read {
        /// The path as the user named it.
        path: String,
        /// The error of the system.
        source: io::Error,
    },
    /// A file cannot be written.
    #[error("cannot write {path}")]
    Write {
        /// The path of the file.
        path: String,
        /// The error of the system.
        source: io::Error,
    },
    /// Something at the path must not be written through.
    #[error("{path} is {what}: nothing was written")]
    NotAFile {
        /// The path that was to be written.
        path: String,
        /// A description, such as "a symbolic link" or "a directory".
        what: &'static str,
    },
    /// Another run is writing to the directory.
    #[error("another rdsproxy-gen is writing to {path}: nothing was written")]
    Busy {
        /// The path of the directory.
        path: String,
    },
    /// Another run is writing here while this one reads.
    #[error(
        "{path}: another rdsproxy-gen is writing here, so that some files are the old ones and some the new ones; nothing was judged"
    )]
    InWork {
        /// The path of the directory.
        path: String,
    },
    /// An earlier run was interrupted after it had decided what to write.
    #[error(
        "{path}: an earlier run was cut off here, so that some files are the old ones and some the new ones; nothing was judged, and the next run that writes, as `rdsproxy-gen update`, completes it"
    )]
    CutOff {
        /// The path of the directory.
        path: String,
    },
    /// Another program wrote a file during this run.
    #[error("{path} was changed in the meantime: nothing was written")]
    Changed {
        /// The path of the file.
        path: String,
    },
    /// The path leads out of its directory, or to a file of another program.
    #[error("{0}: nothing was written")]
    Refused(#[from] OwnPathError),
    /// The write of an interrupted earlier run cannot be completed.
    #[error(
        "{path} is not what an earlier run was cut off from: {why}; nothing was changed (remove it to give up what that run was doing)"
    )]
    Journal {
        /// The path of the journal.
        path: String,
        /// A description of what is wrong with it.
        why: String,
    },
}
