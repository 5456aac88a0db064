//! The arguments that select an account: the demo, a snapshot or the live account.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::io::account::{AccountScope, AccountSource, LiveOptions};

/// Which account to look at, if any.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Account")]
pub(super) struct AccountArgs {
    /// Use the built-in sample account.
    #[arg(long, group = "account")]
    demo: bool,
    /// Use an account saved by `rdsproxy-gen snapshot`.
    #[arg(long, value_name = "FILE", group = "account")]
    snapshot: Option<PathBuf>,
    /// Use the live account, read-only.
    #[arg(long, group = "account")]
    live: bool,
    /// Region of the live account.
    #[arg(long, requires = "live", conflicts_with_all = ["demo", "snapshot"])]
    region: Option<String>,
    /// Profile of the live account.
    #[arg(long, requires = "live", conflicts_with_all = ["demo", "snapshot"])]
    profile: Option<String>,
    /// Time limit for reading the live account, in seconds; whatever was not read is reported.
    #[arg(long, value_name = "SECONDS", default_value_t = PATIENCE, requires = "live")]
    timeout: u64,
}

/// Default time limit for reading the live account, in seconds. An account with thousands of resources takes one
/// minute.
pub(super) const PATIENCE: u64 = 600;

impl AccountArgs {
    /// Returns the selected account, of which the parts in `scope` are read.
    pub(super) fn source(&self, scope: AccountScope) -> AccountSource {
        match (&self.snapshot, self.live, self.demo) {
            (Some(path), _, _) => AccountSource::File(path.clone()),
            (None, true, _) => AccountSource::Live(LiveOptions {
                region: self.region.clone(),
                profile: self.profile.clone(),
                scope,
                patience: Duration::from_secs(self.timeout),
                earlier: None,
            }),
            (None, false, true) => AccountSource::Demo,
            (None, false, false) => AccountSource::None,
        }
    }
}
