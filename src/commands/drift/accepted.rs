//! Accepts drift by waivers in comments and in the policy, and proposes waivers for the rest.

use std::collections::BTreeSet;
use std::path::Path;

use time::Date;

use crate::commands::suppression::{Comments, Suppression, WaiverDraft, until};
use crate::domain::drift::DriftEffect;
use crate::domain::policy::{POLICY_FILE, POLICY_SCHEMA};
use crate::io::walk;
use crate::language::Texts;
use crate::report::drift::Drift;

/// Marks waived effects, and returns the errors of the waivers that cover the others.
pub(super) fn apply(accepting: &Suppression, drift: &mut Drift, texts: &Texts) -> Vec<String> {
    let mut told = Vec::new();
    let home = walk::name(Path::new(&drift.project));
    let comments = Comments::of(texts, accepting.today, &mut told);
    let mut wrong: Vec<String> = told
        .iter()
        .map(|skipped| format!("{}: {}", skipped.origin, skipped.reason))
        .collect();
    let effects = drift
        .changes
        .iter_mut()
        .flat_map(|change| &mut change.effects);
    for effect in effects {
        wrong.extend(accepting.accept_drift(effect, (&comments, &home)));
    }
    wrong
}

/// Returns waivers for all effects without one, as text.
pub(super) fn proposal(drifts: &[Drift], today: Date) -> String {
    let effects = drifts
        .iter()
        .flat_map(|drift| &drift.changes)
        .flat_map(|change| &change.effects)
        .filter(|effect| effect.accepted.is_none());
    let until = until(today);
    let mut seen = BTreeSet::new();
    let waivers: String = effects
        .map(|effect| waiver(effect, until))
        .filter(|text| seen.insert(text.clone()))
        .collect();
    if waivers.is_empty() {
        "# nothing differs that would need a waiver\n".to_owned()
    } else {
        format!(
            "# for {POLICY_FILE}, which begins with `schema = {POLICY_SCHEMA}`; a waiver counts once it has a reason\n{waivers}"
        )
    }
}

fn waiver(effect: &DriftEffect, until: Date) -> String {
    WaiverDraft {
        message: &effect.message,
        rule: effect.rule.map(|rule| rule.0.id),
        attribute: &effect.attribute,
        subject: &effect.subject,
        reason: "",
    }
    .text(until)
}
