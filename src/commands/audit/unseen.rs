//! What an account did not show: it stands in every report beside what was not read, and without the list of proxies there is none.

use crate::commands::CommandError;
use crate::domain::evidence::Origin;
use crate::domain::snapshot::{NotVisible, Snapshot};
use crate::report::Skipped;

/// What the origin of everything in an account is called.
const ACCOUNT: &str = "account";

/// The call without which nobody knows which proxies there are.
const PROXIES: &str = "rds:DescribeDBProxies";

/// Each call that failed, as what was not read.
pub(super) fn skipped(world: Option<&Snapshot>) -> impl Iterator<Item = Skipped> {
    let calls = world.into_iter().flat_map(|world| &world.not_visible);
    calls.map(|call| Skipped {
        origin: Origin::document(ACCOUNT),
        reason: told(call),
    })
}

/// Refuses to say that there is no proxy where they could not be listed.
///
/// # Errors
/// When they could not.
pub(super) fn refuse_blindness(world: Option<&Snapshot>) -> Result<(), CommandError> {
    let calls = world.into_iter().flat_map(|world| &world.not_visible);
    match calls.into_iter().find(|call| call.action == PROXIES) {
        Some(call) => Err(CommandError::environment(format!(
            "the proxies of the account could not be listed: {}",
            told(call)
        ))),
        None => Ok(()),
    }
}

fn told(call: &NotVisible) -> String {
    format!(
        "{} was not shown: {} ({})",
        call.field, call.action, call.reason
    )
}
