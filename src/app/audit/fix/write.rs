//! Writes the fixed files, either all of them or none.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::Repairs;
use crate::app::CommandError;
use crate::io::files::{self, DirectoryChange, ExistingFile, FilesError, existing};
use crate::io::walk;

impl Repairs {
    /// Writes all files or none: those below one path in one change, and the paths one after the other.
    pub(in crate::app::audit) fn write(&self, paths: &[PathBuf]) -> Result<(), CommandError> {
        let mut changes: BTreeMap<PathBuf, (DirectoryChange, DirectoryChange)> = BTreeMap::new();
        for (file, (before, after)) in &self.files {
            let (root, name) = place(file, paths);
            let mark = mark_of(file, before, existing(&root, &name))?;
            let (forth, back) = changes.entry(root).or_default();
            forth.write.insert(name.clone(), format!("{mark}{after}"));
            back.write.insert(name, format!("{mark}{before}"));
        }
        let mut written: Vec<(&PathBuf, &DirectoryChange)> = Vec::new();
        for (root, (forth, back)) in &changes {
            if let Err(error) = files::apply(root, forth) {
                for (root, back) in written {
                    files::apply(root, back).map_err(CommandError::environment)?;
                }
                return Err(CommandError::environment(error));
            }
            written.push((root, back));
        }
        Ok(())
    }
}

/// Completes a write that an earlier run had decided on, before anything is read.
pub(in crate::app::audit) fn complete_earlier(paths: &[PathBuf]) -> Result<(), CommandError> {
    for path in paths {
        let completed = match files::recover(path) {
            Err(FilesError::NotAFile { .. }) => files::recover(folder(path)),
            done => done,
        };
        completed.map_err(CommandError::environment)?;
    }
    Ok(())
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Returns the path that contains a file, and the name of the file relative to it.
fn place(file: &str, paths: &[PathBuf]) -> (PathBuf, String) {
    let below = paths.iter().find_map(|path| {
        let name = walk::name(path);
        let rest = match name.as_str() {
            "" => file,
            name => file.strip_prefix(name)?.strip_prefix('/')?,
        };
        Some((path.clone(), rest.to_owned()))
    });
    below.unwrap_or_else(|| {
        let name = file.rsplit('/').next().unwrap_or(file);
        (folder(Path::new(file)).to_owned(), name.to_owned())
    })
}

/// Returns the byte order mark of a file, which is not part of its text. Refuses files that changed since they were
/// read.
fn mark_of(file: &str, before: &str, there: ExistingFile) -> Result<&'static str, CommandError> {
    if let ExistingFile::Text(there) = there {
        let (mark, text) = match there.strip_prefix('\u{feff}') {
            Some(text) => ("\u{feff}", text),
            None => ("", there.as_str()),
        };
        if text == before {
            return Ok(mark);
        }
    }
    let message = format!("{file} has changed since it was read, so that nothing was mended");
    Err(CommandError::environment(message).hint("run it again"))
}
