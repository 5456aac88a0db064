//! `new` in an existing project: its own spec supplies the answers, and everything that is dropped from it is
//! reported.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{NewRequest, ProjectDraft};
use crate::app::comparison::{GeneratedLayout, MOVED};
use crate::app::placement::{Placement, baseline_of, place, recovered};
use crate::app::reach::settled;
use crate::app::{CommandError, replaced};
use crate::domain::baseline::Baseline;
use crate::domain::spec::{SPEC_FILE, visible};
use crate::interview::{Answers, Gone, shell_quoted};
use crate::io::files::{self, ExistingFile, existing};
use crate::report::count;

/// Text before the welcome message.
pub(super) const WELCOME: &str = "The rdsproxy.toml of this project gives the answers.\n";

/// Returns the directory if it does not depend on the answers: the named one, or the working directory if it holds a
/// project. With an answers file, the proxy name in it decides.
pub(super) fn directory(request: &NewRequest) -> Option<PathBuf> {
    let here = PathBuf::from(".");
    let is_here =
        || request.answers.is_none() && existing(&here, SPEC_FILE) != ExistingFile::Absent;
    request
        .dir
        .clone()
        .or_else(|| is_here().then_some(here.clone()))
}

/// True if the directory holds a project: a spec, or files that were generated from one.
pub(super) fn is_there(dir: &Path, before: Option<&Baseline>) -> bool {
    before.is_some() || existing(dir, SPEC_FILE) != ExistingFile::Absent
}

/// Reads the baseline. A dry run changes nothing, so it does not complete an interrupted run. It reports the
/// interruption instead of comparing with a mix of old and new files.
pub(super) fn baseline(request: &NewRequest, dir: &Path) -> Result<Option<Baseline>, CommandError> {
    if !request.dry_run {
        return recovered(dir);
    }
    files::check_place(dir).map_err(CommandError::environment)?;
    settled(dir)?;
    baseline_of(dir)
}

/// Keeps what follows from an existing project and not from its spec.
///
/// # Errors
/// When the project was generated before its code was a module: only an update knows what moves where.
pub(super) fn go_on(
    dir: &Path,
    before: Option<&Baseline>,
    files: &mut BTreeMap<String, String>,
) -> Result<(), CommandError> {
    let Some(before) = before else { return Ok(()) };
    let [was, is] = [
        before.files.keys().collect(),
        files.keys().collect::<Vec<_>>(),
    ]
    .map(|paths| GeneratedLayout::of(paths.into_iter()));
    if was != is {
        let dir = dir.display().to_string();
        let message = format!(
            "{dir} was generated before its Terraform code was a module: files and addresses move"
        );
        return Err(CommandError::input(message).hint(format!(
            "`rdsproxy-gen update {}` carries it over and deploys nothing; then run this again",
            shell_quoted(&dir)
        )));
    }
    let moved = before.files.get(MOVED);
    files.extend(moved.map(|file| (MOVED.to_owned(), file.text.clone())));
    Ok(())
}

/// Returns the text and the name of the project's spec, if there is one.
pub(super) fn spec(request: &NewRequest) -> Result<Option<(String, String)>, CommandError> {
    let Some(dir) = directory(request) else {
        return Ok(None);
    };
    baseline(request, &dir)?;
    let name = dir.join(SPEC_FILE).display().to_string();
    match existing(&dir, SPEC_FILE) {
        ExistingFile::Absent => Ok(None),
        ExistingFile::Text(text) => Ok(Some((text, name))),
        ExistingFile::Other => Err(CommandError::input(format!(
            "{name} is not a text file: it should be the spec of this project"
        ))
        .hint("move it away, or name another directory")),
    }
}

/// Returns the answers that the project's spec gives.
pub(super) fn answers(text: &str, name: &str) -> Result<Answers, CommandError> {
    Answers::of_project(text, name).map_err(|error| {
        CommandError::input(error)
            .hint("correct it, name another directory, or give other answers with --answers FILE")
    })
}

