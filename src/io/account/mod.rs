//! The account that the interview offers choices from: the built-in sample, a saved snapshot, a live account, or none.

use super::aws::error;
pub(super) mod arriving;
pub(super) mod options;
pub(super) mod progress;

use std::borrow::Cow;
use std::path::PathBuf;

use thiserror::Error;

pub use self::arriving::{AccountFeed, Arriving, News};
pub use self::options::{AccountScope, LiveOptions};
pub use self::progress::Progress;
use super::files::FilesError;
use super::files::bounded::{self, Bound};
use crate::domain::demo;
use crate::domain::snapshot::{Account, AccountPart, Chosen, Snapshot, SnapshotError};

/// The source of the account.
#[derive(Clone, Debug)]
pub enum AccountSource {
    /// No account: the user types all ids.
    None,
    /// The built-in sample account.
    Demo,
    /// A snapshot in a file.
    File(PathBuf),
    /// The live account that the options select.
    Live(LiveOptions),
}

/// The reason the account cannot be opened.
#[derive(Debug, Error)]
pub enum AccountError {
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] FilesError),
    /// The file is not a snapshot.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// The live account cannot be read.
    #[error(transparent)]
    Live(#[from] error::AwsError),
}

/// An account that has been opened.
#[derive(Debug)]
pub enum OpenAccount {
    /// An account that has been read completely.
    Saved(Box<Snapshot>),
    /// A live account that is still being read.
    Live(Box<Arriving>),
}

impl Account for OpenAccount {
    fn upto(&self, part: AccountPart) -> &Snapshot {
        match self {
            Self::Saved(snapshot) => snapshot,
            Self::Live(account) => account.upto(part),
        }
    }
}

impl OpenAccount {
    /// Opens an account. Of a live account, the first part is read.
    ///
    /// # Errors
    /// If the file or the account cannot be read at all. Data that the permissions do not cover is noted in the
    /// snapshot.
    pub fn open(source: &AccountSource) -> Result<Option<Self>, AccountError> {
        let saved = |snapshot| Ok(Some(Self::Saved(Box::new(snapshot))));
        match source {
            AccountSource::None => Ok(None),
            AccountSource::Demo => saved(demo::account()?),
            AccountSource::File(path) => {
                let text = bounded::named_text(path, Bound::SNAPSHOT)?;
                saved(Snapshot::parse(&text, &path.display().to_string())?)
            }
            AccountSource::Live(options) => {
                let account = super::aws::open_account(options)?;
                Ok(Some(Self::Live(Box::new(account))))
            }
        }
    }

    /// Returns everything within the scope, with the policies of what was chosen.
    pub fn with(&self, chosen: &Chosen) -> Cow<'_, Snapshot> {
        match self {
            Self::Saved(snapshot) => Cow::Borrowed(snapshot),
            Self::Live(account) => Cow::Owned(account.with(chosen)),
        }
    }
}

/// Reads everything within the scope of an account.
///
/// # Errors
/// As [`OpenAccount::open`].
pub fn load(source: &AccountSource) -> Result<Option<Snapshot>, AccountError> {
    Ok(OpenAccount::open(source)?.map(|account| match account {
        OpenAccount::Saved(snapshot) => *snapshot,
        OpenAccount::Live(account) => account.whole(),
    }))
}
