//! Accepts drift by waivers in comments and in the policy.

use std::path::Path;

use crate::app::suppression::{Comments, Suppression};
use crate::io::walk;
use crate::language::Texts;
use crate::report::drift::Drift;

/// Marks waived effects, and returns the errors of the waivers that cover the others.
pub(super) fn apply(accepting: &Suppression, drift: &mut Drift, texts: &Texts) -> Vec<String> {
    let mut told = Vec::new();
    let home = walk::name(Path::new(&drift.project));
    let comments = Comments::new(texts, accepting.today, &mut told);
    let mut wrong: Vec<String> = told
        .iter()
        .map(|skipped| format!("{}: {}", skipped.origin, skipped.reason))
        .collect();
    let effects = drift
        .changes
        .iter_mut()
        .flat_map(|change| &mut change.effects);
    for effect in effects {
        wrong.extend(accepting.accept_drift(effect, &comments, &home));
    }
    wrong
}
