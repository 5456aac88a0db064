//! Changes an existing directory: stages the new files, commits with one rename, moves them into place, and completes
//! what an interrupted run left behind.
//!
//! A journal may have come with an untrusted directory. It is only carried out if the digest of every existing and
//! every staged file is the one in the journal. So a forged journal can neither replace nor remove a file whose content
//! its author does not know.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::project::{OpenProject, digest_in};
use super::{DirectoryChange, FilesError, sync, write_error};
use crate::domain::baseline::digest;
use crate::domain::own_path::{OWN_FOLDER, own};
use crate::io::confined::{ConfinedFolder, FileAt, Links, is_absent};

mod moves;

const STAGED: &str = "staged";
const DRAFT: &str = "pending.draft";
const PENDING: &str = "pending.json";

/// The schema version of the journal.
const SCHEMA: u32 = 1;

/// The maximum size of a journal in bytes. Our own limit: each file takes a few hundred bytes.
const MOST: u64 = 8 * 1024 * 1024;

/// The remaining steps of a change. Once it exists under its final name, the change is committed.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Journal {
    schema: u32,
    /// The files to write. Their staged copies are named `0`, `1`, … in this order.
    write: Vec<Write>,
    remove: Vec<Remove>,
}

/// A file that gets a new text.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Write {
    path: String,
    /// The digest of the existing file, or `None` if there is none.
    before: Option<String>,
    after: String,
}

/// A file to be removed.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Remove {
    path: String,
    before: String,
}

/// Writes and removes all files or none, in the steps that the module describes.
pub(super) fn apply(project: &OpenProject<'_>, change: &DirectoryChange) -> Result<(), FilesError> {
    let _lock = project.lock()?;
    complete(project)?;
    apply_held(project, change, &BTreeMap::new())
}

/// Does the same as [`apply`] for a caller that holds the lock and has completed an interrupted change. Fails if a file
/// is no longer what the caller read.
pub(super) fn apply_held(
    project: &OpenProject<'_>,
    change: &DirectoryChange,
    read: &BTreeMap<String, Option<String>>,
) -> Result<(), FilesError> {
    let state = project.state_made()?;
    let staged = stage(project, &state, change).and_then(|journal| {
        unchanged(project, &journal, read)?;
        commit(project, &state, &journal)?;
        Ok(journal)
    });
    let done = staged.and_then(|journal| {
        let done = carry_out(project, &state, &journal);
        match &done {
            // The next run completes a change that was interrupted. If a file has changed, this run has undone the
            // change itself, and no journal must remain.
            Err(error) if !matches!(error, FilesError::Changed { .. }) => done,
            _ => {
                let removed = state.remove(Path::new(PENDING));
                let removed =
                    removed.map_err(|source| write_error(&named(project, PENDING), source));
                done.and(removed)
            }
        }
    });
    if !is_pending(&state) {
        discard(project);
    }
    done
}

fn is_pending(state: &ConfinedFolder) -> bool {
    matches!(state.kind(Path::new(PENDING)), Ok(Some(_)))
}

/// Fails if a file is no longer what the caller read. A text that was saved since then must not be replaced.
fn unchanged(
    project: &OpenProject<'_>,
    journal: &Journal,
    read: &BTreeMap<String, Option<String>>,
) -> Result<(), FilesError> {
    let writes = journal
        .write
        .iter()
        .map(|one| (&one.path, one.before.clone()));
    let removals = journal
        .remove
        .iter()
        .map(|one| (&one.path, Some(one.before.clone())));
    for (path, there) in writes.chain(removals) {
        if read
            .get(path)
            .is_some_and(|text| text.as_deref().map(digest) != there)
        {
            return Err(changed(project, path));
        }
    }
    Ok(())
}

/// Completes the change of an interrupted run, for a caller that holds the lock. Returns true if a committed change was
/// completed.
pub(super) fn completed(project: &OpenProject<'_>) -> Result<bool, FilesError> {
    if is_cut_off(project) {
        complete(project)
    } else {
        project.state().map(|_| false)
    }
}

/// True if an earlier run was interrupted in the directory.
pub(super) fn is_cut_off(project: &OpenProject<'_>) -> bool {
    let Ok(Some(state)) = project.state() else {
        return false;
    };
    let there = |name: &&str| matches!(state.kind(Path::new(name)), Ok(Some(_)));
    [PENDING, DRAFT, STAGED].iter().any(there)
}

