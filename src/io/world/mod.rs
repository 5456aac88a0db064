//! The world that the interview chooses from: the built-in sample, a saved snapshot, a live account, or none.

use super::aws::error;
pub(super) mod arriving;
pub(super) mod options;
pub(super) mod progress;

use std::borrow::Cow;
use std::path::PathBuf;

use thiserror::Error;

pub use self::arriving::{Arriving, News, Reader};
pub use self::options::{LiveOptions, Scope};
pub use self::progress::Progress;
use super::files::FilesError;
use super::files::bounded::{self, Bound};
use crate::domain::demo;
use crate::domain::snapshot::{Account, Chosen, Part, Snapshot, SnapshotError};

/// Where the world comes from.
#[derive(Clone, Debug)]
pub enum WorldSource {
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
pub enum WorldError {
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
pub enum World {
    /// It was read before.
    Saved(Box<Snapshot>),
    /// It is being read.
    Live(Box<Arriving>),
}

impl Account for World {
    fn upto(&self, part: Part) -> &Snapshot {
        match self {
            Self::Saved(snapshot) => snapshot,
            Self::Live(account) => account.upto(part),
        }
    }
}

impl World {
    /// Opens the world; of a live account the first part is read.
    ///
    /// # Errors
    /// When the file or the account cannot be read at all. What an account does not permit to be read is noted in the snapshot.
    pub fn open(source: &WorldSource) -> Result<Option<Self>, WorldError> {
        let saved = |snapshot| Ok(Some(Self::Saved(Box::new(snapshot))));
        match source {
            WorldSource::None => Ok(None),
            WorldSource::Demo => saved(demo::account()?),
            WorldSource::File(path) => {
                let text = bounded::named_text(path, Bound::SNAPSHOT)?;
                saved(Snapshot::parse(&text, &path.display().to_string())?)
            }
            WorldSource::Live(options) => {
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
/// As [`World::open`].
pub fn load(source: &WorldSource) -> Result<Option<Snapshot>, WorldError> {
    Ok(World::open(source)?.map(|world| match world {
        World::Saved(snapshot) => *snapshot,
        World::Live(account) => account.whole(),
    }))
}
