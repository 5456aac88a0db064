//! The world that the interview chooses from: the built-in sample, a saved snapshot, a live account, or none.

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

/// Where the world comes from.
#[derive(Clone, Debug)]
pub enum AccountSource {
    /// Nowhere: ids are typed.
    None,
    /// The built-in sample account.
    Demo,
    /// A saved snapshot.
    File(PathBuf),
    /// The live account.
    Live(LiveOptions),
}

/// Why there is no world.
#[derive(Debug, Error)]
pub enum AccountError {
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] FilesError),
    /// It is not a snapshot.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// The account cannot be read.
    #[error(transparent)]
    Live(#[from] error::AwsError),
}

/// The account in view.
#[derive(Debug)]
pub enum OpenAccount {
    /// It was read before.
    Saved(Box<Snapshot>),
    /// It is being read.
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
    /// Opens the world; of a live account the first part is read.
    ///
    /// # Errors
    /// When the file or the account cannot be read at all. What an account does not permit to be read is noted in the snapshot.
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

    /// All that its scope has, with the policies of what was chosen.
    pub fn with(&self, chosen: &Chosen) -> Cow<'_, Snapshot> {
        match self {
            Self::Saved(snapshot) => Cow::Borrowed(snapshot),
            Self::Live(account) => Cow::Owned(account.with(chosen)),
        }
    }
}

/// Reads all of the world that its scope has.
///
/// # Errors
/// As [`OpenAccount::open`].
pub fn load(source: &AccountSource) -> Result<Option<Snapshot>, AccountError> {
    Ok(OpenAccount::open(source)?.map(|world| match world {
        OpenAccount::Saved(snapshot) => *snapshot,
        OpenAccount::Live(account) => account.whole(),
    }))
}
