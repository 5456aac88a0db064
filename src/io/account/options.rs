//! Which account is read, how much of it and how patiently.

use std::sync::Arc;
use std::time::Duration;

use crate::domain::snapshot::Snapshot;
/// Which account, where the usual places of the AWS tools do not say.
#[derive(Clone, Debug, Default)]
pub struct LiveOptions {
    /// Region; the profile's or `AWS_REGION` by default.
    pub region: Option<String>,
    /// Profile; `AWS_PROFILE` by default.
    pub profile: Option<String>,
    /// How much of it.
    pub scope: AccountScope,
    /// In what time.
    pub patience: Duration,
    /// A snapshot of it that was cut off: what took a call for each thing is taken from it.
    pub earlier: Option<Arc<Snapshot>>,
}

/// How much of an account is read, and in which order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AccountScope {
    /// All that a snapshot holds.
    #[default]
    Everything,
    /// What a proxy to be made can be chosen from, part by part as somebody is asked; then the policies of what was chosen. Not what
    /// only a proxy that runs can show.
    Choices,
    /// All lists, and in detail what hangs on a proxy that runs: its database's parameters, its secrets' policies, their keys.
    Proxies,
}
