//! How far files are followed that somebody else's code names: a module's source, `file("…")`, an include, a link. What leads out of the
//! boundary is never opened, and told.
#![allow(clippy::disallowed_methods)]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{env, fs, io};

use thiserror::Error;

use super::confined::{ConfinedFolder, FileKind, Links, is_absent, leads_out};
use crate::language::terraform;
use crate::language::terraform::RepositoryRoot;

/// Why there is no boundary around a path.
#[derive(Debug, Error)]
pub enum BoundaryError {
    /// The system does not let it be looked at.
    #[error("cannot read {path}")]
    Read {
        /// As the user named it.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// The path that the user named is not inside of the folder that `--root` names.
    #[error("{path} is not inside of {root}, which --root names")]
    Outside {
        /// As the user named it.
        path: String,
        /// As the user named it.
        root: String,
    },
}

/// What is found at a path.
#[derive(Debug)]
pub enum PathContent<T> {
    /// This.
    Here(T),
    /// Nothing.
    Absent,
    /// Something outside of the boundary, or nothing: that is not looked at.
    Outside,
    /// What cannot be read, and why.
    Unreadable(String),
}

impl<T> PathContent<T> {
    /// What is found, where it is.
    pub fn here(self) -> Option<T> {
        match self {
            Self::Here(found) => Some(found),
            Self::Absent | Self::Outside | Self::Unreadable(_) => None,
        }
    }
}

/// How far is read from the paths that a user named.
#[derive(Clone, Debug)]
pub struct Boundary {
    places: Vec<GivenPath>,
}

/// One of these paths, and the folder around it that is not left.
#[derive(Clone, Debug)]
struct GivenPath {
    /// The folder that the user named, or that of the file, as names of files begin.
    named: String,
    /// The way to it from the folder around it.
    way: PathBuf,
    folder: Arc<ConfinedFolder>,
    /// Where the folder around it is, without links.
    path: PathBuf,
}

impl Boundary {
    /// The boundary of each of the paths: the folder that the user named as root; else the repository that the path is in; else the
    /// path itself.
    ///
    /// # Errors
    /// When a path is not there, or not inside of the root.
    pub fn around(paths: &[PathBuf], root: Option<&Path>) -> Result<Self, BoundaryError> {
        let places = paths.iter().map(|path| GivenPath::of(path, root));
        let places = places.collect::<Result<_, _>>()?;
        Ok(Self { places })
    }

    /// The folders that are not left, for people.
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

    /// Whether a folder, by its whole way without links, lies inside.
    pub fn holds(&self, folder: &Path) -> bool {
        self.places
            .iter()
            .any(|place| folder.starts_with(&place.path))
    }

    /// Where the folder around a file or folder of this name lies, as names go.
    pub fn ground(&self, name: &str) -> RepositoryRoot {
        let mut places = self.places.iter();
        let place = places.find(|place| rest(name, &place.named).is_some());
        place
            .or(self.places.first())
            .map(GivenPath::ground)
            .unwrap_or_default()
    }

    /// Reads a file, of at most so many bytes, that has this name as seen from where the command runs.
    pub fn read(&self, name: &str, most: u64) -> PathContent<Vec<u8>> {
        self.found(name, |folder, way| folder.read(way, most, Links::Within))
    }

    /// Reads a text in the same way, and without a byte order mark, which would shift the columns of its first line.
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

    /// Why what lies outside was not read.
    pub fn refusal(&self) -> String {
        format!(
            "leads out of {}, and was not read: --root names how far files are followed",
            self.roots().join(" and ")
        )
    }

    /// The names of the files that stand in a folder, in their order; what is not UTF-8 of one is replaced. Links are among them: where
    /// they lead is told when they are read.
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
                // A link with an absolute target, which may lie inside for all that.
                Err(error) if leads_out(&error) => {}
                Err(error) => return PathContent::Unreadable(error.to_string()),
            }
        }
        self.resolved(name, look)
    }

    /// By the place that the name leads to. That it lies inside is checked by whoever opens it: the way may be another by then.
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
    fn ground(&self) -> RepositoryRoot {
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

    fn of(path: &Path, root: Option<&Path>) -> Result<Self, BoundaryError> {
        let refused = |source| BoundaryError::Read {
            path: path.display().to_string(),
            source,
        };
        let about = fs::metadata(path).map_err(refused)?;
        let named = match about.is_dir() {
            true => path,
            false => path.parent().unwrap_or(Path::new("")),
        };
        let here = match named.as_os_str().is_empty() {
            true => Path::new("."),
            false => named,
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

/// As the user named it, with `/` between folders and without `./`.
pub fn name(path: &Path) -> String {
    terraform::normal(
        &path
            .to_string_lossy()
            .replace(std::path::MAIN_SEPARATOR, "/"),
    )
}

/// Bytes as text.
pub fn decoded(bytes: Vec<u8>) -> Result<String, String> {
    let mut text = String::from_utf8(bytes).map_err(|_| "not UTF-8 text".to_owned())?;
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
    }
    Ok(text)
}

/// The nearest folder around a place that git keeps. Who keeps the settings of a home folder by git does not thereby show all of it.
fn repository(place: &Path) -> Option<PathBuf> {
    let home = env::home_dir().and_then(|home| fs::canonicalize(home).ok());
    let is_kept = |folder: &&Path| fs::symlink_metadata(folder.join(".git")).is_ok();
    let nearest = place.ancestors().find(is_kept)?;
    (home.as_deref() != Some(nearest)).then(|| nearest.to_owned())
}

/// What is left of a name below a folder; none where the name leads elsewhere.
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
