//! The JSON format of an update, with types separate from the internal ones.

use schemars::JsonSchema;
use serde::Serialize;

use super::text::consequence;
use super::{Clash, FileUpdate, ToldConsequence, Update, UpdateStep};
use crate::report::drift::json::Meant;
use crate::report::lines::escaped_json;
use crate::report::{ReportError, Screen};

/// The version of this format.
const SCHEMA: u32 = 1;

/// The updates of projects.
#[derive(Debug, Serialize, JsonSchema)]
pub struct UpdateReport {
    /// The version of this format: 1.
    schema: u32,
    projects: Vec<UpdateProject>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct UpdateProject {
    /// The directory, as given on the command line.
    project: String,
    /// The version of rdsproxy-gen that generated it.
    tool: String,
    /// The pack that it was generated with, with its version.
    pack: String,
    /// `up to date`, `newer pack`, `update due`, `needs consent`, `weakened by hand`, `in conflict` or `not looked at`.
    state: &'static str,
    /// Whether the update was written.
    written: bool,
    /// The files that differ from what is generated.
    files: Vec<UpdateFile>,
    /// The changes of the generated code that affect the deployment.
    news: Vec<Meant>,
    /// Conflicts, which the user has to decide.
    conflicts: Vec<ConflictJson>,
    /// Edits that weaken a rule, or that prevent it from being checked.
    held: Vec<Meant>,
    /// Weakening edits that are waived.
    accepted: Vec<Meant>,
    /// What the update does once it is deployed, beyond changes in place.
    consequences: Vec<ConsequenceJson>,
    notes: Vec<String>,
    /// The reason why the project could not be examined.
    failed: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ConsequenceJson {
    /// `replaces`, `new password`.
    kind: &'static str,
    /// The resource: `module.proxy.aws_db_proxy.this`.
    address: String,
    /// The attribute that changes.
    attribute: &'static str,
    /// Whether an option of the command agreed to it.
    allowed: bool,
    /// The consequence in words.
    message: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct UpdateFile {
    path: String,
    /// `added`, `updated`, `merged`, `kept`, `restored`, `removed`, `moved`, `left`, `reset`, `in conflict`.
    fate: &'static str,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ConflictJson {
    file: String,
    what: String,
    why: &'static str,
    yours: SideJson,
    generated: SideJson,
}

#[derive(Debug, Serialize, JsonSchema)]
struct SideJson {
    /// The first line, 1-based; 0 if there is none.
    line: usize,
    text: String,
}

/// Writes the updates as JSON.
pub(super) fn render(updates: &[Update], _: Screen) -> Result<String, ReportError> {
    let report = UpdateReport {
        schema: SCHEMA,
        projects: updates.iter().map(project).collect(),
    };
    Ok(escaped_json(serde_json::to_string_pretty(&report)?) + "\n")
}

fn project(update: &Update) -> UpdateProject {
    let files = update.files.iter();
    UpdateProject {
        project: update.project.clone(),
        tool: update.tool.clone(),
        pack: update.pack.clone(),
        state: update.state().name(),
        written: matches!(update.step, UpdateStep::Written | UpdateStep::Marked),
        files: files
            .filter(|file| file.fate != super::Fate::Unchanged)
            .map(UpdateFile::new)
            .collect(),
        news: update.news.iter().map(Meant::new).collect(),
        conflicts: update.clashes.iter().map(ConflictJson::new).collect(),
        held: update.held.iter().map(Meant::new).collect(),
        accepted: update.accepted.iter().map(Meant::new).collect(),
        consequences: update
            .consequences
            .iter()
            .map(ConsequenceJson::new)
            .collect(),
        notes: update.notes.clone(),
        failed: update.failed.clone(),
    }
}

impl ConsequenceJson {
    fn new(told: &ToldConsequence) -> Self {
        let one = &told.consequence;
        Self {
            kind: one.kind.name(),
            address: one.address.clone(),
            attribute: one.attribute,
            allowed: told.is_allowed,
            message: consequence(one),
        }
    }
}

impl UpdateFile {
    fn new(file: &FileUpdate) -> Self {
        Self {
            path: file.path.clone(),
            fate: file.fate.name(),
        }
    }
}

impl ConflictJson {
    fn new(clash: &Clash) -> Self {
        let side = |(line, text): &(usize, String)| SideJson {
            line: *line,
            text: text.clone(),
        };
        Self {
            file: clash.file.clone(),
            what: clash.what.clone(),
            why: clash.why,
            yours: side(&clash.ours),
            generated: side(&clash.theirs),
        }
    }
}
