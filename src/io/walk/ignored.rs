//! What git ignores, by the `.gitignore` files between the boundary and each folder. They may have come with somebody else's code: each is
//! read within the boundary and within a bound, and one that is not read ignores nothing.
//!
//! What one user ignores in a clone (`.git/info/exclude`, the global file, the files of other tools) does not decide what is audited.

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

/// How much is read of all of them, in bytes. Ours: those of large repositories have some kilobytes, and a pattern takes hundreds of times
/// its own size in memory.
const MOST: usize = 512 * 1024;

/// The rules of all folders that were seen.
pub(super) struct Ignored<'b> {
    boundary: &'b Boundary,
    folders: RwLock<HashMap<PathBuf, Arc<IgnoreRules>>>,
    told: Mutex<Told>,
    /// Bytes that were read.
    read: AtomicUsize,
}

/// What one thread knows of them: most files lie beside the one before.
pub(super) struct IgnoreLookup<'i, 'b> {
    all: &'i Ignored<'b>,
    last: Option<(PathBuf, Option<Arc<IgnoreRules>>)>,
}

/// What stands in a folder, and in those around it.
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

    /// For one thread.
    pub(super) fn look(&self) -> IgnoreLookup<'_, 'b> {
        IgnoreLookup {
            all: self,
            last: None,
        }
    }

    /// What was not read, and why.
    pub(super) fn told(self) -> Told {
        // A thread that panicked leaves what it had found.
        let told = self.told.into_inner();
        told.unwrap_or_else(PoisonError::into_inner)
    }

    fn known(&self, folder: &Path) -> Option<Arc<IgnoreRules>> {
        let folders = self.folders.read();
        let folders = folders.unwrap_or_else(PoisonError::into_inner);
        folders.get(folder).cloned()
    }

    /// None outside of the boundary.
    fn rules(&self, folder: &Path) -> Option<Arc<IgnoreRules>> {
        // From the outermost folder that is not known yet: a path may be thousands of folders deep.
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

    /// Reads the rules of a folder. Where another thread was faster, its rules count.
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
            // Most folders have none: that is seen sooner than by opening it.
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            // git does not follow a link in its place either. Source: gitignore, "NOTES".
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
                    // git passes over what is no pattern.
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
    /// Whether git ignores something by its absolute path.
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
