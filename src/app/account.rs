//! Selects the account that a command reads: the demo, a snapshot or the live account.

use std::borrow::Cow;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::CommandError;
use crate::domain::blueprint::{Blueprint, SecretPlan};
use crate::domain::snapshot::{Account, AccountPart, Chosen, Snapshot};
pub(super) use crate::io::account::AccountScope;
use crate::io::account::{AccountError, AccountSource, LiveOptions, OpenAccount, load};
use crate::io::terminal;

/// Which account to look at, if any.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Account")]
pub struct AccountArgs {
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
    /// Reads the selected account, if any, and prints the parts that could not be read.
    pub(super) fn load(&self, scope: AccountScope) -> Result<Option<Snapshot>, CommandError> {
        let snapshot = load(&self.source(scope)).map_err(told)?;
        if let Some(snapshot) = &snapshot {
            terminal::note(&gaps(snapshot)).map_err(CommandError::environment)?;
        }
        Ok(snapshot)
    }

    /// Opens the selected account, if any. Its parts are read as the questions need them.
    pub(super) fn open(&self) -> Result<Option<AccountChoices>, CommandError> {
        let snapshot = OpenAccount::open(&self.source(AccountScope::Choices)).map_err(told)?;
        Ok(snapshot.map(|snapshot| AccountChoices { snapshot }))
    }

    fn source(&self, scope: AccountScope) -> AccountSource {
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

    /// Returns the arguments that select the same account.
    pub(super) fn arguments(&self) -> Vec<String> {
        let mut arguments = Vec::new();
        if self.demo {
            arguments.push("--demo".to_owned());
        }
        if let Some(path) = &self.snapshot {
            arguments.extend(["--snapshot".to_owned(), path.display().to_string()]);
        }
        if self.live {
            arguments.push("--live".to_owned());
        }
        for (flag, value) in [("--region", &self.region), ("--profile", &self.profile)] {
            if let Some(value) = value {
                arguments.extend([flag.to_owned(), value.clone()]);
            }
        }
        arguments
    }
}

/// An account whose resources are offered as answers. Unreadable parts are reported before the user chooses from the
/// rest.
#[derive(Debug)]
pub(super) struct AccountChoices {
    snapshot: OpenAccount,
}

impl Account for AccountChoices {
    fn upto(&self, part: AccountPart) -> &Snapshot {
        let account = self.snapshot.upto(part);
        tell(account);
        account
    }
}

impl AccountChoices {
    /// Returns the account with everything that concerns the planned proxy.
    pub(super) fn around(&self, blueprint: &Blueprint) -> Cow<'_, Snapshot> {
        let secrets = blueprint
            .users
            .iter()
            .filter_map(|user| match &user.secret {
                SecretPlan::Existing { arn, .. } => Some(arn.as_str().to_owned()),
                SecretPlan::Create { .. } | SecretPlan::None => None,
            });
        let chosen = Chosen {
            secrets: secrets.collect(),
        };
        let account = self.snapshot.with(&chosen);
        tell(&account);
        account
    }
}

/// Prints each gap once. The terminal remembers a failed write, and the run then exits as failed.
fn tell(account: &Snapshot) {
    for gap in &account.not_visible {
        terminal::note_once(&(gap.told() + "\n")).ok();
    }
}

/// Returns the unreadable parts and the remedy for each, one line per part.
pub(super) fn gaps(snapshot: &Snapshot) -> String {
    let hidden = snapshot.not_visible.iter();
    hidden.map(|gap| gap.told() + "\n").collect()
}

pub(super) fn told(error: AccountError) -> CommandError {
    match error {
        AccountError::Snapshot(_) => CommandError::input(error),
        AccountError::File(_) | AccountError::Live(_) => CommandError::environment(error),
    }
}
