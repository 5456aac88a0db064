//! Limits how far a command follows the files that the user's code refers to.

use std::path::{Path, PathBuf};

use super::CommandError;
use crate::io::boundary::{Boundary, BoundaryError};
use crate::io::files::Quiet;
use crate::io::{files, terminal};

/// The limits within which files are followed.
#[derive(Clone, Debug, Default)]
pub struct Reach {
    /// The outermost folder; by default the git repository around a path, else the path itself.
    pub root: Option<PathBuf>,
}

impl Reach {
    /// Returns the same setting with `folder` as the outermost folder, if a root was given.
    pub(super) fn within(&self, folder: &Path) -> Self {
        let root = self.root.as_ref().map(|_| folder.to_owned());
        Self { root }
    }

    /// Returns the boundary around the paths that the user named.
    ///
    /// # Errors
    /// When a path does not exist or is outside of the root.
    pub(super) fn boundary(&self, paths: &[PathBuf]) -> Result<Boundary, CommandError> {
        Boundary::around(paths, self.root.as_deref()).map_err(|error| {
            let hint = match &error {
                BoundaryError::Read { .. } => "name folders and files that exist",
                BoundaryError::Outside { .. } => "name a folder above all of the paths",
            };
            CommandError::environment(error).hint(hint)
        })
    }
}

/// Prepares a directory for reading: makes sure that no other run is active there and that none was interrupted while
/// it changed files. Reports a run that was interrupted before it changed a file.
///
/// # Errors
/// When a run is active or was interrupted while it changed files: the files may then be a mix of old and new
/// content.
pub(super) fn settled(dir: &Path) -> Result<Quiet<'_>, CommandError> {
    let quiet = files::quiet(dir).map_err(CommandError::environment)?;
    tell_cut_off(dir);
    Ok(quiet)
}

/// Reports that an earlier run was interrupted in a directory. Only a run that writes there completes it.
pub(super) fn tell_cut_off(dir: &Path) {
    if files::is_cut_off(dir) {
        // stderr may be closed; ignore the error.
        let _ = terminal::note_once(&format!(
            "{}: an earlier run was cut off here; the next one that writes completes it\n",
            dir.display()
        ));
    }
}
