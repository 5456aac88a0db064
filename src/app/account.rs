//! Reads the account that a request selects: the demo, a snapshot or the live account.

use std::borrow::Cow;

use super::CommandError;
use crate::domain::blueprint::{Blueprint, SecretPlan};
use crate::domain::snapshot::{Account, AccountPart, Chosen, Snapshot};
use crate::io::account::{self, AccountError, AccountSource, OpenAccount};
use crate::io::terminal;

/// Reads the selected account, if any, and prints the parts that could not be read.
pub(super) fn load(source: &AccountSource) -> Result<Option<Snapshot>, CommandError> {
    let snapshot = account::load(source).map_err(account_error)?;
    if let Some(snapshot) = &snapshot {
        terminal::note(&gaps(snapshot)).map_err(CommandError::environment)?;
    }
    Ok(snapshot)
}

/// Opens the selected account, if any. Its parts are read as the questions need them.
pub(super) fn open(source: &AccountSource) -> Result<Option<AccountChoices>, CommandError> {
    let snapshot = OpenAccount::open(source).map_err(account_error)?;
    Ok(snapshot.map(|snapshot| AccountChoices { snapshot }))
}

/// Returns the arguments that select the same account.
pub(super) fn arguments(source: &AccountSource) -> Vec<String> {
    let options = match source {
        AccountSource::None => return Vec::new(),
        AccountSource::Demo => return vec!["--demo".to_owned()],
        AccountSource::File(path) => {
            return vec!["--snapshot".to_owned(), path.display().to_string()];
        }
        AccountSource::Live(options) => options,
    };
    let mut arguments = vec!["--live".to_owned()];
    for (flag, value) in [
        ("--region", &options.region),
        ("--profile", &options.profile),
    ] {
        if let Some(value) = value {
            arguments.extend([flag.to_owned(), value.clone()]);
        }
    }
    arguments
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

pub(super) fn account_error(error: AccountError) -> CommandError {
    match error {
        AccountError::Snapshot(_) => CommandError::input(error),
        AccountError::File(_) | AccountError::Live(_) => CommandError::environment(error),
    }
}