/// True if a committed change is not carried out yet, so that files are partly old and partly new. A change that is
/// only staged has altered no file.
pub(super) fn is_half_way(project: &OpenProject<'_>) -> bool {
    let state = project.state().ok().flatten();
    state.is_some_and(|state| is_pending(&state))
}

/// Completes a change that an earlier run committed, and discards one that it did not.
///
/// Returns true if a committed change was completed.
///
/// # Errors
/// If another run is at work, the journal does not match the directory, or the system refuses.
pub(super) fn recover(project: &OpenProject<'_>) -> Result<bool, FilesError> {
    if !is_cut_off(project) {
        // A link in place of our folder is reported, and not followed.
        return project.state().map(|_| false);
    }
    let _lock = project.lock()?;
    complete(project)
}

/// Stages the new texts, and records the digests of the existing files.
fn stage(
    project: &OpenProject<'_>,
    state: &ConfinedFolder,
    change: &DirectoryChange,
) -> Result<Journal, FilesError> {
    let refused = |source| write_error(&project.name(OWN_FOLDER), source);
    let staged = state.made(Path::new(STAGED)).map_err(refused)?;
    let mut files = Vec::with_capacity(change.write.len());
    let mut journal = Journal {
        schema: SCHEMA,
        write: Vec::with_capacity(change.write.len()),
        remove: Vec::with_capacity(change.remove.len()),
    };
    for (number, (path, text)) in change.write.iter().enumerate() {
        let name = number.to_string();
        let file = staged.write_new(Path::new(&name), text);
        let file = file.map_err(|source| write_error(&project.name(path), source))?;
        files.push((project.name(path), file));
        let before = project.standing(path)?;
        if before.is_some() {
            keep_permissions(project, staged.at(Path::new(&name)), path)?;
        }
        journal.write.push(Write {
            path: path.clone(),
            before,
            after: digest(text),
        });
    }
    for path in &change.remove {
        if let Some(before) = project.standing(path)? {
            let path = path.clone();
            journal.remove.push(Remove { path, before });
        }
    }
    sync(&files)?;
    Ok(journal)
}

/// Copies the permissions of the file that is replaced. If the system refuses, the file gets the permissions of a new
/// file.
fn keep_permissions(
    project: &OpenProject<'_>,
    staged: FileAt<'_>,
    path: &str,
) -> Result<(), FilesError> {
    if let Some((folder, there)) = project.place(path)? {
        let _ = staged.permit_as(folder.at(there));
    }
    Ok(())
}

fn commit(
    project: &OpenProject<'_>,
    state: &ConfinedFolder,
    journal: &Journal,
) -> Result<(), FilesError> {
    let written = || {
        let text = serde_json::to_string(journal)?;
        let (draft, pending) = (Path::new(DRAFT), Path::new(PENDING));
        state.write_new(draft, &text)?.sync_all()?;
        state.at(draft).give(state.at(pending))
    };
    written().map_err(|source| write_error(&named(project, PENDING), source))
}

/// Carries out a committed change and discards a staged one. Returns true if there was a journal.
fn complete(project: &OpenProject<'_>) -> Result<bool, FilesError> {
    let Some(state) = project.state()? else {
        return Ok(false);
    };
    let pending = Path::new(PENDING);
    let decided = match state.read(pending, MOST, Links::Refused) {
        Ok(bytes) => {
            let journal = Journal::parse(&bytes).map_err(|why| distrusted(project, why))?;
            carry_out(project, &state, &journal).map_err(|error| match error {
                FilesError::Changed { path } => {
                    distrusted(project, format!("{path} was changed since"))
                }
                error => error,
            })?;
            let removed = state.remove(pending);
            removed.map_err(|source| write_error(&named(project, PENDING), source))?;
            true
        }
        Err(error) if is_absent(&error) => false,
        Err(source) => return Err(distrusted(project, source.to_string())),
    };
    discard(project);
    Ok(decided)
}

impl Journal {
    fn parse(bytes: &[u8]) -> Result<Self, String> {
        let journal: Self = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        if journal.schema != SCHEMA {
            return Err(format!("it is of format {}", journal.schema));
        }
        let write = journal.write.iter().map(|write| &write.path);
        let remove = journal.remove.iter().map(|remove| &remove.path);
        write
            .chain(remove)
            .try_for_each(|path| own(path))
            .map_err(|error| error.to_string())?;
        Ok(journal)
    }
}

