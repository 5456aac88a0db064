//! Turns the outcome for every file into the report and the changes to write.

use std::collections::BTreeMap;
use std::path::Path;

use super::UpdateRequest;
use super::merge_files::Renewed;
use super::weakenings::Merged;
use crate::app::CommandError;
use crate::app::comparison::project::Project;
use crate::domain::baseline::{BASELINE_PATH, Baseline};
use crate::domain::drift::DriftEffect;
use crate::domain::undo::{IGNORE, IGNORE_PATH, UNDO_PATH, Undo};
use crate::io::files::{DirectoryChange, ExistingFile, Hold, existing};
use crate::io::walk;
use crate::report::update::{Clash, FileUpdate, Update, UpdateState, UpdateStep};
use crate::rewrite::merge::{Conflict, MergeExcerpt};
use crate::rewrite::secrecy::Secrecy;

/// Returns the files after the merge; none if there are conflicts.
pub(super) fn merged(renewed: &BTreeMap<String, Renewed>) -> Option<Merged> {
    if renewed.values().any(|file| !file.conflicts.is_empty()) {
        return None;
    }
    let files = renewed.iter();
    let texts = files.map(|(path, file)| (path.clone(), file.texts[1].clone()));
    Some(texts.collect())
}

/// Returns the report of the update, before it is carried out.
pub(super) fn update_report(
    project: &Project,
    renewed: &BTreeMap<String, Renewed>,
    news: Vec<DriftEffect>,
) -> Update {
    let name = |path: &String| walk::name(&project.dir.join(path));
    let files = renewed.iter().map(|(path, file)| FileUpdate {
        path: name(path),
        fate: file.fate,
        texts: file.texts.each_ref().map(|text| {
            let text = text.as_ref()?;
            Some(project.home.secrecy.shown(&name(path), text))
        }),
    });
    let clashes = renewed.iter().flat_map(|(path, file)| {
        let conflicts = file.conflicts.iter();
        conflicts.map(|conflict| clash(name(path), conflict, &project.home.secrecy))
    });
    let pack = &project.baseline.pack;
    Update {
        project: project.dir.display().to_string(),
        tool: project.baseline.tool.clone(),
        pack: format!("{} {}", pack.name, pack.version),
        files: files.collect(),
        clashes: clashes.collect(),
        secrets: project.home.secrecy.secrets().clone(),
        news,
        ..Update::default()
    }
}

fn clash(file: String, conflict: &Conflict, secrecy: &Secrecy) -> Clash {
    let side = |excerpt: &MergeExcerpt| {
        let shown = secrecy.shown(&file, &excerpt.text);
        (excerpt.line, shown.shown().to_owned())
    };
    let (ours, theirs) = (side(&conflict.ours), side(&conflict.theirs));
    Clash {
        file,
        what: conflict.what.clone(),
        why: conflict.why,
        ours,
        theirs,
    }
}

/// An update whose outcome for every file is known.
pub(super) struct MergedUpdate<'a> {
    pub(super) project: &'a Project,
    pub(super) renewed: &'a BTreeMap<String, Renewed>,
    pub(super) update: &'a Update,
    /// The baseline to write.
    pub(super) baseline: &'a Baseline,
}

/// Writes the update if nothing blocks it, or if conflicts are to be written with markers.
pub(super) fn carry_out(
    request: &UpdateRequest,
    hold: Option<&Hold<'_>>,
    merged: &MergedUpdate<'_>,
) -> Result<UpdateStep, CommandError> {
    let MergedUpdate {
        project,
        renewed,
        update,
        baseline,
    } = *merged;
    let dir = project.dir.as_path();
    let step = match update.state() {
        UpdateState::Current | UpdateState::Behind | UpdateState::Due => UpdateStep::Written,
        UpdateState::Conflicts if request.marks_conflicts && update.held.is_empty() => {
            UpdateStep::Marked
        }
        UpdateState::Conflicts
        | UpdateState::Unallowed
        | UpdateState::Held
        | UpdateState::Failed => {
            return Ok(UpdateStep::Stopped);
        }
    };
    let mut texts: BTreeMap<String, [Option<String>; 2]> = renewed
        .iter()
        .map(|(path, file)| (path.clone(), file.texts.clone()))
        .collect();
    let text = baseline.to_json().map_err(CommandError::bug)?;
    texts.insert(
        BASELINE_PATH.to_owned(),
        [there(dir, BASELINE_PATH), Some(text)],
    );
    texts.retain(|_, [before, after]| before != after);
    if texts.is_empty() {
        return Ok(step);
    }
    if existing(dir, IGNORE_PATH) == ExistingFile::Absent {
        texts.insert(IGNORE_PATH.to_owned(), [None, Some(IGNORE.to_owned())]);
    }
    let read = texts
        .iter()
        .map(|(path, [before, _])| (path.clone(), before.clone()));
    let read = read.collect();
    let change = change(texts)?;
    let Some(hold) = hold else {
        return Err(CommandError::bug(format!("{} is not held", dir.display())));
    };
    // Also checks files that were evaluated but are not written: an override, the spec, a caller.
    let again = Project::read(dir, &request.reach)?;
    if again.after != project.after || again.baseline != project.baseline {
        let message = format!(
            "{}: files were changed while it was looked at; nothing was written",
            dir.display()
        );
        return Err(CommandError::environment(message).hint("update again"));
    }
    let applied = hold.apply(&change, &read);
    applied.map_err(|error| CommandError::environment(error).hint("update again"))?;
    Ok(step)
}

fn there(dir: &Path, path: &str) -> Option<String> {
    match existing(dir, path) {
        ExistingFile::Text(text) => Some(text),
        ExistingFile::Absent | ExistingFile::Other => None,
    }
}

/// Returns the change for these files, with the record that undoes it.
fn change(texts: BTreeMap<String, [Option<String>; 2]>) -> Result<DirectoryChange, CommandError> {
    let mut change = DirectoryChange::default();
    for (path, [_, after]) in &texts {
        match after {
            Some(text) => drop(change.write.insert(path.clone(), text.clone())),
            None => change.remove.push(path.clone()),
        }
    }
    let undo = Undo::new(texts).to_json().map_err(CommandError::bug)?;
    change.write.insert(UNDO_PATH.to_owned(), undo);
    Ok(change)
}
