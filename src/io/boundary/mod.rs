//! Limits which files are followed from untrusted code: a module's source, `file("…")`, an include, a link. Whatever
//! leads out of the boundary is never opened, and is reported.
#![allow(clippy::disallowed_methods)]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{env, fs, io};

use thiserror::Error;

use super::confined::{ConfinedFolder, FileKind, Links, is_absent, leads_out};
use crate::language::terraform;
use crate::language::terraform::RepositoryRoot;

/// The reason a boundary cannot be set around a path.
#[derive(Debug, Error)]
pub enum BoundaryError {
    /// The path cannot be inspected.
    #[error("cannot read {path}")]
    Read {
        /// The path as the user named it.
        path: String,
        /// The error of the system.
        source: io::Error,
    },
    /// The path is not inside the folder that `--root` names.
    #[error("{path} is not inside of {root}, which --root names")]
    Outside {
        /// The path as the user named it.
        path: String,
        /// The root as the user named it.
        root: String,
    },
}

/// The result of looking at a path.
#[derive(Debug)]
pub enum PathContent<T> {
    /// The content at the path.
    Here(T),
    /// The path does not exist.
    Absent,
    /// The path leads out of the boundary. It is not opened, and need not exist.
    Outside,
    /// The content cannot be read, for this reason.
    Unreadable(String),
}

impl<T> PathContent<T> {
    /// Returns the content, if there is any.
    pub fn here(self) -> Option<T> {
        match self {
            Self::Here(found) => Some(found),
            Self::Absent | Self::Outside | Self::Unreadable(_) => None,
        }
    }
}

/// The limits for reading, from the paths that the user named.
#[derive(Clone, Debug)]
pub struct Boundary {
    places: Vec<GivenPath>,
}

/// A path that the user named, and the enclosing folder that reading does not leave.
#[derive(Clone, Debug)]
struct GivenPath {
    /// The folder that the user named, or that of the file. The names of files begin with it.
    named: String,
    /// The path from the enclosing folder to the named folder.
    way: PathBuf,
    folder: Arc<ConfinedFolder>,
    /// The canonical path of the enclosing folder.
    path: PathBuf,
}

impl Boundary {
    /// Sets the boundary for each of the paths: the root folder if the user named one, else the repository that
    /// contains the path, else the path itself.
    ///
    /// # Errors
    /// If a path does not exist, or is not inside the root.
    pub fn around(paths: &[PathBuf], root: Option<&Path>) -> Result<Self, BoundaryError> {
        let places = paths.iter().map(|path| GivenPath::new(path, root));
        let places = places.collect::<Result<_, _>>()?;
        Ok(Self { places })
    }

    /// Returns the enclosing folders, for messages.
    pub fn roots(&self) -> Vec<String> {
        let mut roots: Vec<String> = self
            .places
            .iter()
            .map(|place| place.path.display().to_string())
            .collect();
        roots.sort();
        roots.dedup();
        roots
    }

    /// True if a folder, given by its canonical path, is inside the boundary.
    pub fn holds(&self, folder: &Path) -> bool {
        self.places
            .iter()
            .any(|place| folder.starts_with(&place.path))
    }

    /// Returns the location of the folder that encloses a file or folder of this name, relative to names.
    pub fn repository_root(&self, name: &str) -> RepositoryRoot {
        let mut places = self.places.iter();
        let place = places.find(|place| rest(name, &place.named).is_some());
        place
            .or(self.places.first())
            .map(GivenPath::repository_root)
            .unwrap_or_default()
    }

    /// Reads a file of at most `most` bytes. Its name is relative to the working directory.
    pub fn read(&self, name: &str, most: u64) -> PathContent<Vec<u8>> {
        self.found(name, |folder, way| folder.read(way, most, Links::Within))
    }

    /// Reads a text in the same way. A byte order mark is removed because it would shift the columns of the first line.
    pub fn text(&self, name: &str, most: u64) -> PathContent<String> {
        match self.read(name, most) {
            PathContent::Here(bytes) => match decoded(bytes) {
                Ok(text) => PathContent::Here(text),
                Err(reason) => PathContent::Unreadable(reason),
            },
            PathContent::Absent => PathContent::Absent,
            PathContent::Outside => PathContent::Outside,
            PathContent::Unreadable(reason) => PathContent::Unreadable(reason),
        }
    }

    /// Returns the message for a path that leads out of the boundary.
    pub fn refusal(&self) -> String {
        format!(
            "leads out of {}, and was not read: --root names how far files are followed",
            self.roots().join(" and ")
        )
    }

    /// Returns the names of the files in a folder, sorted. Bytes that are not UTF-8 are replaced. Links are included;
    /// their targets are checked when they are read.
    pub fn files(&self, name: &str) -> PathContent<Vec<String>> {
        self.found(name, |folder, way| {
            let names = folder.below(way)?.names()?;
            let files = names
                .into_iter()
                .filter(|(_, kind)| matches!(kind, FileKind::File | FileKind::Link));
            let names = files.map(|(name, _)| name.to_string_lossy().into_owned());
            Ok(names.collect())
        })
    }

