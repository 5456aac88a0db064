//! Why a finding is put up with, as people are told it.

use crate::domain::finding::{Acceptance, Waiver};

/// `accepted until 2027-01-31 by Jo (rdsproxy-policy.toml:3:1): moves with the next release`.
pub(super) fn told(acceptance: &Acceptance) -> String {
    match acceptance {
        Acceptance::Known => "accepted: it stands in the baseline".to_owned(),
        Acceptance::Comment(waiver) | Acceptance::Policy(waiver) => {
            let Waiver { reason, origin, .. } = waiver;
            format!("accepted{} ({origin}): {reason}", terms(waiver))
        }
    }
}

/// `: reason (until 2027-01-31, by Jo)` for places that tell the file themselves.
pub(super) fn justification(acceptance: &Acceptance) -> String {
    match acceptance {
        Acceptance::Known => "it stands in the baseline".to_owned(),
        Acceptance::Comment(waiver) | Acceptance::Policy(waiver) => {
            match terms(waiver).trim_start() {
                "" => waiver.reason.clone(),
                terms => format!("{} ({terms})", waiver.reason),
            }
        }
    }
}

fn terms(waiver: &Waiver) -> String {
    let until = waiver.until.as_ref().map(|day| format!(" until {day}"));
    let owner = waiver.owner.as_ref().map(|owner| format!(" by {owner}"));
    until.unwrap_or_default() + &owner.unwrap_or_default()
}
