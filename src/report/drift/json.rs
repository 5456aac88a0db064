//! The JSON format of drift, with types separate from the internal ones.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::{Drift, DriftChange, DriftLook};
use crate::domain::drift::{Class, DriftEffect};
use crate::report::ReportError;
use crate::report::lines::escaped_json;

/// The version of this format.
const SCHEMA: u32 = 1;

/// The drift of projects.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DriftReport {
    /// The version of this format: 1.
    schema: u32,
    projects: Vec<DriftProject>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct DriftProject {
    /// The directory, as given on the command line.
    project: String,
    /// The version of rdsproxy-gen that generated it.
    tool: String,
    /// The pack that it was generated with, with its version.
    pack: String,
    /// The number of generated files that were compared.
    files: usize,
    /// The account, if it was compared as well.
    account: Option<String>,
    /// The number of differences in each class.
    counts: BTreeMap<&'static str, usize>,
    /// The number of waived differences.
    accepted: usize,
    changes: Vec<DriftEntry>,
    /// Additions that do not concern any generated resource.
    beside: Vec<String>,
    /// The parts that could not be compared, with the reason.
    not_compared: Vec<String>,
    notes: Vec<String>,
    /// The reason why the project could not be examined.
    failed: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct DriftEntry {
    /// `weakens`, `cannot tell`, `changes`, `strengthens`, `cosmetic`, or `accepted` if all of it is waived.
    class: &'static str,
    /// The file; null if the difference is not in a file.
    file: Option<String>,
    /// The first line that differs in the present file, 1-based.
    line: Option<usize>,
    effects: Vec<Meant>,
    /// The lines as a unified diff.
    diff: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::report) struct Meant {
    class: &'static str,
    /// The rule that the difference concerns.
    rule: Option<&'static str>,
    severity: Option<&'static str>,
    /// The attribute that differs, as named by `attribute` of a waiver.
    attribute: String,
    message: String,
    file: Option<String>,
    line: Option<u32>,
    column: Option<u32>,
    /// The waiver.
    accepted: Option<String>,
}

/// Writes the report, including cosmetic differences.
pub(super) fn render(drifts: &[Drift], _: DriftLook) -> Result<String, ReportError> {
    let report = DriftReport {
        schema: SCHEMA,
        projects: drifts.iter().map(project).collect(),
    };
    Ok(escaped_json(serde_json::to_string_pretty(&report)?) + "\n")
}

fn project(drift: &Drift) -> DriftProject {
    let tally = drift.tally();
    DriftProject {
        project: drift.project.clone(),
        tool: drift.tool.clone(),
        pack: drift.pack.clone(),
        files: drift.files,
        account: drift.account.clone(),
        counts: tally
            .into_iter()
            .map(|(class, number)| (class.name(), number))
            .collect(),
        accepted: drift.accepted(),
        changes: drift.changes.iter().map(entry).collect(),
        beside: drift.beside.clone(),
        not_compared: drift.not_compared.clone(),
        notes: drift.notes.clone(),
        failed: drift.failed.clone(),
    }
}

fn entry(change: &DriftChange) -> DriftEntry {
    let hunk = change.hunk.as_ref();
    DriftEntry {
        class: change.class().map_or("accepted", Class::name),
        file: hunk.map(|hunk| hunk.file.clone()),
        line: hunk.map(|hunk| hunk.line),
        effects: change.effects.iter().map(Meant::new).collect(),
        diff: hunk.map(|hunk| {
            let lines = hunk.lines.iter();
            let lines = lines.map(|line| format!("{}{}\n", line.mark, line.text()));
            format!("{}\n{}", hunk.head(), lines.collect::<String>())
        }),
    }
}

impl Meant {
    /// Converts an effect to its JSON form.
    pub(in crate::report) fn new(effect: &DriftEffect) -> Self {
        Self {
            class: effect.class.name(),
            rule: effect.rule.map(|rule| rule.0.id),
            severity: effect.rule.map(|rule| rule.0.severity.name()),
            attribute: effect.attribute.clone(),
            message: effect.message.clone(),
            file: effect.origin.as_ref().map(|origin| origin.file.clone()),
            line: effect.origin.as_ref().map(|origin| origin.line),
            column: effect.origin.as_ref().map(|origin| origin.column),
            accepted: effect.accepted.as_ref().map(|waiver| waiver.reason.clone()),
        }
    }
}
