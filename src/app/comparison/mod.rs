//! Compares a generated project with its baseline: what was changed in its files, and the rules that each change weakens.

mod accepted;
pub(in crate::app) mod attribution;
mod changes;
pub(in crate::app) mod effects;
pub(in crate::app) mod evaluated;
mod groups;
mod layout;
mod parts;
pub(in crate::app) mod places;
pub(in crate::app) mod project;
mod seen;

use self::evaluated::Evaluated;
pub(in crate::app) use self::layout::{
    GeneratedLayout, MODULE, MOVED, SETTINGS, carried_path, holds_code,
};
use self::project::Project;
use super::suppression::CountedWaivers;
use crate::language::Texts;
use crate::report::drift::Drift;

/// Compares the files of a project with its baseline. Also returns the errors of the waivers that cover its
/// differences.
pub(in crate::app) fn compared(
    project: Project,
    waivers: CountedWaivers<'_>,
) -> (Drift, Vec<String>) {
    match changes::untouched(&project) {
        Some(drift) => (drift, Vec::new()),
        None => ComparedProject::new(project).accepted(waivers),
    }
}

/// A project whose files were compared with its baseline.
pub(in crate::app) struct ComparedProject {
    pub(in crate::app) project: Project,
    /// The evaluation of the present files.
    pub(in crate::app) after: Evaluated,
    pub(in crate::app) drift: Drift,
}

impl ComparedProject {
    /// Evaluates and compares both sides.
    pub(in crate::app) fn new(project: Project) -> Self {
        let project = project.guarded();
        let sides = [&project.before, &project.after];
        let [before, after] = Evaluated::of_both(sides, &project.home);
        Self {
            drift: changes::drift(&project, [&before, &after]),
            project,
            after,
        }
    }

    /// Applies the waivers. Returns the drift and the errors of the waivers that cover it.
    pub(in crate::app) fn accepted(self, waivers: CountedWaivers<'_>) -> (Drift, Vec<String>) {
        let Self {
            project, mut drift, ..
        } = self;
        let texts = if waivers.comments_count {
            project.after.texts()
        } else {
            Texts::new()
        };
        let mut wrong = accepted::apply(waivers.accepting, &mut drift, &texts);
        wrong.extend(project.told.iter().cloned());
        let secrets = project.home.secrecy.secrets();
        let wrong = wrong.iter().map(|line| secrets.said(line)).collect();
        (drift, wrong)
    }
}