    fn found<T>(
        &self,
        name: &str,
        look: impl Fn(&ConfinedFolder, &Path) -> io::Result<T>,
    ) -> PathContent<T> {
        let below = self.places.iter().filter_map(|place| {
            let rest = rest(name, &place.named)?;
            Some((place, place.way.join(rest)))
        });
        for (place, way) in below {
            match look(&place.folder, &way) {
                Ok(found) => return PathContent::Here(found),
                Err(error) if is_absent(&error) => return PathContent::Absent,
                // A link with an absolute target may still lead to a place inside.
                Err(error) if leads_out(&error) => {}
                Err(error) => return PathContent::Unreadable(error.to_string()),
            }
        }
        self.resolved(name, look)
    }

    /// Looks at the canonical path of a name. The confined folder checks again on opening that it is inside, because
    /// the path may have changed by then.
    fn resolved<T>(
        &self,
        name: &str,
        look: impl Fn(&ConfinedFolder, &Path) -> io::Result<T>,
    ) -> PathContent<T> {
        let path = match fs::canonicalize(Path::new(if name.is_empty() { "." } else { name })) {
            Ok(path) => path,
            Err(error) if is_absent(&error) => return PathContent::Absent,
            Err(error) => return PathContent::Unreadable(error.to_string()),
        };
        let inside = self
            .places
            .iter()
            .find_map(|place| Some((place, path.strip_prefix(&place.path).ok()?)));
        let Some((place, way)) = inside else {
            return PathContent::Outside;
        };
        match look(&place.folder, way) {
            Ok(found) => PathContent::Here(found),
            Err(error) if is_absent(&error) => PathContent::Absent,
            Err(error) if leads_out(&error) => PathContent::Outside,
            Err(error) => PathContent::Unreadable(error.to_string()),
        }
    }
}

impl GivenPath {
    fn repository_root(&self) -> RepositoryRoot {
        let here = fs::canonicalize(".").ok();
        let here = here
            .as_deref()
            .and_then(|here| here.strip_prefix(&self.path).ok());
        match here {
            Some(way) if !self.named.starts_with(['/', '.']) => RepositoryRoot::Around(name(way)),
            _ => {
                let up = "../".repeat(self.way.components().count());
                RepositoryRoot::At(terraform::normal(&format!("{}/{up}", self.named)))
            }
        }
    }

    fn new(path: &Path, root: Option<&Path>) -> Result<Self, BoundaryError> {
        let refused = |source| BoundaryError::Read {
            path: path.display().to_string(),
            source,
        };
        let about = fs::metadata(path).map_err(refused)?;
        let named = if about.is_dir() {
            path
        } else {
            path.parent().unwrap_or(Path::new(""))
        };
        let here = if named.as_os_str().is_empty() {
            Path::new(".")
        } else {
            named
        };
        let place = fs::canonicalize(here).map_err(refused)?;
        let around = match root {
            Some(root) => fs::canonicalize(root).map_err(|source| BoundaryError::Read {
                path: root.display().to_string(),
                source,
            })?,
            None => repository(&place).unwrap_or_else(|| place.clone()),
        };
        let way = place.strip_prefix(&around).map(Path::to_owned);
        let way = way.map_err(|_| BoundaryError::Outside {
            path: path.display().to_string(),
            root: root.unwrap_or(&around).display().to_string(),
        })?;
        Ok(Self {
            named: name(named),
            way,
            folder: Arc::new(ConfinedFolder::open(&around).map_err(refused)?),
            path: around,
        })
    }
}

/// Returns a path as the user named it, with `/` between folders and without `./`.
pub fn name(path: &Path) -> String {
    terraform::normal(
        &path
            .to_string_lossy()
            .replace(std::path::MAIN_SEPARATOR, "/"),
    )
}

/// Decodes UTF-8 and removes a byte order mark.
pub fn decoded(bytes: Vec<u8>) -> Result<String, String> {
    let mut text = String::from_utf8(bytes).map_err(|_| "not UTF-8 text".to_owned())?;
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
    }
    Ok(text)
}

/// Returns the nearest folder above a place that is a git repository. A home folder is excluded: keeping its settings
/// in git does not make all of it part of a project.
fn repository(place: &Path) -> Option<PathBuf> {
    let home = env::home_dir().and_then(|home| fs::canonicalize(home).ok());
    let is_kept = |folder: &&Path| fs::symlink_metadata(folder.join(".git")).is_ok();
    let nearest = place.ancestors().find(is_kept)?;
    (home.as_deref() != Some(nearest)).then(|| nearest.to_owned())
}

/// Returns the rest of a name below a folder, or `None` if the name leads elsewhere.
fn rest<'n>(name: &'n str, folder: &str) -> Option<&'n str> {
    let rest = match folder {
        "" if name.starts_with('/') => return None,
        "" => name,
        folder => {
            let rest = name.strip_prefix(folder)?;
            match rest.strip_prefix('/') {
                Some(rest) => rest,
                None if rest.is_empty() || folder.ends_with('/') => rest,
                None => return None,
            }
        }
    };
    let leads_up = rest.split('/').any(|part| part == "..");
    (!leads_up).then_some(rest)
}

#[cfg(test)]
mod tests;
