//! One file that is a result, where the user wants it: whole or not at all.
#![allow(clippy::disallowed_methods)]

use std::io::{self, Write as _};
use std::path::Path;

use super::FilesError;

/// Writes a file in one step: a reader sees the old text or the new one. It is the user's alone, as temporary files are.
///
/// # Errors
/// When the directory is not there, or the system refuses.
pub fn write_text(path: &Path, text: &str) -> Result<(), FilesError> {
    staged(path, text).map_err(|source| FilesError::Write {
        path: path.display().to_string(),
        source,
    })
}

fn staged(path: &Path, text: &str) -> io::Result<()> {
    let parent = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut file = tempfile::Builder::new()
        .prefix(".rdsproxy-gen-")
        .tempfile_in(parent)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::files::read_text;

    #[test]
    fn a_file_is_replaced_whole_and_nothing_stays_beside_it() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("account.json");
        for text in ["first\n", "second, and longer\n"] {
            write_text(&path, text).unwrap();
            assert_eq!(read_text(&path).unwrap(), text);
        }
        assert_eq!(std::fs::read_dir(&directory).unwrap().count(), 1);
        let error = write_text(&directory.path().join("no/such.json"), "").unwrap_err();
        assert!(error.to_string().starts_with("cannot write "), "{error}");
    }
}
