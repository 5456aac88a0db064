//! Findings in the JSON report.

use schemars::JsonSchema;
use serde::Serialize;

use super::{JsonPlace, place};
use crate::domain::finding::{Acceptance, Finding};
use crate::domain::lines::Lines;
use crate::report::edits::ends;
use crate::report::excerpt::Sources;
use crate::report::faults::ProxyFinding;

/// A violation of a rule.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct FindingEntry {
    rule: String,
    /// `note`, `low`, `medium`, `high`, `critical`.
    severity: String,
    message: String,
    #[serde(flatten)]
    place: JsonPlace,
    /// The references that lead to the value, nearest first.
    via: Vec<String>,
    /// The variable or parameter whose default is the value, if a caller could change it.
    default_of: Option<String>,
    /// The replacement, if it is certain.
    fix: Option<String>,
    /// The edits that fix it, verified by an audit of the edited text; only with `--fix --dry-run`.
    edits: Vec<EditEntry>,
    /// An identifier that stays the same between runs when other parts of the file change.
    fingerprint: String,
    /// The waiver; null if the finding counts.
    accepted: Option<AcceptedEntry>,
    /// The same rule at the same place for other proxies, or with another message. All of them count as one finding in the summary.
    also: Vec<AlsoEntry>,
}

/// The same rule at the same place, for another proxy or with another message.
#[derive(Debug, Serialize, JsonSchema)]
struct AlsoEntry {
    /// The address of the proxy.
    proxy: String,
    /// The folder of the Terraform root module that creates the proxy.
    root: Option<String>,
    severity: String,
    message: String,
    /// The references that lead to the value, nearest first.
    via: Vec<String>,
    /// As in a finding.
    fingerprint: String,
}

/// A finding that is listed under another proxy.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct SharedEntry {
    rule: String,
    /// The address of the other proxy.
    proxy: String,
    /// The folder of the Terraform root module that creates the proxy.
    root: Option<String>,
    /// The fingerprint of the finding whose `also` contains this one.
    fingerprint: String,
}

/// A replacement of text. Lines and columns are 1-based, columns in characters; the end is exclusive.
#[derive(Debug, Serialize, JsonSchema)]
struct EditEntry {
    /// The file, if it is not that of the finding.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    /// The new text.
    text: String,
}

/// The waiver of a finding.
#[derive(Debug, Serialize, JsonSchema)]
struct AcceptedEntry {
    by: AcceptedBy,
    /// The reason; null for a finding recorded in the baseline.
    reason: Option<String>,
    /// The person or team responsible for the waiver.
    owner: Option<String>,
    /// The last day on which the waiver is valid, as `YYYY-MM-DD`.
    until: Option<String>,
    /// The place of the waiver.
    place: Option<JsonPlace>,
}

/// The source of a waiver.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum AcceptedBy {
    /// A comment beside the code.
    Comment,
    /// An entry of the policy file.
    Policy,
    /// The baseline of findings.
    Baseline,
}

/// Converts a finding that is reported with an earlier proxy.
pub(super) fn shared(finding: &Finding, told: ProxyFinding<'_>) -> SharedEntry {
    let ProxyFinding {
        proxy,
        finding: leading,
    } = told;
    SharedEntry {
        rule: finding.rule.id.to_owned(),
        proxy: proxy.address.clone(),
        root: proxy.root.clone(),
        fingerprint: leading.fingerprint(proxy.root.as_deref()),
    }
}

fn also(other: &ProxyFinding<'_>) -> AlsoEntry {
    let ProxyFinding { proxy, finding } = other;
    AlsoEntry {
        proxy: proxy.address.clone(),
        root: proxy.root.clone(),
        severity: finding.severity.name().to_owned(),
        message: finding.message.clone(),
        via: finding.origin.via.clone(),
        fingerprint: finding.fingerprint(proxy.root.as_deref()),
    }
}

/// Converts a finding with all its details.
pub(super) fn finding<'a>(
    finding: &'a Finding,
    root: Option<&str>,
    sources: &Sources<'a>,
) -> FindingEntry {
    FindingEntry {
        rule: finding.rule.id.to_owned(),
        severity: finding.severity.name().to_owned(),
        message: finding.message.clone(),
        place: place(&finding.origin),
        via: finding.origin.via.clone(),
        default_of: finding.origin.default_of.clone(),
        fix: finding.fix_text(),
        edits: edits(finding, sources),
        fingerprint: finding.fingerprint(root),
        accepted: finding.accepted.as_ref().map(accepted),
        also: sources.faults.others(finding).iter().map(also).collect(),
    }
}

fn edits<'a>(finding: &'a Finding, sources: &Sources<'a>) -> Vec<EditEntry> {
    let index = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    let files = sources.faults.edits(finding).into_iter();
    let edits = files.flat_map(|(file, edits)| edits.into_iter().map(move |edit| (file, edit)));
    let entries = edits.filter_map(|(file, edit)| {
        let (start, end) = ends(sources.lines(file)?, edit, Lines::place)?;
        Some(EditEntry {
            file: (file != finding.origin.file).then(|| file.to_owned()),
            line: index(start.0),
            column: index(start.1),
            end_line: index(end.0),
            end_column: index(end.1),
            text: edit.text.clone(),
        })
    });
    entries.collect()
}

fn accepted(acceptance: &Acceptance) -> AcceptedEntry {
    let (by, waiver) = match acceptance {
        Acceptance::Comment(waiver) => (AcceptedBy::Comment, Some(waiver)),
        Acceptance::Policy(waiver) => (AcceptedBy::Policy, Some(waiver)),
        Acceptance::Known => (AcceptedBy::Baseline, None),
    };
    AcceptedEntry {
        by,
        reason: waiver.map(|waiver| waiver.reason.clone()),
        owner: waiver.and_then(|waiver| waiver.owner.clone()),
        until: waiver.and_then(|waiver| waiver.until.clone()),
        place: waiver.map(|waiver| place(&waiver.origin)),
    }
}
