//! What git ignores, by the `.gitignore` files between the boundary and each folder. They may have come with somebody else's code: each is
//! read within the boundary and within a bound, and one that is not read ignores nothing.
//!
//! What one user ignores in a clone (`.git/info/exclude`, the global file, the files of other tools) does not decide what is audited.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::Told;
use crate::io::boundary::{Boundary, Found, name};

const FILE: &str = ".gitignore";

/// How much is read of all of them, in bytes. Ours: those of large repositories have some kilobytes, and a pattern takes hundreds of times
/// its own size in memory.
const MOST: usize = 512 * 1024;

/// The rules of all folders that were seen.
pub(super) struct Ignored<'b> {
    boundary: &'b Boundary,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    folders: HashMap<PathBuf, Arc<Rules>>,
    told: Told,
    /// Bytes that were read.
    read: usize,
}

/// What stands in a folder, and in those around it.
struct Rules {
    own: Option<Gitignore>,
    around: Option<Arc<Self>>,
}

impl<'b> Ignored<'b> {
    pub(super) fn within(boundary: &'b Boundary) -> Self {
        Self {
            boundary,
            seen: Mutex::default(),
        }
    }

    /// Whether git ignores something by its absolute path.
    pub(super) fn holds(&self, path: &Path, is_folder: bool) -> bool {
        let folder = path.parent();
        let mut rules = folder.and_then(|folder| {
            // A thread that panicked leaves what it had found.
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            self.rules(&mut seen, folder)
        });
        while let Some(these) = rules {
            let own = these.own.as_ref();
            match own.map_or(Match::None, |own| own.matched(path, is_folder)) {
                Match::Ignore(_) => return true,
                Match::Whitelist(_) => return false,
                Match::None => rules = these.around.clone(),
            }
        }
        false
    }

    /// What was not read, and why.
    pub(super) fn told(self) -> Told {
        let seen = self.seen.into_inner();
        seen.unwrap_or_else(PoisonError::into_inner).told
    }

    /// None outside of the boundary.
    fn rules(&self, seen: &mut Seen, folder: &Path) -> Option<Arc<Rules>> {
        // From the outermost folder that is not known yet: a path may be thousands of folders deep.
        let inside = |folder: &&Path| self.boundary.holds(folder);
        let unknown: Vec<&Path> = folder
            .ancestors()
            .take_while(inside)
            .take_while(|folder| !seen.folders.contains_key(*folder))
            .collect();
        for folder in unknown.into_iter().rev() {
            let around = folder
                .parent()
                .and_then(|around| seen.folders.get(around).cloned());
            let own = self.read(seen, folder);
            let rules = Arc::new(Rules { own, around });
            seen.folders.insert(folder.to_owned(), rules);
        }
        seen.folders.get(folder).cloned()
    }

    fn read(&self, seen: &mut Seen, folder: &Path) -> Option<Gitignore> {
        let path = folder.join(FILE);
        // git does not follow a link in its place either. Source: gitignore, "NOTES".
        if path.is_symlink() {
            return None;
        }
        let name = name(&path);
        let left = MOST.saturating_sub(seen.read);
        let reason = match self.boundary.text(&name, left as u64) {
            Found::Absent => return None,
            Found::Here(text) => {
                seen.read += text.len();
                let mut rules = GitignoreBuilder::new(folder);
                for line in text.lines() {
                    // git passes over what is no pattern.
                    let _ = rules.add_line(None, line);
                }
                match rules.build() {
                    Ok(rules) => return Some(rules),
                    Err(error) => error.to_string(),
                }
            }
            Found::Outside => self.boundary.refusal(),
            Found::Unreadable(reason) => reason,
        };
        let reason = format!("{reason}: what it ignores is read");
        seen.told.push((name, reason));
        None
    }
}
