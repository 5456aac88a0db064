//! The result and the checked sources in a sentence each, the same in every format for people.

use super::audit::{Audit, Checked};
use super::excerpt::Sources;
use super::lines::count;
use super::questions::OpenQuestions;

/// Formats the result: `3 findings (1 critical, 2 high), 1 note, 2 accepted, 4 open questions`. Open questions are
/// counted as displayed: one for each reason.
pub(super) fn result(sources: &Sources) -> String {
    let Sources { audit, tally, .. } = sources;
    let mut text = count(tally.total(), "finding");
    let kinds: Vec<String> = tally
        .findings
        .iter()
        .rev()
        .map(|(severity, number)| format!("{number} {}", severity.name()))
        .collect();
    if !kinds.is_empty() {
        text.push_str(&format!(" ({})", kinds.join(", ")));
    }
    if tally.notes > 0 {
        text.push_str(&format!(", {}", count(tally.notes, "note")));
    }
    if tally.accepted > 0 {
        text.push_str(&format!(", {} accepted", tally.accepted));
    }
    let open: usize = audit
        .proxies
        .iter()
        .map(|proxy| OpenQuestions::new(proxy).number())
        .sum();
    format!("{text}, {}", count(open, "open question"))
}

/// Formats the number of proxies: `2 proxies`.
pub(super) fn proxies(audit: &Audit) -> String {
    match audit.proxies.len() {
        1 => "1 proxy".to_owned(),
        more => format!("{more} proxies"),
    }
}

/// Formats the sources: `3 files (1 Terraform root module) and account 123456789012 in eu-west-1`.
pub(super) fn checked(checked: &Checked) -> String {
    let mut parts = Vec::new();
    if checked.files > 0 || checked.account.is_none() {
        let mut files = count(checked.files, "file");
        let mut kinds = Vec::new();
        if !checked.roots.is_empty() {
            kinds.push(count(checked.roots.len(), "Terraform root module"));
        }
        if !checked.templates.is_empty() {
            kinds.push(count(checked.templates.len(), "CloudFormation template"));
        }
        if !checked.plans.is_empty() {
            kinds.push(count(checked.plans.len(), "Terraform plan or state file"));
        }
        if !kinds.is_empty() {
            files.push_str(&format!(" ({})", kinds.join(", ")));
        }
        parts.push(files);
    }
    parts.extend(
        checked
            .account
            .iter()
            .map(|account| format!("account {account}")),
    );
    parts.join(" and ")
}
