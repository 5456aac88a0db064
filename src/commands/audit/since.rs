//! `--since`: the findings that an earlier revision of the repository had too. They are known, so that only what is new counts: a gate for an
//! estate that nobody mends in a day.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::given::GivenInputs;
use super::{AuditArgs, audit};
use crate::commands::CommandError;
use crate::domain::snapshot::Snapshot;
use crate::io::store::git::revision::LaidOutTree;
use crate::io::{terminal, walk};
use crate::language::Texts;
use crate::report::Audit;

/// How often each finding stood in the tree of the revision.
///
/// # Errors
/// When there is no such revision, a path is not named from here, or the audit of that tree could not do its work.
pub(super) fn known(
    (args, given): (&AuditArgs, &GivenInputs),
    world: Option<&Snapshot>,
) -> Result<BTreeMap<String, usize>, CommandError> {
    let Some(revision) = &args.since else {
        return Ok(BTreeMap::new());
    };
    // Findings are told apart by the names of their files, which are those of the command line.
    if let Some(path) = args.paths.iter().find(|path| leads_away(path)) {
        let message = format!("--since: {} is not below this folder", path.display());
        return Err(
            CommandError::input(message).hint("run it in the folder above, with names from there")
        );
    }
    let tree = LaidOutTree::lay_out(revision, walk::may_be_read);
    let tree = tree.map_err(|error| {
        CommandError::environment(error).hint("--since takes a commit, a branch or a tag of this repository; a shallow clone may lack it")
    })?;
    let paths: Vec<PathBuf> = args
        .paths
        .iter()
        .filter(|path| tree.holds(path))
        .cloned()
        .collect();
    if paths.is_empty() {
        tell(&format!(
            "nothing of what is audited was there at {revision}"
        ));
        return Ok(BTreeMap::new());
    }
    let then = AuditArgs {
        paths,
        since: None,
        allowances: args.allowances.settled(),
        reach: args.reach.within(tree.folder()),
        ..args.clone()
    };
    let _there = tree.enter().map_err(CommandError::environment)?;
    let given = GivenInputs {
        boundary: then.reach.boundary(&then.paths)?,
        ..given.clone()
    };
    let before = match audit((&then, &given), world, &Texts::new()) {
        Ok((before, _)) => before,
        // What could not be read then is no reason not to judge what stands there now.
        Err(error) => {
            tell(&format!(
                "what stood there at {revision} cannot be audited: {error}"
            ));
            return Ok(BTreeMap::new());
        }
    };
    if before.proxies.is_empty() {
        tell(&format!(
            "no proxy was read of what stood there at {revision}"
        ));
    }
    Ok(fingerprints(&before))
}

/// How often each finding stands in an audit.
fn fingerprints(audit: &Audit) -> BTreeMap<String, usize> {
    let mut known = BTreeMap::new();
    for proxy in &audit.proxies {
        for finding in &proxy.report.findings {
            let fingerprint = finding.fingerprint(proxy.root.as_deref());
            *known.entry(fingerprint).or_default() += 1;
        }
    }
    known
}

/// Says why nothing is known.
fn tell(why: &str) {
    // Where nobody listens, nothing can be said.
    let _ = terminal::note(&format!("--since: {why}; every finding counts\n"));
}

/// Whether a path is not one below the folder that the command runs in.
fn leads_away(path: &Path) -> bool {
    use std::path::Component::{CurDir, Normal};
    !path
        .components()
        .all(|part| matches!(part, Normal(_) | CurDir))
}
