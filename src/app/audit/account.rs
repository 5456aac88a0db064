//! The account's part of an audit: lists unreadable parts in every report, fails without the list of proxies, and
//! names the account, its region and its partition in messages.

use crate::app::CommandError;
use crate::domain::evidence::Origin;
use crate::domain::snapshot::Snapshot;
use crate::domain::symbolic::in_words;
use crate::report::{Judged, Skipped};

/// The file name in the origin of all resources of an account.
const ACCOUNT: &str = "account";

/// Returns each failed call as an input that was not read.
pub(super) fn skipped(snapshot: Option<&Snapshot>) -> impl Iterator<Item = Skipped> {
    let calls = snapshot
        .into_iter()
        .flat_map(|snapshot| &snapshot.not_visible);
    calls.map(|call| Skipped {
        origin: Origin::document(ACCOUNT),
        // The report prints this line below "Not read".
        reason: call.told().trim_start_matches("not shown: ").to_owned(),
    })
}

/// Refuses to report an account without proxies if they could not be listed.
///
/// # Errors
/// When the proxies could not be listed.
pub(super) fn refuse_blindness(snapshot: Option<&Snapshot>) -> Result<(), CommandError> {
    match snapshot.and_then(Snapshot::blind) {
        Some(call) => Err(CommandError::environment(format!(
            "the proxies of the account could not be listed: {}",
            call.told()
        ))),
        None => Ok(()),
    }
}

/// Replaces the placeholders for partition, region and account in all messages by the values of this account.
pub(super) fn name(proxies: &mut [Judged], snapshot: &Snapshot) {
    for Judged { report, .. } in proxies {
        let findings = report.findings.iter_mut().map(|one| &mut one.message);
        let open = report.undetermined.iter_mut().map(|one| &mut one.reason);
        let passes = report.passes.iter_mut().map(|one| &mut one.because);
        for text in findings.chain(open).chain(passes) {
            if text.contains('<') {
                *text = in_words(&snapshot.named(text));
            }
        }
    }
}
