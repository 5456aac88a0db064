//! Formats the reason why a finding is accepted.

use crate::domain::finding::{Acceptance, Waiver};

/// Formats the acceptance with its place: `accepted until 2027-01-31 by Jo (rdsproxy-policy.toml:3:1): moves with the
/// next release`.
pub(super) fn acceptance_text(acceptance: &Acceptance) -> String {
    match acceptance {
        Acceptance::Known => "accepted: it stands in the baseline".to_owned(),
        Acceptance::Comment(waiver) | Acceptance::Policy(waiver) => {
            let Waiver { reason, origin, .. } = waiver;
            format!("accepted{} ({origin}): {reason}", terms(waiver))
        }
    }
}

/// Formats the acceptance without its place, for formats that report the file separately:
/// `reason (until 2027-01-31, by Jo)`.
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
