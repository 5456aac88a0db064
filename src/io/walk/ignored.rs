//! Determines what git ignores, by the `.gitignore` files between the boundary and each folder. They may be untrusted:
//! each is read within the boundary and within a size limit. One that cannot be read ignores nothing.
//!
//! Personal exclusions in a clone (`.git/info/exclude`, the global file, the files of other tools) do not affect what
//! is audited.

use std::collections::HashMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::Told;
use crate::io::boundary::{Boundary, PathContent, name};

const FILE: &str = ".gitignore";

/// The maximum number of bytes read from all of them. Our own limit: those of large repositories have a few kilobytes,
/// and a pattern takes hundreds of times its own size in memory.
const MOST: usize = 512 * 1024;

/// The rules of all folders seen so far.
pub(super) struct Ignored<'b> {
    boundary: &'b Boundary,
    folders: RwLock<HashMap<PathBuf, Arc<IgnoreRules>>>,
    told: Mutex<Told>,
    /// The number of bytes read so far.
    read: AtomicUsize,
}

/// The lookup of one thread. It remembers the last folder because consecutive files are mostly in the same one.
pub(super) struct IgnoreLookup<'i, 'b> {
    all: &'i Ignored<'b>,
    last: Option<(PathBuf, Option<Arc<IgnoreRules>>)>,
}

/// The rules of a folder, and those of the folders around it.
struct IgnoreRules {
    own: Option<Gitignore>,
    around: Option<Arc<Self>>,
}

impl<'b> Ignored<'b> {
    pub(super) fn within(boundary: &'b Boundary) -> Self {
        Self {
            boundary,
            folders: RwLock::default(),
            told: Mutex::default(),
            read: AtomicUsize::new(0),
        }
    }

    /// Creates a lookup for one thread.
    pub(super) fn look(&self) -> IgnoreLookup<'_, 'b> {
        IgnoreLookup {
            all: self,
            last: None,
        }
    }

    /// Returns the files that were not read, with the reasons.
    pub(super) fn summary(self) -> Told {
        // A thread that panicked leaves the results found so far.
        let told = self.told.into_inner();
        told.unwrap_or_else(PoisonError::into_inner)
    }

    fn known(&self, folder: &Path) -> Option<Arc<IgnoreRules>> {
        let folders = self.folders.read();
        let folders = folders.unwrap_or_else(PoisonError::into_inner);
        folders.get(folder).cloned()
    }

    /// Returns the rules of a folder, or `None` outside the boundary.
    fn rules(&self, folder: &Path) -> Option<Arc<IgnoreRules>> {
        // Start with the outermost unknown folder: a path may be thousands of folders deep, so avoid recursion.
        let mut unknown = Vec::new();
        let mut rules = None;
        for folder in folder.ancestors() {
            if !self.boundary.holds(folder) {
                break;
            }
            rules = self.known(folder);
            if rules.is_some() {
                break;
            }
            unknown.push(folder);
        }
        for folder in unknown.into_iter().rev() {
            rules = Some(self.learn(folder, rules));
        }
        rules
    }

    /// Reads the rules of a folder. If another thread was faster, its rules are used.
    fn learn(&self, folder: &Path, around: Option<Arc<IgnoreRules>>) -> Arc<IgnoreRules> {
        let (own, problem) = match self.read(folder) {
            Ok(own) => (own, None),
            Err(problem) => (None, Some(problem)),
        };
        let folders = self.folders.write();
        let mut folders = folders.unwrap_or_else(PoisonError::into_inner);
        if let Some(rules) = folders.get(folder) {
            return Arc::clone(rules);
        }
        let told = self.told.lock();
        told.unwrap_or_else(PoisonError::into_inner).extend(problem);
        let rules = Arc::new(IgnoreRules { own, around });
        folders.insert(folder.to_owned(), Arc::clone(&rules));
        rules
    }

    fn read(&self, folder: &Path) -> Result<Option<Gitignore>, (String, String)> {
        let path = folder.join(FILE);
        match path.symlink_metadata() {
            // Most folders have none. This check is cheaper than opening the file.
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            // git does not follow a link here either. Source: gitignore, "NOTES".
            Ok(found) if found.is_symlink() => return Ok(None),
            _ => {}
        }
        let name = name(&path);
        let left = MOST.saturating_sub(self.read.load(Ordering::Relaxed));
        let reason = match self.boundary.text(&name, left as u64) {
            PathContent::Absent => return Ok(None),
            PathContent::Here(text) => {
                self.read.fetch_add(text.len(), Ordering::Relaxed);
                let mut rules = GitignoreBuilder::new(folder);
                for line in text.lines() {
                    // git skips lines that are not valid patterns.
                    let _ = rules.add_line(None, line);
                }
                match rules.build() {
                    Ok(rules) => return Ok(Some(rules)),
                    Err(error) => error.to_string(),
                }
            }
            PathContent::Outside => self.boundary.refusal(),
            PathContent::Unreadable(reason) => reason,
        };
        Err((name, format!("{reason}: what it ignores is read")))
    }
}

impl IgnoreLookup<'_, '_> {
    /// True if git ignores the file or folder with this absolute path.
    pub(super) fn holds(&mut self, path: &Path, is_folder: bool) -> bool {
        let Some(folder) = path.parent() else {
            return false;
        };
        let last = self.last.take().filter(|(last, _)| last == folder);
        let (_, rules) = self.last.insert(last.unwrap_or_else(|| {
            let rules = self.all.rules(folder);
            (folder.to_owned(), rules)
        }));
        let mut rules = rules.as_deref();
        while let Some(these) = rules {
            let own = these.own.as_ref();
            match own.map_or(Match::None, |own| own.matched(path, is_folder)) {
                Match::Ignore(_) => return true,
                Match::Whitelist(_) => return false,
                Match::None => rules = these.around.as_deref(),
            }
        }
        false
    }
}
