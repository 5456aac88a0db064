//! Moves the new texts from the staging folder into place by exchange. The previous file is checked once more after it
//! is out of the way.

use std::io::ErrorKind;
use std::path::Path;

use super::super::project::{OpenProject, digest_in};
use super::super::{FilesError, write_error};
use super::{Write, changed};
use crate::io::confined::{ConfinedFolder, FileAt};

/// Moves the staged texts into place. If one of the previous files has changed, everything is moved back.
pub(super) fn move_all(
    project: &OpenProject<'_>,
    staged: &ConfinedFolder,
    moves: &[(String, &Write)],
) -> Result<(), FilesError> {
    for (at, (name, write)) in moves.iter().enumerate() {
        if move_one(project, staged.at(Path::new(name)), write)? {
            continue;
        }
        for (name, write) in moves[..at].iter().rev() {
            let (folder, there) = project.place_made(&write.path)?;
            let (staged, place) = (staged.at(Path::new(name)), folder.at(there));
            let back = match write.before {
                Some(_) => staged.exchange(place).map(drop),
                None => place.give(staged),
            };
            back.map_err(|source| write_error(&project.name(&write.path), source))?;
        }
        return Err(changed(project, &write.path));
    }
    Ok(())
}

/// Moves one text. Returns false, and leaves the place as it was, if its file has changed. A file that is saved between
/// the last check and the move is exchanged back and not lost.
fn move_one(
    project: &OpenProject<'_>,
    staged: FileAt<'_>,
    write: &Write,
) -> Result<bool, FilesError> {
    let (folder, there) = project.place_made(&write.path)?;
    let place = folder.at(there);
    let refused = |source| write_error(&project.name(&write.path), source);
    let Some(before) = &write.before else {
        return match staged.give_new(place) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
            given => given.map(|()| true).map_err(refused),
        };
    };
    if !staged.exchange(place).map_err(refused)? {
        // The file system cannot exchange files. The last check was only a moment ago.
        return staged.give(place).map(|()| true).map_err(refused);
    }
    match digest_in(staged.folder, staged.name) {
        Ok(Some(text)) if text == *before => Ok(true),
        _ => staged.exchange(place).map(|_| false).map_err(refused),
    }
}
