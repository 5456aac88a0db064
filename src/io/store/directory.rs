//! Packs in a folder on this machine, with the signature and the list of yanked versions inside.

use std::path::Path;

use super::{Fetched, Means, PackSiblings, Store, StoreError};
use crate::domain::pack::Reference;
use crate::io::files::is_folder;
use crate::io::folder;

/// The store for local folders.
pub const STORE: Store = Store {
    form: "a folder",
    holds: |reference| matches!(reference, Reference::Local(path) if is_folder(Path::new(path))),
    fetch,
    list: None,
    publish: None,
};

fn fetch(reference: &Reference, _: &Means) -> Result<Fetched, StoreError> {
    let place = reference.to_string();
    let mut files = folder::texts(Path::new(&place))?;
    let beside = PackSiblings::taken_from(&mut files);
    Fetched::new(files, beside, &place)
}
