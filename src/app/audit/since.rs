//! `--since`: ignores findings that an earlier revision of the repository already had, so that only new ones count.
//! It is a gate for code bases with many existing findings.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::given::GivenInputs;
use super::{AuditRequest, AuditRun, audit};
use crate::app::CommandError;
use crate::domain::snapshot::Snapshot;
use crate::io::store::git::revision::LaidOutTree;
use crate::io::{terminal, walk};
use crate::language::Texts;
use crate::report::Audit;

/// Counts each finding in the tree of the revision.
///
/// # Errors
/// When the revision does not exist, a path is not below the working directory, or the audit of that tree failed.
pub(super) fn known(
    request: &AuditRequest,
    given: &GivenInputs,
    snapshot: Option<&Snapshot>,
) -> Result<BTreeMap<String, usize>, CommandError> {
    let Some(revision) = &request.since else {
        return Ok(BTreeMap::new());
    };
    // Fingerprints contain file names, so the paths must be the same in both trees.
    if let Some(path) = request.paths.iter().find(|path| leads_away(path)) {
        let message = format!("--since: {} is not below this folder", path.display());
        return Err(
            CommandError::input(message).hint("run it in the folder above, with names from there")
        );
    }
    let tree = LaidOutTree::lay_out(revision, walk::may_be_read);
    let tree = tree.map_err(|error| {
        CommandError::environment(error).hint("--since takes a commit, a branch or a tag of this repository; a shallow clone may lack it")
    })?;
    let paths: Vec<PathBuf> = request
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
    let then = AuditRequest {
        paths,
        since: None,
        allowances: request.allowances.settled(),
        reach: request.reach.within(tree.folder()),
        ..request.clone()
    };
    let _there = tree.enter().map_err(CommandError::environment)?;
    let given = GivenInputs {
        boundary: then.reach.boundary(&then.paths)?,
        ..given.clone()
    };
    let run = AuditRun {
        request: &then,
        given: &given,
        snapshot,
    };
    let before = match audit(run, &Texts::new()) {
        Ok((before, _)) => before,
        // An unreadable earlier revision must not prevent the audit of the present files.
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

/// Counts each finding in an audit.
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

/// Reports why no earlier findings are known.
fn tell(why: &str) {
    // stderr may be closed; ignore the error.
    let _ = terminal::note(&format!("--since: {why}; every finding counts\n"));
}

/// True if a path is not below the working directory.
fn leads_away(path: &Path) -> bool {
    use std::path::Component::{CurDir, Normal};
    !path
        .components()
        .all(|part| matches!(part, Normal(_) | CurDir))
}
