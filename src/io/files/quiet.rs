//! Reads a directory consistently beside other runs. Files that another run is writing, or left partly written, must
//! not be taken for changes by the user.
#![allow(clippy::disallowed_methods)]

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use super::project::OpenProject;
use super::{FilesError, journal};
use crate::domain::own_path::OWN_FOLDER;

/// The state of a directory at the start of reading, when no run was writing to it.
#[derive(Debug)]
pub struct Quiet<'r> {
    root: &'r Path,
    /// The time of the last change of the journal's folder. Every run that writes stages files and puts its journal
    /// there.
    changed: Option<SystemTime>,
}

/// Checks that the files of a directory are consistent, before they are read.
///
/// # Errors
/// If another run is writing there, or was interrupted while writing.
pub fn quiet(root: &Path) -> Result<Quiet<'_>, FilesError> {
    let changed = changed(root);
    let project = OpenProject::open(root).ok().flatten();
    let Some(project) = project.filter(journal::is_half_way) else {
        return Ok(Quiet { root, changed });
    };
    let path = root.display().to_string();
    match project.lock() {
        Err(FilesError::Busy { .. }) => Err(FilesError::InWork { path }),
        Ok(_) | Err(_) => Err(FilesError::CutOff { path }),
    }
}

impl Quiet<'_> {
    /// Checks again after the files were read.
    ///
    /// # Errors
    /// As [`quiet`]; also if another run wrote there in the meantime.
    pub fn still(&self) -> Result<(), FilesError> {
        let now = quiet(self.root)?;
        if now.changed == self.changed {
            Ok(())
        } else {
            Err(FilesError::InWork {
                path: self.root.display().to_string(),
            })
        }
    }
}

fn changed(root: &Path) -> Option<SystemTime> {
    let about = fs::symlink_metadata(root.join(OWN_FOLDER)).ok()?;
    about.modified().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_reads_sees_a_run_that_writes_and_one_that_was_cut_off() {
        let home = tempfile::tempdir().unwrap();
        let root = home.path();
        assert!(quiet(&root.join("none")).unwrap().still().is_ok());
        let before = quiet(root).unwrap();
        assert!(before.still().is_ok());
        // Staging alone changes no file, but is detected by a check that began before it.
        let state = root.join(OWN_FOLDER);
        fs::create_dir_all(state.join("staged")).unwrap();
        assert!(matches!(before.still(), Err(FilesError::InWork { .. })));
        let staged = quiet(root).unwrap();
        assert!(staged.still().is_ok());
        fs::write(state.join("pending.json"), "{").unwrap();
        assert!(matches!(staged.still(), Err(FilesError::CutOff { .. })));
        let project = OpenProject::open(root).unwrap().unwrap();
        let lock = project.lock().unwrap();
        assert!(matches!(quiet(root), Err(FilesError::InWork { .. })));
        drop(lock);
        // Another run starts and ends between two checks.
        fs::remove_file(state.join("pending.json")).unwrap();
        assert!(matches!(staged.still(), Err(FilesError::InWork { .. })));
    }
}
