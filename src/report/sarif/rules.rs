//! The rules as SARIF describes them, from the same statics as every other output.

use serde_json::{Value, json};

use crate::domain::finding::{Finding, Group, RuleInfo, Severity};
use crate::report::audit::Audit;

/// Returns one descriptor for every rule that was evaluated.
pub(super) fn descriptors(audit: &Audit) -> Vec<Value> {
    let rules = audit.rules.iter();
    rules
        .map(|rule| descriptor(rule, severity(rule, audit)))
        .collect()
}

/// Returns the index of a rule in that list.
pub(super) fn index(rule: &RuleInfo, audit: &Audit) -> Option<usize> {
    audit.rules.iter().position(|known| known.id == rule.id)
}

/// Converts a severity to a SARIF level.
pub(super) fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium | Severity::Low => "warning",
        Severity::Note => "note",
    }
}

/// Returns the severity of the rule in this run: readers take it from the rule, and a policy may have changed it.
fn severity(rule: &RuleInfo, audit: &Audit) -> Severity {
    let findings = audit
        .proxies
        .iter()
        .flat_map(|proxy| &proxy.report.findings);
    let of_rule = findings.filter(|finding| finding.rule.id == rule.id);
    of_rule
        .map(|finding: &Finding| finding.severity)
        .max()
        .unwrap_or(rule.severity)
}

fn descriptor(rule: &RuleInfo, severity: Severity) -> Value {
    json!({
        "id": rule.id,
        "name": name(rule.id),
        "shortDescription": { "text": sentence(rule.summary) },
        "fullDescription": { "text": rule.why },
        "help": { "text": help(rule), "markdown": markdown(rule) },
        "helpUri": page(rule),
        "defaultConfiguration": { "level": level(severity) },
        "properties": {
            "tags": tags(rule.group),
            "security-severity": is_security(rule.group).then(|| score(severity)).flatten(),
        },
    })
}

/// Converts an id to a name: `ClientTlsNotRequired`.
fn name(id: &str) -> String {
    id.split('-').map(capitalised).collect()
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

fn sentence(text: &str) -> String {
    capitalised(text) + "."
}

fn help(rule: &RuleInfo) -> String {
    let pages: String = rule
        .references
        .iter()
        .map(|page| format!("\n- {page}"))
        .collect();
    format!("{}\n\nWhat to do: {}\n\nSee:{pages}\n", rule.why, rule.fix)
}

fn markdown(rule: &RuleInfo) -> String {
    let pages: String = rule.references.iter().map(|page| link(page)).collect();
    format!(
        "{}\n\n**What to do.** {}\n\n**See**\n{pages}",
        rule.why, rule.fix
    )
}

/// Formats `Title: https://…` as a Markdown link.
fn link(page: &str) -> String {
    match page.split_once(": https://") {
        Some((title, rest)) => format!("\n- [{title}](https://{rest})"),
        None => format!("\n- {page}"),
    }
}

/// Returns the first reference of the rule that has an address.
fn page(rule: &RuleInfo) -> Option<&'static str> {
    let addresses = rule.references.iter();
    addresses
        .filter_map(|page| Some(&page[page.find("https://")?..]))
        .next()
}

fn is_security(group: Group) -> bool {
    match group {
        Group::Mission(_) | Group::Beyond => true,
        Group::Limit => false,
    }
}

fn tags(group: Group) -> Vec<String> {
    let kind = match group {
        Group::Mission(number) => format!("mission-rule-{number}"),
        Group::Beyond => "beyond-the-six".to_owned(),
        Group::Limit => "service-limit".to_owned(),
    };
    let nature = if is_security(group) {
        "security"
    } else {
        "reliability"
    };
    ["aws", "rds-proxy", nature]
        .into_iter()
        .map(str::to_owned)
        .chain([kind])
        .collect()
}

/// Converts a severity to the scale of GitHub's "SARIF support for code scanning": over 9.0 is critical, from 7.0 high,
/// from 4.0 medium, from 0.1 low.
fn score(severity: Severity) -> Option<&'static str> {
    match severity {
        Severity::Critical => Some("9.5"),
        Severity::High => Some("8.0"),
        Severity::Medium => Some("5.5"),
        Severity::Low => Some("3.0"),
        Severity::Note => None,
    }
}
