//! Findings in the JSON report.

use schemars::JsonSchema;
use serde::Serialize;

use super::{JsonPlace, place};
use crate::domain::finding::{Acceptance, Finding};
use crate::domain::lines::Lines;
use crate::report::edits::ends;
use crate::report::excerpt::Sources;
use crate::report::faults::ProxyFinding;

/// A fault.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct FindingEntry {
    rule: String,
    /// `note`, `low`, `medium`, `high`, `critical`.
    severity: String,
    message: String,
    #[serde(flatten)]
    place: JsonPlace,
    /// The way the value took, nearest first.
    via: Vec<String>,
    /// The variable or parameter whose default gave the value, where a caller could change it.
    default_of: Option<String>,
    /// What to write instead, where that is certain.
    fix: Option<String>,
    /// The edits of its file that mend it, proved by an audit of the edited text; only with `--fix --dry-run`.
    edits: Vec<EditEntry>,
    /// The same from run to run, whatever changes elsewhere in the file.
    fingerprint: String,
    /// Why it is put up with; null where it counts.
    accepted: Option<AcceptedEntry>,
    /// The same rule at the same place in other proxies, or with other words: one fault, and one finding in the summary.
    also: Vec<AlsoEntry>,
}

/// The same fault in another proxy, or with other words: the same rule at the same place.
#[derive(Debug, Serialize, JsonSchema)]
struct AlsoEntry {
    /// The address of the proxy.
    proxy: String,
    /// The folder of the Terraform root module that makes it.
    root: Option<String>,
    severity: String,
    message: String,
    /// The way the value took, nearest first.
    via: Vec<String>,
    /// As that of a finding.
    fingerprint: String,
}

/// A finding that is told with another proxy.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct SharedEntry {
    rule: String,
    /// The address of the other proxy.
    proxy: String,
    /// The folder of the Terraform root module that makes it.
    root: Option<String>,
    /// Of the finding there, whose `also` has this one.
    fingerprint: String,
}

/// A piece of text in place of another. Lines and columns are 1-based, columns in characters; the end is the first place behind.
#[derive(Debug, Serialize, JsonSchema)]
struct EditEntry {
    /// The file, where it is another one than the finding's.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    /// What comes instead.
    text: String,
}

/// Why a finding is put up with.
#[derive(Debug, Serialize, JsonSchema)]
struct AcceptedEntry {
    by: AcceptedBy,
    /// Why; null for what stood in the baseline.
    reason: Option<String>,
    /// Who answers for it.
    owner: Option<String>,
    /// The last day on which it counts, as `YYYY-MM-DD`.
    until: Option<String>,
    /// Where it is written.
    place: Option<JsonPlace>,
}

/// Who put up with it.
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
