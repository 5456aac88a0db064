//! Finds the files below the paths: respects gitignore, and skips hidden folders and links to folders. Opens none of
//! the files.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc;

use ignore::{DirEntry, WalkBuilder, WalkState};

use super::ignored::Ignored;
use super::{FileNameKind, Told, WalkError, name};
use crate::io::boundary::Boundary;
use crate::io::parallel;
use crate::language::terraform;

/// The files of known kinds, each listed once and in order.
#[derive(Debug, Default)]
pub(super) struct FoundFiles {
    /// The files of each folder with Terraform code, by folder.
    pub(super) folders: BTreeMap<String, Vec<String>>,
    /// The files that can be templates, plans or states.
    pub(super) data: Vec<String>,
    /// The files with values of variables.
    pub(super) values: Vec<String>,
    /// The files that are code or of an unsupported format.
    pub(super) unreadable: Vec<String>,
    /// The total number of files, including those that are read only if a module refers to them.
    pub(super) count: usize,
    /// The files among them that are links.
    pub(super) links: BTreeSet<String>,
}

/// The report on one entry: the name of a file, and true if it is a link; else the name and the reason why it is not
/// read.
type Word = Result<(String, bool), (String, String)>;

/// Finds the files below the paths.
pub(super) fn found(
    paths: &[PathBuf],
    boundary: &Boundary,
    told: &mut Told,
) -> Result<FoundFiles, WalkError> {
    let ignored = Ignored::within(boundary);
    // The same file under two names (`x`, `./x`) is one file.
    let mut names = BTreeSet::new();
    let mut links = BTreeSet::new();
    for path in paths {
        let whole = fs::canonicalize(path).map_err(|source| WalkError {
            path: path.display().to_string(),
            source,
        })?;
        for word in below(path, &whole, &ignored) {
            match word {
                Ok((name, false)) => drop(names.insert(name)),
                Ok((name, true)) => drop(links.insert(name)),
                Err(problem) => told.push(problem),
            }
        }
    }
    told.extend(ignored.summary());
    names.extend(
        links
            .iter()
            .filter(|link| is_of_its_own(link, paths))
            .cloned(),
    );
    Ok(FoundFiles {
        links,
        ..sorted(names)
    })
}

/// True if a link counts as a file of its own. Terraform reads a link as a file of its folder. A link to a template
/// does not count if the template is found under its own name.
fn is_of_its_own(link: &str, paths: &[PathBuf]) -> bool {
    if matches!(
        FileNameKind::new(link),
        Some(FileNameKind::Module | FileNameKind::Values)
    ) {
        return true;
    }
    let Ok(target) = fs::canonicalize(link) else {
        return false;
    };
    let mut named = paths.iter().filter_map(|path| fs::canonicalize(path).ok());
    target.is_file() && !named.any(|path| target.starts_with(path))
}

fn sorted(names: BTreeSet<String>) -> FoundFiles {
    let mut found = FoundFiles {
        count: names.len(),
        ..FoundFiles::default()
    };
    for name in names {
        match FileNameKind::new(&name) {
            Some(FileNameKind::Module) => {
                let folder = terraform::folder_of(&name);
                found.folders.entry(folder).or_default().push(name);
            }
            Some(FileNameKind::Data) => found.data.push(name),
            Some(FileNameKind::Unreadable) if name.contains("node_modules/") => {}
            Some(FileNameKind::Unreadable) => found.unreadable.push(name),
            Some(FileNameKind::Values) => found.values.push(name),
            None => {}
        }
    }
    found
}

/// Lists what is below one path, in no particular order. `whole` is the canonical form of the path.
fn below(path: &Path, whole: &Path, ignored: &Ignored<'_>) -> Vec<Word> {
    let (sender, words) = mpsc::channel();
    let walker = WalkBuilder::new(path)
        .ignore(false)
        .git_ignore(false)
        .git_exclude(false)
        .git_global(false)
        .parents(false)
        .follow_links(false)
        .threads(parallel::threads(usize::MAX))
        .build_parallel();
    walker.run(|| {
        let sender = sender.clone();
        let mut look = ignored.look();
        let mut is_ignored = move |entry: &DirEntry| {
            let rest = entry.path().strip_prefix(path);
            entry.depth() > 0
                && rest.is_ok_and(|rest| look.holds(&whole.join(rest), is_folder(entry)))
        };
        Box::new(move |entry| {
            let word = match entry {
                // The name is enough to reject most files.
                Ok(entry) => match taken(&entry) {
                    None if !is_folder(&entry) => None,
                    _ if is_ignored(&entry) => return WalkState::Skip,
                    taken => taken,
                },
                Err(error) => Some(Err((name(path), error.to_string()))),
            };
            // The receiver is gone only if the whole search has ended.
            match word.map_or(Ok(()), |word| sender.send(word)) {
                Ok(()) => WalkState::Continue,
                Err(_) => WalkState::Quit,
            }
        })
    });
    drop(sender);
    words.into_iter().collect()
}

fn is_folder(entry: &DirEntry) -> bool {
    entry.file_type().is_some_and(|kind| kind.is_dir())
}

fn taken(entry: &DirEntry) -> Option<Word> {
    let named_by_user = entry.depth() == 0;
    let is_link = !named_by_user && entry.path_is_symlink();
    let is_file = if named_by_user {
        entry.path().is_file()
    } else {
        entry.file_type().is_some_and(|kind| kind.is_file())
    };
    if named_by_user && !is_file && !entry.path().is_dir() {
        let reason = "neither a file nor a folder".to_owned();
        return Some(Err((name(entry.path()), reason)));
    }
    // Most files are of no known kind and need no further checks.
    if !(is_file || is_link)
        || (!named_by_user && FileNameKind::new(&entry.file_name().to_string_lossy()).is_none())
    {
        return None;
    }
    let name = name(entry.path());
    Some(match FileNameKind::new(&name) {
        Some(_) => Ok((name, is_link)),
        None => Err((name, FileNameKind::unknown())),
    })
}
