//! Where the repository lies around the files: Terragrunt's functions give whole paths, and files are named as the user named them.

use super::super::paths::{joined, relative};

/// What whole paths begin with; nobody has such a folder.
const GROUND: &str = "/@repository";

/// The repository, as seen from where the command runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RepositoryRoot {
    /// The command runs in it: the way down to there, empty at its top.
    Around(String),
    /// It lies elsewhere: how its own folder is named.
    At(String),
}

impl Default for RepositoryRoot {
    fn default() -> Self {
        Self::Around(String::new())
    }
}

impl RepositoryRoot {
    /// The repository itself.
    pub(super) const fn top(&self) -> &'static str {
        GROUND
    }

    /// The whole path of a file or folder by its name.
    pub(super) fn path(&self, name: &str) -> Option<String> {
        let below = match self {
            Self::Around(way) if !name.starts_with('/') => joined(way, name),
            Self::Around(_) => return None,
            Self::At(top) => below(top, name)?.to_owned(),
        };
        let leads_out = below.split('/').next() == Some("..");
        (!leads_out).then(|| joined(GROUND, &below))
    }

    /// The name of what has this whole path; none outside of the repository.
    pub(super) fn name(&self, path: &str) -> Option<String> {
        let below = below(GROUND, path)?;
        Some(match self {
            Self::Around(way) => relative(way, below),
            Self::At(top) => joined(top, below),
        })
    }
}

/// What is left of a path below a folder.
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
