//! Builds the drift report of a project: every hunk with its effects, and the effects that belong to no line.

use std::collections::BTreeSet;

use super::attribution::stretches;
use super::effects::{Effects, effects};
use super::evaluated::Evaluated;
use super::project::{Project, Side};
use crate::domain::drift::{Class, DriftEffect, RuleRef};
use crate::domain::evidence::Origin;
use crate::domain::spec::SPEC_FILE;
use crate::io::walk;
use crate::report::drift::{Drift, DriftChange};
use crate::report::hunk::Hunk;

/// Substring of every waiver comment and of all waiver metadata.
const IGNORE: &str = "ignore";

/// Returns the report of a project without any differences; none if there may be some.
///
/// Equal texts evaluate alike, so only the findings of the baseline itself are left to check.
pub(super) fn untouched(project: &Project) -> Option<Drift> {
    let is_quiet = project.is_untouched()
        && project.places.is_empty()
        && project.told.is_empty()
        && project.unreadable.is_empty()
        && project.gone.is_empty()
        && project.baseline.changed().next().is_none()
        // Waivers in the texts may be invalid and have to be reported.
        && !project.after.texts().values().any(|text| text.contains(IGNORE));
    (is_quiet && Evaluated::findings_of(&project.before).is_empty())
        .then(|| Drift { ..named(project) })
}

/// Returns the part of the report that every project has.
fn named(project: &Project) -> Drift {
    let pack = &project.baseline.pack;
    Drift {
        project: project.dir.display().to_string(),
        tool: project.baseline.tool.clone(),
        pack: format!("{} {}", pack.name, pack.version),
        files: project.baseline.files.len(),
        ..Drift::default()
    }
}

/// Compares the files of a project with its baseline.
pub(super) fn drift(project: &Project, readings: [&Evaluated; 2]) -> Drift {
    let [before, after] = readings;
    let total = effects(before, after);
    let mut changes = lines(project, readings, &total);
    let lost = lost(project, before, &changes);
    for effect in gone(project) {
        let file = |change: &&mut DriftChange| {
            let hunk = change.hunk.as_ref();
            hunk.is_some_and(|hunk| hunk.file == effect.attribute)
        };
        match changes.iter_mut().find(file) {
            Some(change) => change.effects.push(effect),
            None => changes.push(DriftChange::new(vec![effect], None)),
        }
    }
    let moved = moved(project, has_other_addresses(before, after));
    let more = elsewhere(project, before).into_iter().chain(moved);
    changes.extend(more.map(|effect| DriftChange::new(vec![effect], None)));
    changes.sort_by_key(|change| std::cmp::Reverse(change.class()));
    Drift {
        notes: notes(&changes, project),
        changes,
        lost,
        beside: total.beside.into_iter().collect(),
        secrets: project.home.secrecy.secrets().clone(),
        ..named(project)
    }
}

/// Returns the hunks with their effects, and the effects that no hunk causes.
fn lines(project: &Project, readings: [&Evaluated; 2], total: &Effects) -> Vec<DriftChange> {
    let stretches = stretches(project, readings, total);
    let texts = [&project.before, &project.after].map(Side::texts);
    let secrecy = &project.home.secrecy;
    let mut changes = Vec::new();
    for stretch in &stretches {
        let of = |side: usize| {
            let text = texts[side].get(&stretch.file).map_or("", String::as_str);
            secrecy.shown(&stretch.file, text)
        };
        let hunk = Hunk::new(
            &stretch.file,
            [&of(0), &of(1)],
            [&stretch.before, &stretch.after],
        );
        changes.push(DriftChange::new(stretch.effects_within(total), Some(hunk)));
    }
    let told: BTreeSet<usize> = stretches.into_iter().flat_map(|one| one.effects).collect();
    let rest = total.list.iter().enumerate();
    let rest = rest.filter(|(index, _)| !told.contains(index));
    changes.extend(rest.map(|(_, effect)| DriftChange::new(vec![effect.clone()], None)));
    changes
}

