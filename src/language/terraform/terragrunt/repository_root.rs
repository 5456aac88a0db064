//! The location of the repository. Terragrunt's functions return absolute paths, but files are named relative to the
//! working directory.

use super::super::paths::{joined, relative};

/// The virtual root of absolute paths; no real folder has this name.
const GROUND: &str = "/@repository";

/// The location of the repository relative to the working directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RepositoryRoot {
    /// The working directory is in the repository: its path from the top of the repository, empty at the top.
    Around(String),
    /// The repository is elsewhere: the path by which its folder is named.
    At(String),
}

impl Default for RepositoryRoot {
    fn default() -> Self {
        Self::Around(String::new())
    }
}

impl RepositoryRoot {
    /// Returns the absolute path of the repository.
    pub(super) const fn top(&self) -> &'static str {
        GROUND
    }

    /// Returns the absolute path of a file or folder; `None` outside of the repository.
    pub(super) fn path(&self, name: &str) -> Option<String> {
        let below = match self {
            Self::Around(way) if !name.starts_with('/') => joined(way, name),
            Self::Around(_) => return None,
            Self::At(top) => below(top, name)?.to_owned(),
        };
        let leads_out = below.split('/').next() == Some("..");
        (!leads_out).then(|| joined(GROUND, &below))
    }

    /// Returns the name of the file or folder with this absolute path; `None` outside of the repository.
    pub(super) fn name(&self, path: &str) -> Option<String> {
        let below = below(GROUND, path)?;
        Some(match self {
            Self::Around(way) => relative(way, below),
            Self::At(top) => joined(top, below),
        })
    }
}

/// Returns the rest of a path below a folder.
fn below<'p>(folder: &str, path: &'p str) -> Option<&'p str> {
    if folder.is_empty() {
        return (!path.starts_with('/')).then_some(path);
    }
    let rest = path.strip_prefix(folder)?;
    match rest.strip_prefix('/') {
        Some(rest) => Some(rest),
        None if rest.is_empty() || folder.ends_with('/') => Some(rest),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_whole_paths_and_names_again() {
        let cases = [
            (
                RepositoryRoot::Around(String::new()),
                "live/a.hcl",
                "/@repository/live/a.hcl",
            ),
            (
                RepositoryRoot::Around("live/prod".to_owned()),
                "../a.hcl",
                "/@repository/live/a.hcl",
            ),
            (
                RepositoryRoot::Around("live/prod".to_owned()),
                "gate/a.hcl",
                "/@repository/live/prod/gate/a.hcl",
            ),
            (
                RepositoryRoot::At("../repo".to_owned()),
                "../repo/a.hcl",
                "/@repository/a.hcl",
            ),
            (
                RepositoryRoot::At("/srv/repo".to_owned()),
                "/srv/repo/x/a.hcl",
                "/@repository/x/a.hcl",
            ),
        ];
        for (ground, name, path) in cases {
            assert_eq!(ground.path(name).as_deref(), Some(path), "{ground:?}");
            assert_eq!(ground.name(path).as_deref(), Some(name), "{ground:?}");
        }
    }

    #[test]
    fn what_lies_outside_has_no_path() {
        let ground = RepositoryRoot::Around("live".to_owned());
        assert_eq!(ground.path("../../a.hcl"), None);
        assert_eq!(ground.path("/etc/a.hcl"), None);
        assert_eq!(ground.name("/etc/a.hcl"), None);
        assert_eq!(
            RepositoryRoot::At("repo".to_owned()).path("other/a.hcl"),
            None
        );
    }
}
