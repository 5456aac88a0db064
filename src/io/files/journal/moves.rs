//! From where the new texts are staged to their places, by exchange: what stands there is looked at once more when it is out of the way.

use std::io::ErrorKind;
use std::path::Path;

use super::super::project::{OpenProject, digest_in};
use super::super::{FilesError, write_error};
use super::{Write, changed};
use crate::io::confined::ConfinedFolder;

/// Moves the staged texts into their places. Where one of these is not what it was any more, everything is moved back.
pub(super) fn move_all(
    project: &OpenProject<'_>,
    staged: &ConfinedFolder,
    moves: &[(String, &Write)],
) -> Result<(), FilesError> {
    for (at, (name, write)) in moves.iter().enumerate() {
        if move_one(project, (staged, name), write)? {
            continue;
        }
        for (name, write) in moves[..at].iter().rev() {
            let (folder, there) = project.place_made(&write.path)?;
            let back = match write.before {
                Some(_) => staged.exchange(Path::new(name), (&folder, there)).map(drop),
                None => folder.give(there, (staged, Path::new(name))),
            };
            back.map_err(|source| write_error(&project.name(&write.path), source))?;
        }
        return Err(changed(project, &write.path));
    }
    Ok(())
}

/// False where the place is not what it was: then it is left as it is. Whoever saves a file between the last look and the move finds it
/// exchanged and not lost.
fn move_one(
    project: &OpenProject<'_>,
    (staged, name): (&ConfinedFolder, &str),
    write: &Write,
) -> Result<bool, FilesError> {
    let name = Path::new(name);
    let (folder, there) = project.place_made(&write.path)?;
    let refused = |source| write_error(&project.name(&write.path), source);
    let Some(before) = &write.before else {
        return match staged.give_new(name, (&folder, there)) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
            given => given.map(|()| true).map_err(refused),
        };
    };
    if !staged.exchange(name, (&folder, there)).map_err(refused)? {
        // A file system that cannot exchange: the last look was a moment ago.
        return staged
            .give(name, (&folder, there))
            .map(|()| true)
            .map_err(refused);
    }
    match digest_in(staged, name) {
        Ok(Some(text)) if text == *before => Ok(true),
        _ => staged
            .exchange(name, (&folder, there))
            .map(|_| false)
            .map_err(refused),
    }
}
