//! SARIF 2.1.0, for code scanning: "Static Analysis Results Interchange Format (SARIF) Version 2.1.0", OASIS Standard,
//! errata 01.
//!
//! A finding is a result of kind `fail`, an open question one of kind `open`; an accepted finding has a suppression.
//! Rules that hold are listed in the properties of the run and have no results: GitHub code scanning shows every result
//! as an alert, whatever its kind, so a pass would be a false alert.

mod places;
mod results;
mod rules;

use std::io::Write;

use serde::Serialize;
use serde_json::{Map, Value, json};

use self::places::Artifacts;
use super::audit::{Audit, Judged};
use super::lazily::Lazily;
use super::questions::OpenQuestions;
use super::{ReportError, RuleAnswer, Screen, lines};
use crate::domain::finding::RuleInfo;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Distinguishes the runs of this command from others of the same commit; the part before the last slash is the
/// category.
const AUTOMATION: &str = "rdsproxy-gen/audit/";

/// Writes the audit as SARIF.
pub(super) fn render(audit: &Audit, _: Screen, sink: &mut dyn Write) -> Result<(), ReportError> {
    let artifacts = Artifacts::new(audit);
    let all = results::All::new(audit, &artifacts);
    let run = SarifRun {
        tool: without_nulls(json!({ "driver": {
            "name": "rdsproxy-gen",
            "semanticVersion": env!("CARGO_PKG_VERSION"),
            "rules": rules::descriptors(audit),
            "notifications": notification_kinds(),
        } })),
        automation_details: json!({ "id": AUTOMATION }),
        invocations: [Invocation {
            execution_successful: true,
            tool_execution_notifications: Lazily(|| {
                notifications(audit, &artifacts).map(without_nulls)
            }),
        }],
        original_uri_base_ids: json!({ places::ROOT: {
            "description": { "text": "The folder in which the audit ran." },
        } }),
        artifacts: artifacts.list(),
        column_kind: "utf16CodeUnits",
        results: Lazily(|| all.results().map(without_nulls)),
        properties: Properties {
            files_checked: audit.checked.files,
            terraform_roots: &audit.checked.roots,
            templates: &audit.checked.templates,
            plans: &audit.checked.plans,
            account: audit.checked.account.as_deref(),
            proxies: Lazily(|| {
                let proxies = audit.proxies.iter();
                proxies.map(|proxy| without_nulls(holding(proxy, audit)))
            }),
        },
    };
    let log = Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [run],
    };
    lines::json(&log, sink)
}

#[derive(Serialize)]
struct Log<R> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [R; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifRun<N, R, P> {
    tool: Value,
    automation_details: Value,
    invocations: [Invocation<N>; 1],
    original_uri_base_ids: Value,
    artifacts: Vec<Value>,
    column_kind: &'static str,
    results: R,
    properties: P,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation<N> {
    execution_successful: bool,
    tool_execution_notifications: N,
}

/// The sources that were checked, and the rules that hold.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Properties<'a, P> {
    files_checked: usize,
    terraform_roots: &'a [String],
    templates: &'a [String],
    plans: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<&'a str>,
    proxies: P,
}

fn holding(proxy: &Judged, audit: &Audit) -> Value {
    let holds = |rule: &&&RuleInfo| proxy.answer(rule) == RuleAnswer::Pass;
    let rules: Vec<&str> = audit
        .rules
        .iter()
        .filter(holds)
        .map(|rule| rule.id)
        .collect();
    json!({
        "address": proxy.address,
        "name": proxy.name,
        "root": proxy.root,
        "rulesThatHold": rules,
    })
}

const NOT_READ: (usize, &str) = (0, "not-read");
const NOT_IN_VIEW: (usize, &str) = (1, "not-in-view");

fn notification_kinds() -> [Value; 2] {
    let kind = |(_, id): (usize, &str), name: &str, (short, full): (&str, &str)| {
        json!({
            "id": id,
            "name": name,
            "shortDescription": { "text": short },
            "fullDescription": { "text": full },
            "help": { "text": full },
        })
    };
    [
        kind(
            NOT_READ,
            "NotRead",
            (
                "Something that may matter could not be read.",
                "The audit saw a file or a part of it that it could not read. What it says of the rest holds; a proxy that stands there was not judged.",
            ),
        ),
        kind(
            NOT_IN_VIEW,
            "NotInView",
            (
                "A limit of the service could not be checked.",
                "The limit depends on what only an account shows. An audit with --live or --snapshot FILE tells.",
            ),
        ),
    ]
}

/// Returns notifications for sources that could not be read and limits that could not be checked.
fn notifications<'a>(
    audit: &'a Audit,
    artifacts: &'a Artifacts<'a>,
) -> impl Iterator<Item = Value> {
    let skipped = audit.skipped.iter().map(move |skipped| {
        json!({
            "descriptor": { "id": NOT_READ.1, "index": NOT_READ.0 },
            "level": "warning",
            "message": { "text": plain(&skipped.reason) },
            "locations": [{ "physicalLocation": artifacts.place(&skipped.origin) }],
        })
    });
    let limits = audit.proxies.iter().flat_map(move |proxy| {
        let hidden = OpenQuestions::new(proxy).hidden_limits.into_iter();
        hidden.map(move |rule| not_in_view(proxy, rule, audit, artifacts))
    });
    skipped.chain(limits)
}

fn not_in_view(proxy: &Judged, rule: &RuleInfo, audit: &Audit, artifacts: &Artifacts) -> Value {
    let reasons: Vec<&str> = proxy
        .report
        .undetermined
        .iter()
        .filter(|open| open.rule.id == rule.id)
        .map(|open| open.reason.as_str())
        .collect();
    json!({
        "descriptor": { "id": NOT_IN_VIEW.1, "index": NOT_IN_VIEW.0 },
        "associatedRule": { "id": rule.id, "index": rules::index(rule, audit) },
        "level": "note",
        "message": { "text": plain(&reasons.join("; ")) },
        "locations": [artifacts.location(&proxy.origin, proxy)],
    })
}

/// Escapes link syntax: a SARIF message can contain `[text](target)`, and crafted names could imitate that ("Messages
/// with embedded links").
fn plain(text: &str) -> String {
    text.replace("](", "\\](")
}

/// Removes null members: an optional property without a value is omitted.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(members) => Value::Object(
            members
                .into_iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(name, value)| (name, without_nulls(value)))
                .collect::<Map<_, _>>(),
        ),
        Value::Array(entries) => Value::Array(entries.into_iter().map(without_nulls).collect()),
        other => other,
    }
}
