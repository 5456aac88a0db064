//! What is told of a project: every stretch of lines with all that it means, and what belongs to no line.

use std::collections::BTreeSet;

use super::effects::{Effects, effects};
use super::project::{Project, Side};
use super::readings::Readings;
use super::units::stretches;
use crate::domain::drift::{Class, Effect, RuleRef};
use crate::domain::evidence::Origin;
use crate::domain::spec::SPEC_FILE;
use crate::io::walk;
use crate::report::drift::{Change, Drift};
use crate::report::hunk::Hunk;

/// Compares the files of a project with its baseline.
pub(super) fn drift(project: &Project, readings: [&Readings; 2]) -> Drift {
    let [before, after] = readings;
    let total = effects(before, after);
    let mut changes = lines(project, readings, &total);
    changes.extend(
        elsewhere(project, before)
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
        beside: total.beside.into_iter().collect(),
        secrets: project.home.secrecy.secrets().clone(),
        ..Drift::default()
    }
}

/// The stretches with their effects, and the effects that are in none.
fn lines(project: &Project, readings: [&Readings; 2], total: &Effects) -> Vec<Change> {
    let stretches = stretches(project, readings, total);
    let texts = [&project.before, &project.after].map(Side::texts);
    let secrecy = &project.home.secrecy;
    let mut changes = Vec::new();
    for stretch in &stretches {
        let of = |side: usize| {
            let text = texts[side].get(&stretch.file).map_or("", String::as_str);
            secrecy.shown(&stretch.file, text)
        };
        let hunk = Hunk::of(
            &stretch.file,
            [&of(0), &of(1)],
            [&stretch.before, &stretch.after],
        );
        changes.push(Change::of(stretch.of(total), Some(hunk)));
    }
    let told: BTreeSet<usize> = stretches.into_iter().flat_map(|one| one.effects).collect();
    let rest = total.list.iter().enumerate();
    let rest = rest.filter(|(index, _)| !told.contains(index));
    changes.extend(rest.map(|(_, effect)| Change::of(vec![effect.clone()], None)));
    changes
}

/// What no text shows: files that are none any more, and a baseline that somebody changed.
fn elsewhere(project: &Project, before: &Readings) -> Vec<Effect> {
    let mut found = Vec::new();
    for path in &project.unreadable {
        let message = "something that is no text file stands in its place".to_owned();
        found.push(cannot_tell(path, message));
    }
    for path in project.baseline.changed() {
        let message =
            format!("the baseline was changed by hand: its {path} is not what was generated");
        found.push(cannot_tell(&project.baseline_file(), message));
    }
    for finding in before.targets().flat_map(|target| &target.report.findings) {
        let message = format!("the baseline itself says: {}", finding.message);
        found.push(Effect {
            rule: Some(RuleRef(finding.rule)),
            subject: finding.subject.clone(),
            ..Effect::plain(Class::Weakens, "", message)
        });
    }
    for path in &project.gone_prose {
        let message = format!("{path} is gone");
        found.push(Effect::plain(Class::Changes, path, message));
    }
    found
}

fn cannot_tell(path: &str, message: String) -> Effect {
    Effect {
        origin: Some(Origin::document(path)),
        ..Effect::plain(Class::CannotTell, path, message)
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
            "{spec} was changed and not carried out yet: `rdsproxy-gen update {}` does, and takes the changed spec as the baseline",
            project.dir.display()
        )],
        false => Vec::new(),
    }
}
