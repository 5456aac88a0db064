//! The JSON report: a wire format with a version of its own (`rdsproxy-gen schema report`).

mod finding;

use std::io::Write;

use schemars::JsonSchema;
use serde::Serialize;

use self::finding::{FindingEntry, SharedEntry, finding, shared};
use super::audit::{Audit, Judged, RuleAnswer, Skipped};
use super::excerpt::Sources;
use super::lazily::Lazily;
use super::{ReportError, Screen, lines};
use crate::domain::evidence::Origin;
use crate::domain::finding::{Group, RuleInfo, Undetermined, Verdict};

/// The version of this format.
pub const REPORT_SCHEMA: u32 = 1;

/// The report that `rdsproxy-gen audit --format json` writes.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ReportFile")]
pub struct ReportFile<P = Vec<ProxyEntry>> {
    /// The version of this format: 1.
    schema: u32,
    /// The version of rdsproxy-gen that wrote it.
    tool_version: String,
    /// The number of findings of each kind.
    summary: Summary,
    /// All proxies that were found.
    proxies: P,
    /// The inputs of the audit.
    checked: CheckedEntry,
    /// Inputs that could not be read, with the reason.
    skipped: Vec<SkippedEntry>,
}

/// The number of findings of each kind.
#[derive(Debug, Serialize, JsonSchema)]
struct Summary {
    proxies: usize,
    /// Findings of severity low to critical; they make the exit code 2.
    findings: usize,
    /// Findings of severity note; they do not change the exit code.
    notes: usize,
    /// Waived findings; they are not counted anywhere else.
    accepted: usize,
    /// Open questions; with `--strict` they make the exit code 2.
    undetermined: usize,
}

/// One proxy.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ProxyEntry {
    /// The full address in the source: `module.db.aws_db_proxy.this`, a logical id, or the name in an account.
    address: String,
    /// `DBProxyName`; null if unknown.
    name: Option<String>,
    /// The folder of the Terraform root module that creates the proxy.
    root: Option<String>,
    #[serde(flatten)]
    place: JsonPlace,
    /// The verdict of each rule.
    verdicts: Vec<VerdictEntry>,
    /// The findings of this proxy. A finding that an earlier proxy has too is listed there, and referred to in `shared`.
    findings: Vec<FindingEntry>,
    /// Findings of this proxy that are listed under an earlier proxy.
    shared: Vec<SharedEntry>,
    undetermined: Vec<UndeterminedEntry>,
}

/// A place in a file.
#[derive(Debug, Serialize, JsonSchema)]
struct JsonPlace {
    /// The path as given on the command line, or `account` for an account.
    file: String,
    /// The line, 1-based; null if the document has no lines.
    line: Option<u32>,
    /// The column, 1-based, in characters; null if the document has no lines.
    column: Option<u32>,
}

/// The verdict of one rule.
#[derive(Debug, Serialize, JsonSchema)]
struct VerdictEntry {
    rule: String,
    /// The number of one of the six rules; null for all others.
    mission: Option<u8>,
    verdict: VerdictWord,
    /// True if the rule fails and all of its findings are waived.
    accepted: bool,
    /// How the rule is met; null if it is not.
    because: Option<String>,
    /// The variable or parameter on whose default the verdict depends, if a caller could change it.
    default_of: Option<String>,
}

/// The three verdicts.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum VerdictWord {
    Pass,
    Fail,
    Undetermined,
}

/// A rule that could not be decided.
#[derive(Debug, Serialize, JsonSchema)]
struct UndeterminedEntry {
    rule: String,
    /// The reason, and what would decide it.
    reason: String,
    /// The place at which the value could no longer be followed; null if there is none.
    place: Option<JsonPlace>,
    /// The references that lead to the value, nearest first.
    via: Vec<String>,
}

