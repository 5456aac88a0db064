//! Findings in the account that `new` cannot fix: they stop the run unless the user gives a reason to accept them.

use std::collections::BTreeSet;
use std::path::Path;

use time::Date;

use super::{NewRequest, ProjectDraft};
use crate::app::CommandError;
use crate::app::proof::{explained, failing, line};
use crate::app::suppression::{PolicyRequest, Suppression, WaiverDraft, parsed, until};
use crate::domain::finding::Finding;
use crate::domain::policy::{POLICY_FILE, POLICY_SCHEMA};
use crate::interview::shell_quoted;
use crate::io::files::{ExistingFile, existing};
use crate::io::walk;
use crate::report::count;

/// The reason in the waiver if the user gives none.
const UNEXPLAINED: &str = "accepted when the proxy was generated: a fact of the account";

/// Returns the team's policy and waivers: those of the working directory, and the waivers in the project itself.
pub(super) fn known(dir: &Path) -> Result<Suppression, CommandError> {
    PolicyRequest::default().load_with([dir])
}

/// Refuses a proxy that fails rules in the account in view, and lists the alternatives.
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

/// Returns the project's policy with a waiver for each failing rule; none if no rule fails.
///
/// # Errors
/// When the existing policy is invalid, or cannot take a waiver.
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

/// Waives the whole rule: the project holds one proxy, and its address differs between the sources.
fn waiver(finding: &Finding, reason: &str, today: Date) -> String {
    WaiverDraft {
        message: &finding.message,
        rule: Some(finding.rule.id),
        reason,
        ..WaiverDraft::default()
    }
    .text(until(today))
}

/// Returns the message about the waivers that were written.
pub(super) fn acceptance_note(draft: &ProjectDraft) -> String {
    let dir = shell_quoted(&draft.dir.display().to_string());
    format!(
        "\n{} accepted until {}: see {dir}/{POLICY_FILE}\n",
        count(failing(&draft.proven.report).count(), "finding"),
        until(draft.today)
    )
}

impl NewRequest {
    /// Returns the reason from the command line.
    pub(super) fn reason(&self) -> Option<&str> {
        self.accept_findings.as_deref()
    }
}
