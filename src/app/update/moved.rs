//! Updates a project whose generated files were moved: the update follows them and reports it.

use std::collections::BTreeMap;

use similar::{ChangeTag, TextDiff};

use super::carry::Carry;
use super::merge_files::Renewed;
use crate::app::CommandError;
use crate::app::comparison::project::Project;
use crate::domain::baseline::Baseline;
use crate::domain::lines::with_ends;
use crate::io::files::{ExistingFile, existing};
use crate::language::Texts;

/// The generated variable values.
const VALUES: &str = "terraform/terraform.tfvars";

/// Reports the moves, and the new values that only the caller of a module can set.
pub(super) fn move_notes(project: &Project, generated: &Texts) -> Vec<String> {
    let places = &project.places;
    let told = places.messages(|path| project.named(path)).into_iter();
    let mut told: Vec<String> = told.map(|(_, message)| message).collect();
    let folder = &project.home.terraform;
    for path in places.left_to_caller() {
        let before = project.baseline.files.get(path);
        let before = before.map_or("", |file| file.text.as_str());
        let now = generated.get(path).map_or("", String::as_str);
        let lines = differing(before, now).into_iter();
        told.extend(lines.map(|line| match path.as_str() {
            VALUES => format!(
                "the caller of {folder} gives its variables their values: there, set {line}"
            ),
            path => format!("{folder} has no {path}: there, or in its caller, add {line}"),
        }));
    }
    told
}

/// Refuses to restore a file next to one that declares the same in JSON syntax, which cannot be merged.
///
/// # Errors
/// When such a file exists.
pub(super) fn followed(project: &Project) -> Result<(), CommandError> {
    for path in project.gone.iter().filter(|path| path.ends_with(".tf")) {
        let json = format!("{path}.json");
        if existing(&project.dir, &json) == ExistingFile::Absent {
            continue;
        }
        let (path, json) = (project.named(path), project.named(&json));
        let message = format!(
            "{path} is gone, and {json} was not generated: nothing is merged into Terraform's JSON, and {path} beside it would say all of it twice"
        );
        return Err(CommandError::input(message).hint(format!(
            "write {json} in Terraform's own syntax, or move it away and update again"
        )));
    }
    Ok(())
}

/// Returns the added lines.
fn differing(before: &str, now: &str) -> Vec<String> {
    let [before, now] = [before, now].map(with_ends);
    let diff = TextDiff::from_slices(&before, &now);
    let changes = diff.iter_all_changes();
    changes
        .filter(|change| change.tag() == ChangeTag::Insert)
        .map(|change| change.value().trim().to_owned())
        .filter(|line| !line.is_empty())
        .collect()
}

/// Returns the baseline with the written files of other names, so that an undo may name them.
pub(super) fn noted(
    mut baseline: Baseline,
    renewed: &BTreeMap<String, Renewed>,
    carry: Option<&Carry>,
) -> Baseline {
    let paths = renewed.keys();
    let others = paths.filter(|path| !baseline.files.contains_key(*path));
    let others = others.filter(|path| renewed[*path].texts[1].is_some());
    let left = carry.into_iter().flat_map(Carry::left_behind);
    let left = left.filter(|path| !baseline.files.contains_key(*path));
    baseline.moved = others.chain(left).cloned().collect();
    baseline
}