/// Carries out the remaining steps. Nothing is changed until all files have been found to match the journal.
fn carry_out(
    project: &OpenProject<'_>,
    state: &ConfinedFolder,
    journal: &Journal,
) -> Result<(), FilesError> {
    let staged = match state.inner(Path::new(STAGED)) {
        Ok(staged) => Some(staged),
        Err(error) if is_absent(&error) => None,
        Err(_) => return Err(distrusted(project, format!("{STAGED} is not a folder"))),
    };
    let mut moves = Vec::new();
    for (number, write) in journal.write.iter().enumerate() {
        let name = number.to_string();
        if is_staged(project, staged.as_ref(), &name, write)? {
            moves.push((name, write));
        }
    }
    for removal in &journal.remove {
        let there = project.standing(&removal.path)?;
        if there.is_some_and(|there| there != removal.before) {
            return Err(changed(project, &removal.path));
        }
    }
    if let Some(staged) = &staged {
        moves::move_all(project, staged, &moves)?;
    }
    let mut removals = journal.remove.iter();
    removals.try_for_each(|removal| remove(project, &removal.path))
}

/// True if a new text still has to be moved into place.
fn is_staged(
    project: &OpenProject<'_>,
    staged: Option<&ConfinedFolder>,
    name: &str,
    write: &Write,
) -> Result<bool, FilesError> {
    let there = project.standing(&write.path)?;
    let digest = staged.map_or(Ok(None), |staged| digest_in(staged, Path::new(name)));
    let staged =
        digest.map_err(|_| distrusted(project, format!("{STAGED}/{name} is not a file")))?;
    let is_done = there.as_deref() == Some(write.after.as_str());
    match staged {
        // It was moved before the earlier run was interrupted.
        None if is_done => Ok(false),
        None => Err(distrusted(project, format!("{STAGED}/{name} is gone"))),
        // It was exchanged before the earlier run was interrupted, and the old text is in the staging folder.
        Some(text) if is_done && Some(&text) == write.before.as_ref() => Ok(false),
        Some(text) if text != write.after => Err(distrusted(
            project,
            format!("{STAGED}/{name} is another text"),
        )),
        Some(_) if is_done || there == write.before => Ok(true),
        Some(_) => Err(changed(project, &write.path)),
    }
}

/// Removes a file, and the folders that become empty.
fn remove(project: &OpenProject<'_>, path: &str) -> Result<(), FilesError> {
    if let Some((folder, name)) = project.place(path)? {
        match folder.remove(name) {
            Err(source) if !is_absent(&source) => {
                return Err(write_error(&project.name(path), source));
            }
            _ => {}
        }
    }
    let mut emptied = path;
    while let Some((outer, _)) = emptied.rsplit_once('/') {
        emptied = outer;
        // If the folder does not exist, it was removed before the earlier run was interrupted, and its parent may be
        // the next one to remove.
        let Some((folder, name)) = project.place(emptied)? else {
            continue;
        };
        if folder
            .remove_folder(name)
            .is_err_and(|error| !is_absent(&error))
        {
            break;
        }
    }
    Ok(())
}

/// Removes the staged files. Best effort: the next run removes the rest.
fn discard(project: &OpenProject<'_>) {
    if let Ok(Some(state)) = project.state() {
        let _ = state.remove_all(Path::new(STAGED));
        let _ = state.remove(Path::new(DRAFT));
        let _ = project.folder().remove_folder(Path::new(OWN_FOLDER));
    }
}

fn named(project: &OpenProject<'_>, name: &str) -> std::path::PathBuf {
    project.name(Path::new(OWN_FOLDER).join(name))
}

/// Returns the error for a journal that cannot be trusted. The user has to decide what to do.
fn distrusted(project: &OpenProject<'_>, why: impl Into<String>) -> FilesError {
    FilesError::Journal {
        path: named(project, PENDING).display().to_string(),
        why: why.into(),
    }
}

fn changed(project: &OpenProject<'_>, path: &str) -> FilesError {
    FilesError::Changed {
        path: project.name(path).display().to_string(),
    }
}

#[cfg(test)]
mod tests;