/// Returns the planned action for each file. The spec belongs to the user: new answers are merged into its text, so
/// it never counts as changed by hand.
pub(super) fn placed(
    dir: &Path,
    files: &BTreeMap<String, String>,
    before: Option<&Baseline>,
    answers: &Answers,
) -> Placement {
    let mut placement = place(dir, files, before);
    let is_spec = |path: &String| path == SPEC_FILE;
    let is_read =
        matches!(existing(dir, SPEC_FILE), ExistingFile::Text(there) if answers.is_from(&there));
    if is_read && placement.changed_by_hand.iter().any(is_spec) {
        placement.changed_by_hand.retain(|path| !is_spec(path));
        placement.updated.push(SPEC_FILE.to_owned());
        placement.updated.sort();
    }
    placement
}

/// Refuses to overwrite files that were changed by hand.
pub(super) fn refuse_overwriting(
    request: &NewRequest,
    draft: &ProjectDraft,
) -> Result<(), CommandError> {
    let changed = &draft.placement.changed_by_hand;
    if changed.is_empty() || request.force {
        return Ok(());
    }
    let dir = draft.dir.display();
    let error = CommandError::input(format!(
        "{} in {dir} would be overwritten, and not as rdsproxy-gen left them:\n  {}",
        count(changed.len(), "file"),
        changed.join("\n  ")
    ));
    let hints = ways(draft).into_iter();
    Err(hints.fold(error, CommandError::hint))
}

/// Returns the alternatives to overwriting, the safest first.
fn ways(draft: &ProjectDraft) -> Vec<String> {
    let mut ways = Vec::new();
    let dir = draft.dir.display().to_string();
    if draft.is_project {
        let pack = draft.pack.iter();
        let words: String = std::iter::once(&dir)
            .chain(pack)
            .map(|word| format!(" {}", shell_quoted(word)))
            .collect();
        let first = if draft
            .placement
            .unchanged
            .iter()
            .any(|path| path == SPEC_FILE)
        {
            String::new()
        } else {
            format!("write the new answers into {dir}/{SPEC_FILE}; ")
        };
        ways.push(format!(
            "{first}`rdsproxy-gen update{words}` merges, and keeps what was changed by hand"
        ));
    }
    ways.push(
        "--dry-run shows the difference; another directory leaves these files alone".to_owned(),
    );
    ways.push("--force writes over them".to_owned());
    ways
}

/// Returns warnings, one line each: what is dropped from the spec, and the effects of the change on the deployment.
pub(super) fn warnings(dir: &Path, text: &str, before: Option<&Baseline>) -> Vec<String> {
    let there = match existing(dir, SPEC_FILE) {
        ExistingFile::Text(there) => Some(there),
        ExistingFile::Absent | ExistingFile::Other => None,
    };
    let mut told = match &there {
        Some(there) => gone(there, text),
        None => Vec::new(),
    };
    // The deployment was generated from the baseline's spec, whatever was edited since. Without a baseline, nothing
    // is deployed.
    if let Some(generated) = before.and_then(|before| before.files.get(SPEC_FILE)) {
        told.extend(replaced::between(&generated.text, text));
    }
    told
}

fn gone(before: &str, after: &str) -> Vec<String> {
    let gone = Gone::between(before, after);
    let mut lines = Vec::new();
    for (section, names) in &gone.records {
        lines.push(format!(
            "no longer in the spec: {section} {}",
            names.join(", ")
        ));
    }
    for key in &gone.keys {
        lines.push(format!("no longer in the spec: {key}"));
    }
    for comment in &gone.comments {
        lines.push(format!(
            "no longer in the spec, a comment: {}",
            visible(comment)
        ));
    }
    lines
}

/// In a dry run: returns the reason why the files would not be written.
pub(super) fn obstacle(request: &NewRequest, draft: &ProjectDraft) -> Vec<String> {
    let changed = &draft.placement.changed_by_hand;
    if changed.is_empty() || request.force || !request.dry_run {
        return Vec::new();
    }
    let mut lines = vec![format!(
        "{} changed by hand (marked ! above): without --force nothing would be written",
        count(changed.len(), "file")
    )];
    lines.extend(ways(draft).into_iter().take(usize::from(draft.is_project)));
    lines
}
