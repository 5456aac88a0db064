//! Packs in an archive file on this machine, with the signature beside it. Suits machines without a network.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::archive::{Bounds, untar};
use super::{Fetched, Means, PackSiblings, Store, StoreError, YankedList};
use crate::domain::pack::{Reference, YANKED_FILE, YANKED_SIGNATURE_FILE};
use crate::io::files::{FilesError, read_bytes, read_text_if_there};

/// The store for archive files.
pub const STORE: Store = Store {
    form: "an archive file",
    holds: |reference| matches!(reference, Reference::Local(_)),
    fetch,
    list: None,
    publish: None,
};

/// The maximum size of a signature or a list of yanked versions, in bytes.
pub const BESIDE_BYTES: usize = 256 * 1024;

fn fetch(reference: &Reference, _: &Means) -> Result<Fetched, StoreError> {
    let place = reference.to_string();
    let file = Path::new(&place);
    let bytes = read_bytes(file, Bounds::PACK.bytes).map_err(|error| absent(error, &place))?;
    let found = untar(&bytes, &Bounds::PACK).map_err(|why| StoreError::Archive {
        from: place.clone(),
        why,
    })?;
    Fetched::new(found, beside(file)?, &place)
}

/// Reports a missing file as an absent pack, because a mistyped name is not a fault of the disk.
fn absent(error: FilesError, reference: &str) -> StoreError {
    match &error {
        FilesError::Read { source, .. } if source.kind() == ErrorKind::NotFound => {
            StoreError::Absent(reference.to_owned())
        }
        _ => error.into(),
    }
}

/// Returns the signature of an archive file, and the list of yanked versions in its folder.
fn beside(file: &Path) -> Result<PackSiblings, FilesError> {
    let text = |path: &Path| read_text_if_there(path, BESIDE_BYTES);
    let list = text(&file.with_file_name(YANKED_FILE))?;
    Ok(PackSiblings {
        signature: text(&signature_of(file))?,
        yanked: match list {
            Some(list) => Some(YankedList {
                text: list,
                signature: text(&file.with_file_name(YANKED_SIGNATURE_FILE))?,
            }),
            None => None,
        },
    })
}

/// Returns the path of an archive file's signature. It follows the convention of Debian's `minisign`.
pub fn signature_of(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".minisig");
    PathBuf::from(name)
}
