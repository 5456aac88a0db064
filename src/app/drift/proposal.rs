//! Proposes waivers for drift that no waiver covers.

use std::collections::BTreeSet;

use time::Date;

use crate::app::suppression::{WaiverDraft, until};
use crate::domain::drift::DriftEffect;
use crate::domain::policy::{POLICY_FILE, POLICY_SCHEMA};
use crate::report::drift::Drift;

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
