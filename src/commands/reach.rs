//! How far a command follows the files that somebody else's code names.

use std::path::{Path, PathBuf};

use clap::Args;

use super::CommandError;
use crate::io::boundary::{Boundary, BoundaryError};
use crate::io::files::Quiet;
use crate::io::{files, terminal};

/// How far files are followed.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct ReachArgs {
    /// Follow modules, includes and links as far as this folder [default: the git repository around PATH, else PATH itself].
    #[arg(long, value_name = "DIR", help_heading = "What is read")]
    root: Option<PathBuf>,
}

impl ReachArgs {
    /// The same, where nothing is followed out of a folder either.
    pub(super) fn within(&self, folder: &Path) -> Self {
        let root = self.root.as_ref().map(|_| folder.to_owned());
        Self { root }
    }

    /// The boundary around paths that the user named.
    ///
    /// # Errors
    /// When one is not there, or not inside of the root.
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

/// A directory that is about to be read, where no other run is at work and none was cut off half-way. One that was cut off before it
/// changed a file is told.
///
/// # Errors
/// When one is, or was: what is read then is nobody's change.
pub(super) fn settled(dir: &Path) -> Result<Quiet<'_>, CommandError> {
    let quiet = files::quiet(dir).map_err(CommandError::environment)?;
    tell_cut_off(dir);
    Ok(quiet)
}

/// Says that an earlier run was cut off in a directory, which only one that writes there completes.
pub(super) fn tell_cut_off(dir: &Path) {
    if files::is_cut_off(dir) {
        // Where nobody listens, nothing can be said.
        let _ = terminal::note_once(&format!(
            "{}: an earlier run was cut off here; the next one that writes completes it\n",
            dir.display()
        ));
    }
}
