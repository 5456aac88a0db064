//! Reads all texts of a folder that may be untrusted: with limits, and without following links. Interpreting them is up
//! to the caller.

use std::collections::BTreeMap;
use std::path::Path;

use thiserror::Error;

use super::confined::{ConfinedFolder, FileKind, Links};

/// The maximum number of files in a folder. Our own limit: a pack with fifty samples for two targets has a few hundred.
const FILES: usize = 4096;

/// The maximum number of bytes in all files together.
const BYTES: usize = 32 * 1024 * 1024;

/// The maximum depth of nested folders.
const DEPTH: usize = 8;

/// The reason a folder is refused.
#[derive(Debug, Error)]
#[error("{path}: {why}")]
pub struct FolderError {
    /// The path of the file or folder.
    pub path: String,
    /// A description of what is wrong with it.
    pub why: String,
}

/// Returns the files below a folder, keyed by their relative paths with `/`. Names that begin with `.` belong to git or
/// to an editor and are left out.
///
/// # Errors
/// If an entry is neither a file nor a folder, a text is not UTF-8, a limit is exceeded, or the system refuses access.
pub fn texts(root: &Path) -> Result<BTreeMap<String, String>, FolderError> {
    let mut taken = TakenNames::default();
    let folder = ConfinedFolder::open(root).map_err(|error| refused(root, error))?;
    taken.folder(&folder, (root, ""), DEPTH)?;
    Ok(taken.texts)
}

#[derive(Default)]
struct TakenNames {
    texts: BTreeMap<String, String>,
    bytes: usize,
}

impl TakenNames {
    fn folder(
        &mut self,
        folder: &ConfinedFolder,
        (path, prefix): (&Path, &str),
        depth: usize,
    ) -> Result<(), FolderError> {
        if depth == 0 {
            return Err(refused(path, "folders stand too deep in each other"));
        }
        let names = folder.names().map_err(|error| refused(path, error))?;
        for (name, kind) in names {
            let path = path.join(&name);
            let name = name
                .to_str()
                .ok_or_else(|| refused(&path, "the name is not UTF-8"))?;
            if name.starts_with('.') {
                continue;
            }
            let relative = format!("{prefix}{name}");
            let name = Path::new(name);
            match kind {
                FileKind::Folder => {
                    let inner = folder.inner(name).map_err(|error| refused(&path, error))?;
                    self.folder(&inner, (&path, &format!("{relative}/")), depth - 1)?;
                }
                FileKind::File => self.file(folder, (&path, name), relative)?,
                FileKind::Link | FileKind::Other => {
                    return Err(refused(
                        &path,
                        "neither a file nor a folder: links and devices are not followed",
                    ));
                }
            }
        }
        Ok(())
    }

    fn file(
        &mut self,
        folder: &ConfinedFolder,
        (path, name): (&Path, &Path),
        relative: String,
    ) -> Result<(), FolderError> {
        if self.texts.len() == FILES {
            return Err(refused(path, format!("more than {FILES} files")));
        }
        let bytes = folder
            .read(name, (BYTES - self.bytes) as u64, Links::Refused)
            .map_err(|error| refused(path, error))?;
        let text = String::from_utf8(bytes).map_err(|_| refused(path, "not UTF-8 text"))?;
        self.bytes += text.len();
        self.texts.insert(relative, text);
        Ok(())
    }
}

fn refused(path: &Path, why: impl ToString) -> FolderError {
    FolderError {
        path: path.display().to_string(),
        why: why.to_string(),
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_is_no_text_of_this_folder_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir_all(root.join("a/b")).unwrap();
        fs::write(root.join("a/b/c.txt"), "c").unwrap();
        fs::write(root.join(".hidden"), [0xff]).unwrap();
        assert_eq!(
            texts(root).unwrap(),
            [("a/b/c.txt".to_owned(), "c".to_owned())].into()
        );
        fs::write(root.join("x"), [0xff]).unwrap();
        assert!(texts(root).unwrap_err().to_string().contains("UTF-8"));
        fs::remove_file(root.join("x")).unwrap();
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("/etc/hostname", root.join("x")).unwrap();
            assert!(
                texts(root)
                    .unwrap_err()
                    .to_string()
                    .contains("not followed")
            );
            fs::remove_file(root.join("x")).unwrap();
        }
        fs::create_dir_all(root.join("1/2/3/4/5/6/7/8")).unwrap();
        assert!(texts(root).unwrap_err().to_string().contains("too deep"));
    }
}
