//! The world that the interview chooses from: the built-in sample, a saved snapshot, a live account, or none.

use std::path::PathBuf;
use std::time::Duration;

use thiserror::Error;

use super::files::FilesError;
use super::files::bounded::{self, Bound};
use crate::domain::demo;
use crate::domain::snapshot::{Snapshot, SnapshotError};

/// Where the world comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
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

/// Which account, where the usual places of the AWS tools do not say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LiveOptions {
    /// Region; the profile's or `AWS_REGION` by default.
    pub region: Option<String>,
    /// Profile; `AWS_PROFILE` by default.
    pub profile: Option<String>,
    /// How much of it.
    pub scope: Scope,
    /// In what time.
    pub patience: Duration,
}

/// How much of an account is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// All that a snapshot holds.
    #[default]
    Everything,
    /// All that a proxy to be made can be chosen from or named in code with. Not what only a proxy that runs can show.
    Choices,
    /// All lists, and in detail what hangs on a proxy that runs: its database's parameters, its secrets' policies, their keys.
    Proxies,
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
    Live(#[from] super::aws::AwsError),
}

/// Reads the world.
///
/// # Errors
/// When the file or the account cannot be read at all. What an account does not permit to be read is noted in the snapshot.
pub fn load(source: &WorldSource) -> Result<Option<Snapshot>, WorldError> {
    match source {
        WorldSource::None => Ok(None),
        WorldSource::Demo => Ok(Some(demo::account()?)),
        WorldSource::File(path) => {
            let text = bounded::named_text(path, Bound::SNAPSHOT)?;
            Ok(Some(Snapshot::parse(&text, &path.display().to_string())?))
        }
        WorldSource::Live(options) => Ok(Some(super::aws::read_account(options)?)),
    }
}
