//! Reads one file, within limits. Decides nothing.

use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The largest file that is read, in bytes. AWS takes templates of up to 1 MB ("AWS CloudFormation quotas"); nobody writes a
/// Terraform file of that size by hand.
pub(super) const MAX_BYTES: u64 = 8 * 1024 * 1024;

/// Never reads more than the limit, whatever the file's size claims to be.
pub(super) fn bytes(path: &Path) -> Result<Vec<u8>, String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let size = file.metadata().map_or(0, |about| about.len());
    if size > MAX_BYTES {
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default() + 1);
    file.take(MAX_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| error.to_string())?;
    match bytes.len() as u64 > MAX_BYTES {
        true => Err(too_large()),
        false => Ok(bytes),
    }
}

fn too_large() -> String {
    format!("larger than {} MiB", MAX_BYTES / 1024 / 1024)
}

/// The bytes as text.
pub(super) fn decoded(bytes: Vec<u8>) -> Result<String, String> {
    let mut text = String::from_utf8(bytes).map_err(|_| "not UTF-8 text".to_owned())?;
    // A byte order mark is no part of the text, and would shift the columns of its first line.
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
    }
    Ok(text)
}

/// The text of one file.
pub(super) fn text(path: &Path) -> Result<String, String> {
    decoded(bytes(path)?)
}
