//! Reads all texts of a folder that may be untrusted: with limits, and without following links. Interpreting them is up
//! to the caller.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

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
    let whole = VisitedFolder {
        opened: ConfinedFolder::open(root).map_err(|error| refused(root, error))?,
        path: root.to_owned(),
        prefix: String::new(),
    };
    let mut taken = TakenNames::default();
    taken.folder(&whole, DEPTH)?;
    Ok(taken.texts)
}

/// A folder whose texts are read.
struct VisitedFolder {
    opened: ConfinedFolder,
    /// The path for messages.
    path: PathBuf,
    /// The beginning of the relative paths of its files: empty, or with `/` at its end.
    prefix: String,
}

#[derive(Default)]
struct TakenNames {
    texts: BTreeMap<String, String>,
    bytes: usize,
}

impl TakenNames {
    fn folder(&mut self, folder: &VisitedFolder, depth: usize) -> Result<(), FolderError> {
        if depth == 0 {
            return Err(refused(&folder.path, "the folders are nested too deeply"));
        }
        let names = folder.opened.names();
        let names = names.map_err(|error| refused(&folder.path, error))?;
        for (name, kind) in names {
            let path = folder.path.join(&name);
            let name = name
                .to_str()
                .ok_or_else(|| refused(&path, "the name is not UTF-8"))?;
            if name.starts_with('.') {
                continue;
            }
            match kind {
                FileKind::Folder => {
                    let opened = folder.opened.inner(Path::new(name));
                    let inner = VisitedFolder {
                        opened: opened.map_err(|error| refused(&path, error))?,
                        path,
                        prefix: format!("{}{name}/", folder.prefix),
                    };
                    self.folder(&inner, depth - 1)?;
                }
                FileKind::File => self.file(folder, name)?,
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

    fn file(&mut self, folder: &VisitedFolder, name: &str) -> Result<(), FolderError> {
        let path = folder.path.join(name);
        if self.texts.len() == FILES {
            return Err(refused(&path, format!("more than {FILES} files")));
        }
        let bytes = folder
            .opened
            .read(Path::new(name), (BYTES - self.bytes) as u64, Links::Refused)
            .map_err(|error| refused(&path, error))?;
        let text = String::from_utf8(bytes).map_err(|_| refused(&path, "not UTF-8 text"))?;
        self.bytes += text.len();
        self.texts.insert(format!("{}{name}", folder.prefix), text);
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