/// Returns effects that no text shows: generated paths that are no longer files, and an edited baseline.
fn elsewhere(project: &Project, before: &Evaluated) -> Vec<DriftEffect> {
    let mut found = Vec::new();
    for path in &project.unreadable {
        let message = "something that is not a string file stands in its place".to_owned();
        found.push(cannot_tell(path, message));
    }
    for path in project.baseline.changed() {
        let message =
            format!("the baseline was changed by hand: its {path} is not what was generated");
        found.push(cannot_tell(&project.baseline_file(), message));
    }
    for finding in before.targets().flat_map(|target| &target.report.findings) {
        let message = format!("the baseline itself says: {}", finding.message);
        found.push(DriftEffect {
            rule: Some(RuleRef(finding.rule)),
            subject: finding.subject.clone(),
            ..DriftEffect::plain(Class::Weakens, "", message)
        });
    }
    found
}

/// Returns an effect for each missing generated file.
fn gone(project: &Project) -> Vec<DriftEffect> {
    let places = &project.places;
    // The values that a caller passes are compared one by one.
    let left = places.left_to_caller().filter(|path| path.ends_with(".tf"));
    let left = left.map(|path| project.named(places.at(path)));
    let files = project
        .gone
        .iter()
        .map(|path| project.named(path))
        .chain(left);
    let effects = files.map(|path| {
        let message = format!("{path} is gone");
        DriftEffect::plain(Class::Changes, &path, message)
    });
    effects.collect()
}

/// Returns what was judged before and is missing now, by attribute: files with resources, and proxies.
fn lost(project: &Project, before: &Evaluated, changes: &[DriftChange]) -> BTreeSet<String> {
    let deployed = |path: &&String| path.ends_with(".tf") || project.places.stack()[0] == **path;
    let files = project.gone.iter().filter(deployed);
    let proxies = before.targets().flat_map(|target| &target.posture.proxies);
    let names = proxies.flat_map(|proxy| {
        let name = proxy.name.value().cloned();
        name.into_iter().chain([proxy.address.clone()])
    });
    let proxies: BTreeSet<String> = names.collect();
    let effects = changes.iter().flat_map(|change| &change.effects);
    let effects = effects.filter(|effect| {
        let attribute = &effect.attribute;
        proxies.contains(attribute) && effect.message == format!("{attribute} is gone")
    });
    let gone = effects.map(|effect| effect.attribute.clone());
    gone.chain(files.map(|path| project.named(path))).collect()
}

/// True if a generated proxy is no longer at its address.
fn has_other_addresses(before: &Evaluated, after: &Evaluated) -> bool {
    let addresses = |side: &Evaluated| -> BTreeSet<String> {
        let proxies = side.roots.iter().flat_map(|root| &root.posture.proxies);
        proxies.map(|proxy| proxy.address.clone()).collect()
    };
    !addresses(before).is_subset(&addresses(after))
}

/// Returns an effect for each move. Terraform replaces the resources of a module that is called by another address.
fn moved(project: &Project, has_other_addresses: bool) -> Vec<DriftEffect> {
    let told = project.places.messages(|path| project.named(path));
    let mut effects: Vec<DriftEffect> = told
        .into_iter()
        .map(|(path, message)| DriftEffect::plain(Class::Cosmetic, &project.named(&path), message))
        .collect();
    let caller = project.places.caller.as_ref();
    let caller = caller.filter(|_| has_other_addresses);
    effects.extend(caller.map(|caller| {
        let folder = &project.home.terraform;
        let message = format!(
            "{folder} is called as a module from {}: without a `moved` block for each of its resources Terraform replaces them, the proxy too",
            match project.named(caller).as_str() {
                "" => ".",
                caller => caller,
            }
        );
        DriftEffect::plain(Class::Changes, folder, message)
    }));
    effects
}

fn cannot_tell(path: &str, message: String) -> DriftEffect {
    DriftEffect {
        origin: Some(Origin::document(path)),
        ..DriftEffect::plain(Class::CannotTell, path, message)
    }
}

fn notes(changes: &[DriftChange], project: &Project) -> Vec<String> {
    let spec = walk::name(&project.dir.join(SPEC_FILE));
    let mut effects = changes.iter().flat_map(|change| &change.effects);
    let is_spec = |effect: &DriftEffect| {
        let place = effect.origin.as_ref();
        place.is_some_and(|origin| origin.file == spec)
    };
    if effects.any(is_spec) {
        vec![format!(
            "{spec} was changed and not carried out yet: `rdsproxy-gen update {}` does, and takes the changed spec as the baseline",
            project.dir.display()
        )]
    } else {
        Vec::new()
    }
}
