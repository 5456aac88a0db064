//! Options for reading a live account: which one, how much of it, and the time limit.

use std::sync::Arc;
use std::time::Duration;

use crate::domain::snapshot::Snapshot;
/// The selection of a live account. Empty fields leave it to the usual places of AWS tools.
#[derive(Clone, Debug, Default)]
pub struct LiveOptions {
    /// The region; by default that of the profile or `AWS_REGION`.
    pub region: Option<String>,
    /// The profile; by default `AWS_PROFILE`.
    pub profile: Option<String>,
    /// The part of the account to read.
    pub scope: AccountScope,
    /// The time limit for the whole read.
    pub patience: Duration,
    /// An incomplete earlier snapshot of the account. Details that take a call for each resource are taken from it.
    pub earlier: Option<Arc<Snapshot>>,
}

/// The part of an account to read, and the order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AccountScope {
    /// Everything that a snapshot holds.
    #[default]
    Everything,
    /// Everything that a new proxy can be built from, part by part as the user is asked; then the policies of what was
    /// chosen. Excludes data that only a running proxy can provide.
    Choices,
    /// All lists, and the details that a running proxy depends on: the parameters of its database, the policies of its
    /// secrets, and their keys.
    Proxies,
}
