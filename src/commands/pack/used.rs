//! The one way from what a user names to a pack: fetched and read. What it generates then goes through [`super::proof`].

use crate::commands::CommandError;
use crate::domain::pack::{Pack, PackError};
use crate::io::store::{Fetched, StoreError, fetch};

/// A pack of one's own: read, and nobody asked who made it.
pub(super) fn opened(reference: &str) -> Result<(Pack, Fetched), CommandError> {
    let fetched = fetch(reference).map_err(|error| match &error {
        StoreError::File(_) => CommandError::environment(error),
        StoreError::Unknown { .. }
        | StoreError::Absent(_)
        | StoreError::Folder(_)
        | StoreError::Archive { .. } => CommandError::input(error),
    })?;
    Ok((read(&fetched)?, fetched))
}

fn read(fetched: &Fetched) -> Result<Pack, CommandError> {
    Pack::read(&fetched.files).map_err(|error: PackError| {
        let from = &fetched.from;
        CommandError::input(format!("the pack in {from} is refused:\n  {error}"))
    })
}
