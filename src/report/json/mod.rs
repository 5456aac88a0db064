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

/// What `rdsproxy-gen audit --format json` writes.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ReportFile")]
pub struct ReportFile<P = Vec<ProxyEntry>> {
    /// The version of this format: 1.
    schema: u32,
    /// The version of rdsproxy-gen that wrote it.
    tool_version: String,
    /// How much was found.
    summary: Summary,
    /// Every proxy in view.
    proxies: P,
    /// What was looked at.
    checked: CheckedEntry,
    /// What could not be read, and why.
    skipped: Vec<SkippedEntry>,
}

/// How much was found.
#[derive(Debug, Serialize, JsonSchema)]
struct Summary {
    proxies: usize,
    /// Findings of severity low to critical; they make the exit code 2.
    findings: usize,
    /// Findings of severity note; they do not change the exit code.
    notes: usize,
    /// Findings that are put up with; they count nowhere else.
    accepted: usize,
    /// Open questions; with `--strict` they make the exit code 2.
    undetermined: usize,
}

/// One proxy.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ProxyEntry {
    /// Its full address in its source: `module.db.aws_db_proxy.this`, a logical id, the name in an account.
    address: String,
    /// `DBProxyName`, where it is known.
    name: Option<String>,
    /// The folder of the Terraform root module that makes it.
    root: Option<String>,
    #[serde(flatten)]
    place: JsonPlace,
    /// One for every rule.
    verdicts: Vec<VerdictEntry>,
    /// Its findings. What it shares with a proxy before it stands there, and is named in `shared`.
    findings: Vec<FindingEntry>,
    /// Its findings that are told with another proxy.
    shared: Vec<SharedEntry>,
    undetermined: Vec<UndeterminedEntry>,
}

/// A place in a file.
#[derive(Debug, Serialize, JsonSchema)]
struct JsonPlace {
    /// As it was named on the command line, or `account` for an account.
    file: String,
    /// 1-based; null where the document has no lines.
    line: Option<u32>,
    /// 1-based, in characters; null where the document has no lines.
    column: Option<u32>,
}

/// The answer of one rule.
#[derive(Debug, Serialize, JsonSchema)]
struct VerdictEntry {
    rule: String,
    /// 1 to 6 for the six rules, null for the others.
    mission: Option<u8>,
    verdict: VerdictWord,
    /// True where the rule fails and everything that it found is put up with.
    accepted: bool,
    /// How the rule is met; null where it is not.
    because: Option<String>,
    /// The variable or parameter by whose default alone the rule holds, where a caller could change that.
    default_of: Option<String>,
}

/// The answer of one rule.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum VerdictWord {
    Pass,
    Fail,
    Undetermined,
}

/// A question that nothing in view answers.
#[derive(Debug, Serialize, JsonSchema)]
struct UndeterminedEntry {
    rule: String,
    /// Why, and what would settle it.
    reason: String,
    /// Where the trail ends, where it ends somewhere.
    place: Option<JsonPlace>,
    /// The way the value took, nearest first.
    via: Vec<String>,
}

/// What was looked at.
#[derive(Debug, Serialize, JsonSchema)]
struct CheckedEntry {
    /// How many files of the known kinds were looked at.
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

/// What could not be read.
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
