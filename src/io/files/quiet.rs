//! Reading beside another run: what a run left half-written, or is writing, is nobody's change.
#![allow(clippy::disallowed_methods)]

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use super::project::OpenProject;
use super::{FilesError, journal};
use crate::domain::own_path::OWN_FOLDER;

/// A directory that is only read, as it was when the reading began.
#[derive(Debug)]
pub struct Quiet<'r> {
    root: &'r Path,
    /// When the folder of the journal last changed: whoever writes stages there, and puts the journal there.
    changed: Option<SystemTime>,
}

/// Looks whether what is read of a directory belongs together.
///
/// # Errors
/// When another run is writing there, or was cut off from that.
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
    /// The same once more, after it was read.
    ///
    /// # Errors
    /// As [`quiet`]; also when another run wrote there meanwhile.
    pub fn still(&self) -> Result<(), FilesError> {
        let now = quiet(self.root)?;
        match now.changed == self.changed {
            true => Ok(()),
            false => Err(FilesError::InWork {
                path: self.root.display().to_string(),
            }),
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
        // What is staged alone changed no file, and is told from what was read before it.
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
        // A run that came and went between two looks.
        fs::remove_file(state.join("pending.json")).unwrap();
        assert!(matches!(staged.still(), Err(FilesError::InWork { .. })));
    }
}
