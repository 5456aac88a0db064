//! What is told of a project: every stretch of lines with all that it means, and what belongs to no line.

use std::collections::BTreeSet;

use super::effects::{Effects, effects};
use super::project::{Project, Side};
use super::readings::findings;
use super::units::stretches;
use crate::domain::baseline::digest;
use crate::domain::drift::{Class, Effect, RuleRef};
use crate::domain::evidence::Origin;
use crate::io::walk;
use crate::report::drift::{Change, Drift, Hunk};

/// The spec's name.
const SPEC_FILE: &str = "rdsproxy.toml";

/// Compares the files of a project with its baseline.
pub(super) fn drift(project: &Project) -> Drift {
    let mut total = effects(&project.home, &project.before, &project.after);
    let mut changes = lines(project, &total);
    changes.extend(
        elsewhere(project)
            .into_iter()
            .map(|effect| Change::of(vec![effect], None)),
    );
    changes.sort_by_key(|change| std::cmp::Reverse(change.class()));
    let pack = &project.baseline.pack;
    Drift {
        project: project.dir.display().to_string(),
        tool: project.baseline.tool.clone(),
        pack: format!("{} {}", pack.name, pack.version),
        files: project.baseline.files.len(),
        notes: notes(&changes, project),
        changes,
        beside: std::mem::take(&mut total.beside).into_iter().collect(),
        ..Drift::default()
    }
}

/// The stretches with their effects, and the effects that are in none.
fn lines(project: &Project, total: &Effects) -> Vec<Change> {
    let stretches = stretches(&project.home, [&project.before, &project.after], total);
    let texts = [&project.before, &project.after].map(Side::texts);
    let mut changes = Vec::new();
    for stretch in &stretches {
        let of = |side: usize| texts[side].get(&stretch.file).map_or("", String::as_str);
        let hunk = Hunk::of(
            &stretch.file,
            [of(0), of(1)],
            [&stretch.before, &stretch.after],
        );
        let effects = stretch.of(&total.list).into_iter().cloned().collect();
        changes.push(Change::of(effects, Some(hunk)));
    }
    let told: BTreeSet<usize> = stretches.into_iter().flat_map(|one| one.effects).collect();
    let rest = total.list.iter().enumerate();
    let rest = rest.filter(|(index, _)| !told.contains(index));
    changes.extend(rest.map(|(_, effect)| Change::of(vec![effect.clone()], None)));
    changes
}

/// What no text shows: files that are none any more, and a baseline that somebody changed.
fn elsewhere(project: &Project) -> Vec<Effect> {
    let mut found = Vec::new();
    for path in &project.unreadable {
        let message = "something that is no text file stands in its place".to_owned();
        found.push(cannot_tell(path, message));
    }
    for (path, file) in &project.baseline.files {
        if file.digest != digest(&file.text) {
            let message =
                format!("the baseline was changed by hand: its {path} is not what was generated");
            found.push(cannot_tell(&project.baseline_file(), message));
        }
    }
    for finding in findings(&project.before, &project.home) {
        found.push(Effect {
            class: Class::Weakens,
            rule: Some(RuleRef(finding.rule)),
            subject: finding.subject,
            attribute: String::new(),
            message: format!("the baseline itself says: {}", finding.message),
            origin: None,
            accepted: None,
        });
    }
    found
}

fn cannot_tell(path: &str, message: String) -> Effect {
    Effect {
        class: Class::CannotTell,
        rule: None,
        subject: String::new(),
        attribute: path.to_owned(),
        message,
        origin: Some(Origin::document(path)),
        accepted: None,
    }
}

fn notes(changes: &[Change], project: &Project) -> Vec<String> {
    let spec = walk::name(&project.dir.join(SPEC_FILE));
    let mut effects = changes.iter().flat_map(|change| &change.effects);
    let is_spec = |effect: &Effect| {
        let place = effect.origin.as_ref();
        place.is_some_and(|origin| origin.file == spec)
    };
    match effects.any(is_spec) {
        true => vec![format!(
            "{spec} was changed and not carried out yet: `rdsproxy-gen update {}` does",
            project.dir.display()
        )],
        false => Vec::new(),
    }
}
