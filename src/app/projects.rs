//! Generated projects among the audited files: folders with an `rdsproxy.toml`. The spec adds to what is known of the
//! folder's proxy, and the policy beside it waives findings.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::app::reach::tell_cut_off;
use crate::domain::blueprint::{Blueprint, TlsPlan};
use crate::domain::evidence::{Evidence, Origin};
use crate::domain::posture::{Posture, Proxy};
use crate::domain::snapshot::Snapshot;
use crate::domain::spec::{SPEC_FILE, Spec};
use crate::io::boundary::Boundary;
use crate::io::walk;
use crate::report::Skipped;

/// The generated projects, by folder.
#[derive(Debug, Default)]
pub(super) struct Projects {
    /// The blueprint of each spec; none for a spec that cannot be read.
    plans: BTreeMap<String, Option<Blueprint>>,
    /// Specs that could not be read, with the reasons.
    pub(super) problems: Vec<Skipped>,
}

impl Projects {
    /// Searches the folders of these files and folders, and their parents, up to one of the named paths or the
    /// working directory.
    pub(super) fn around<'f>(
        places: impl IntoIterator<Item = &'f str>,
        paths: &[PathBuf],
        boundary: &Boundary,
    ) -> Self {
        let named: Vec<String> = paths.iter().map(|path| walk::name(path)).collect();
        let folders: BTreeSet<&Path> = places
            .into_iter()
            .flat_map(|place| Path::new(place).ancestors())
            .filter(|folder| is_within(folder, &named))
            .collect();
        let mut projects = Self::default();
        for folder in folders {
            projects.look(folder, boundary);
        }
        projects
    }

    fn look(&mut self, folder: &Path, boundary: &Boundary) {
        let file = walk::name(&folder.join(SPEC_FILE));
        let mut told = walk::Told::new();
        let text = walk::text(&file, boundary, &mut told);
        self.problems
            .extend(told.into_iter().map(|(file, reason)| Skipped {
                origin: Origin::document(file),
                reason,
            }));
        let Some(text) = text else {
            return;
        };
        tell_cut_off(folder);
        let read = Spec::parse(&text, &file).and_then(|spec| Blueprint::harden(&spec));
        let plan = read.map_err(|error| {
            let told = error.0.into_iter().map(|problem| Skipped {
                origin: problem.origin,
                reason: problem.message,
            });
            self.problems.extend(told);
        });
        self.plans.insert(walk::name(folder), plan.ok());
    }

    /// Returns the folders of the projects.
    pub(super) fn folders(&self) -> impl Iterator<Item = &String> {
        self.plans.keys()
    }

    /// Adds the facts of the neighbouring specs to a posture that was read from code.
    pub(super) fn complete(&self, posture: &mut Posture, account: Option<&Snapshot>) {
        for proxy in &mut posture.proxies {
            let above = Path::new(&proxy.origin.file).ancestors();
            let plan = above
                .filter_map(|folder| self.plans.get(&walk::name(folder)))
                .next();
            if let Some(Some(blueprint)) = plan {
                await_group(&blueprint.database_tls, proxy, account);
            }
        }
    }
}

/// True if the folder is below a named path or below the working directory.
fn is_within(folder: &Path, named: &[String]) -> bool {
    let is_here = folder.is_relative() && !folder.starts_with("..");
    is_here || named.iter().any(|path| folder.starts_with(path))
}

/// Marks the parameter group as unresolved before the first deployment: a generated group enforces TLS only once it
/// is created and attached. Until then, neither the database's present group nor the generated one gives the answer.
/// Afterwards, the account does.
pub(super) fn await_group(tls: &TlsPlan, proxy: &mut Proxy, account: Option<&Snapshot>) {
    let TlsPlan::CreateGroup(group) = tls else {
        return;
    };
    let is_deployed = account.is_some_and(|account| {
        let name = proxy.name.value();
        let mut there = account.proxies.iter();
        name.is_some_and(|name| there.any(|other| other.name.eq_ignore_ascii_case(name)))
    });
    let database = proxy.database.value_mut();
    if let Some(database) =
        database.filter(|database| !is_deployed && database.parameter_group.is_not_visible())
    {
        let reason = format!(
            "the generated parameter group {} is not attached yet, which takes a restart",
            group.name
        );
        database.parameter_group = Evidence::Unresolved(reason, database.origin.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_named_or_lies_here_is_looked_at() {
        let named = ["../other/infra".to_owned(), "/srv/infra".to_owned()];
        for (folder, expected) in [
            ("", true),
            ("infra/orders", true),
            ("../other", false),
            ("../other/infra/orders", true),
            ("/srv", false),
            ("/srv/infra", true),
            ("/srv/infrastructure", false),
        ] {
            assert_eq!(is_within(Path::new(folder), &named), expected, "{folder}");
        }
    }
}
