//! What is particular to an account: what it did not show stands in every report, without the list of proxies there is none, and what
//! is said of it calls it by its names.

use crate::commands::CommandError;
use crate::domain::evidence::Origin;
use crate::domain::snapshot::Snapshot;
use crate::domain::symbolic::in_words;
use crate::report::{Judged, Skipped};

/// What the origin of everything in an account is called.
const ACCOUNT: &str = "account";

/// Each call that failed, as what was not read.
pub(super) fn skipped(world: Option<&Snapshot>) -> impl Iterator<Item = Skipped> {
    let calls = world.into_iter().flat_map(|world| &world.not_visible);
    calls.map(|call| Skipped {
        origin: Origin::document(ACCOUNT),
        // It stands below "Not read".
        reason: call.told().trim_start_matches("not shown: ").to_owned(),
    })
}

/// Refuses to say that there is no proxy where they could not be listed.
///
/// # Errors
/// When they could not.
pub(super) fn refuse_blindness(world: Option<&Snapshot>) -> Result<(), CommandError> {
    match world.and_then(Snapshot::blind) {
        Some(call) => Err(CommandError::environment(format!(
            "the proxies of the account could not be listed: {}",
            call.told()
        ))),
        None => Ok(()),
    }
}

/// Calls partition, region and account by their names in all that is said of an account.
pub(super) fn name(proxies: &mut [Judged], world: &Snapshot) {
    for Judged { report, .. } in proxies {
        let findings = report.findings.iter_mut().map(|one| &mut one.message);
        let open = report.undetermined.iter_mut().map(|one| &mut one.reason);
        let passes = report.passes.iter_mut().map(|one| &mut one.because);
        for text in findings.chain(open).chain(passes) {
            if text.contains('<') {
                *text = in_words(&world.named(text));
            }
        }
    }
}