/// The inputs of an audit.
#[derive(Debug, Serialize, JsonSchema)]
struct CheckedEntry {
    /// The number of files read, of all known kinds.
    files: usize,
    /// The folders of the Terraform root modules that can lead to a proxy.
    terraform_roots: Vec<String>,
    /// The CloudFormation templates.
    templates: Vec<String>,
    /// The Terraform plans and states.
    plans: Vec<String>,
    /// The account that was read.
    account: Option<String>,
}

/// An input that could not be read.
#[derive(Debug, Serialize, JsonSchema)]
struct SkippedEntry {
    #[serde(flatten)]
    place: JsonPlace,
    reason: String,
}

/// Writes the audit as JSON.
pub(super) fn render(audit: &Audit, _: Screen, sink: &mut dyn Write) -> Result<(), ReportError> {
    let sources = Sources::new(audit);
    let tally = &sources.tally;
    let report = ReportFile {
        schema: REPORT_SCHEMA,
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        summary: Summary {
            proxies: audit.proxies.len(),
            findings: tally.total(),
            notes: tally.notes,
            accepted: tally.accepted,
            undetermined: tally.undetermined,
        },
        proxies: Lazily(|| audit.proxies.iter().map(|proxy| entry(proxy, &sources))),
        checked: CheckedEntry {
            files: audit.checked.files,
            terraform_roots: audit.checked.roots.clone(),
            templates: audit.checked.templates.clone(),
            plans: audit.checked.plans.clone(),
            account: audit.checked.account.clone(),
        },
        skipped: audit.skipped.iter().map(skipped).collect(),
    };
    lines::json(&report, sink)
}

fn entry<'a>(proxy: &'a Judged, sources: &Sources<'a>) -> ProxyEntry {
    let told = proxy.worst_first().into_iter();
    let told = told.filter(|one| sources.faults.tells(one));
    ProxyEntry {
        address: proxy.address.clone(),
        name: proxy.name.clone(),
        root: proxy.root.clone(),
        place: place(&proxy.origin),
        verdicts: sources
            .audit
            .rules
            .iter()
            .map(|rule| verdict(proxy, rule))
            .collect(),
        findings: told
            .map(|one| finding(one, proxy.root.as_deref(), sources))
            .collect(),
        shared: sources
            .faults
            .told_elsewhere(proxy)
            .map(|(finding, told)| shared(finding, told))
            .collect(),
        undetermined: proxy.report.undetermined.iter().map(undetermined).collect(),
    }
}

fn verdict(proxy: &Judged, rule: &RuleInfo) -> VerdictEntry {
    let pass = proxy
        .report
        .passes
        .iter()
        .find(|pass| pass.rule.id == rule.id);
    VerdictEntry {
        rule: rule.id.to_owned(),
        mission: match rule.group {
            Group::Mission(number) => Some(number),
            Group::Beyond | Group::Limit => None,
        },
        verdict: match proxy.report.verdict(rule.id) {
            Verdict::Pass => VerdictWord::Pass,
            Verdict::Fail => VerdictWord::Fail,
            Verdict::Undetermined => VerdictWord::Undetermined,
        },
        accepted: proxy.answer(rule) == RuleAnswer::Accepted,
        because: pass.map(|pass| pass.because.clone()),
        default_of: pass.and_then(|pass| pass.default_of.clone()),
    }
}

fn undetermined(open: &Undetermined) -> UndeterminedEntry {
    UndeterminedEntry {
        rule: open.rule.id.to_owned(),
        reason: open.reason.clone(),
        place: open.origin.as_ref().map(place),
        via: open
            .origin
            .as_ref()
            .map_or_else(Vec::new, |origin| origin.via.clone()),
    }
}

fn skipped(skipped: &Skipped) -> SkippedEntry {
    SkippedEntry {
        place: place(&skipped.origin),
        reason: skipped.reason.clone(),
    }
}

fn place(origin: &Origin) -> JsonPlace {
    let known = |number: u32| (number > 0).then_some(number);
    JsonPlace {
        file: origin.file.clone(),
        line: known(origin.line),
        column: known(origin.column),
    }
}
