//! What fails in the account and `new` cannot change: refused, unless somebody says why it may stay.

use std::collections::BTreeSet;
use std::path::Path;

use time::Date;

use super::{NewArgs, ProjectDraft};
use crate::commands::CommandError;
use crate::commands::proof::{explained, failing, line};
use crate::commands::suppression::{PolicyArgs, Suppression, WaiverDraft, parsed, until};
use crate::domain::finding::Finding;
use crate::domain::policy::{POLICY_FILE, POLICY_SCHEMA};
use crate::interview::shell_quoted;
use crate::io::files::{ExistingFile, existing};
use crate::io::walk;
use crate::report::count;

/// The reason where nobody gave one.
const UNEXPLAINED: &str = "accepted when the proxy was generated: a fact of the account";

/// What the team has accepted already: in the folder where the command runs, and in the project itself.
pub(super) fn known(dir: &Path) -> Result<Suppression, CommandError> {
    PolicyArgs::default().load_with([dir])
}

/// Refuses a proxy that fails rules in the account that is in view, and says what can be done.
pub(super) fn refusal(draft: &ProjectDraft) -> CommandError {
    let found: Vec<&Finding> = failing(&draft.proven.report).collect();
    let lines: Vec<String> = found.iter().map(|finding| line(finding)).collect();
    let dir = shell_quoted(&draft.dir.display().to_string());
    let error = CommandError::input(format!(
        "{} in the account in view, and nothing was written:\n  {}",
        fails(found.len()),
        lines.join("\n  ")
    ));
    explained(error, found).hint(format!(
        "mend it in the account first, or --accept-findings='WHY': that writes all the same, and a waiver until {} into {dir}/{POLICY_FILE}",
        until(draft.today)
    ))
}

fn fails(findings: usize) -> String {
    match findings {
        1 => "this fails a rule".to_owned(),
        more => format!("this fails rules in {}", count(more, "place")),
    }
}

/// The policy of the project with a waiver for each rule that fails; none where nothing does.
///
/// # Errors
/// When there is a policy that cannot take one.
pub(super) fn policy(draft: &ProjectDraft, reason: &str) -> Result<Option<String>, CommandError> {
    let waivers = waivers(draft, reason);
    if waivers.is_empty() {
        return Ok(None);
    }
    let name = walk::name(&draft.dir.join(POLICY_FILE));
    let text = match existing(&draft.dir, POLICY_FILE) {
        ExistingFile::Absent => format!("schema = {POLICY_SCHEMA}\n{waivers}"),
        ExistingFile::Text(before) => format!("{}\n{waivers}", before.trim_end()),
        ExistingFile::Other => {
            return Err(CommandError::input(format!("{name} is not a text file")));
        }
    };
    match parsed(&name, &text) {
        Ok(_) => Ok(Some(text)),
        Err(error) => Err(CommandError::input(format!(
            "the waivers cannot be added to {name}: {}",
            error.source
        ))
        .hint(format!("add them yourself:\n{waivers}"))),
    }
}

fn waivers(draft: &ProjectDraft, reason: &str) -> String {
    let reason = match reason.trim() {
        "" => UNEXPLAINED,
        given => given,
    };
    let mut told: BTreeSet<&str> = BTreeSet::new();
    failing(&draft.proven.report)
        .filter(|finding| told.insert(finding.rule.id))
        .map(|finding| waiver(finding, reason, draft.today))
        .collect()
}

/// A waiver of the whole rule: the project holds one proxy, which every source calls by another address.
fn waiver(finding: &Finding, reason: &str, today: Date) -> String {
    WaiverDraft {
        message: &finding.message,
        rule: Some(finding.rule.id),
        reason,
        ..WaiverDraft::default()
    }
    .text(until(today))
}

/// What is said of it once it was written.
pub(super) fn told(draft: &ProjectDraft) -> String {
    let dir = shell_quoted(&draft.dir.display().to_string());
    format!(
        "\n{} accepted until {}: see {dir}/{POLICY_FILE}\n",
        count(failing(&draft.proven.report).count(), "finding"),
        until(draft.today)
    )
}

impl NewArgs {
    /// The reason that the command line gives.
    pub(super) fn reason(&self) -> Option<&str> {
        self.accept_findings.as_deref()
    }
}
