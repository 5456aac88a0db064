//! A pack that is a folder on this machine, with its signature and the list of yanked versions in it.

use std::path::Path;

use super::{Beside, Fetched, Store, StoreError, local};
use crate::io::files::is_folder;
use crate::io::folder;

/// A folder.
pub const STORE: Store = Store {
    form: "a folder",
    holds: |reference| local(reference).is_some_and(|place| is_folder(&place)),
    fetch,
};

fn fetch(reference: &str) -> Result<Fetched, StoreError> {
    let mut files = folder::texts(Path::new(reference))?;
    let beside = Beside::taken_from(&mut files);
    Fetched::of(files, beside, reference)
}
