//! An update for programs. A wire format of its own.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Clash, FileUpdate, Step, Update};
use crate::report::drift::json::Meant;
use crate::report::lines::escaped_json;
use crate::report::{Look, ReportError};

/// The version of this format.
const SCHEMA: u32 = 1;

/// What updates make of some projects.
#[derive(Debug, Serialize, JsonSchema)]
pub struct UpdateReport {
    /// The version of this format: 1.
    schema: u32,
    projects: Vec<Project>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Project {
    /// The directory, as it was named.
    project: String,
    /// The version of rdsproxy-gen that generated it.
    tool: String,
    /// The pack that it was generated with, with its version.
    pack: String,
    /// `up to date`, `newer pack`, `update due`, `weakened by hand`, `in conflict` or `not looked at`.
    state: &'static str,
    /// Whether it was carried out.
    written: bool,
    /// The files that are not simply as they are generated.
    files: Vec<File>,
    /// What is generated in another way now, as far as it is deployed.
    news: Vec<Meant>,
    /// What nobody but the user can decide.
    conflicts: Vec<Conflict>,
    /// What somebody made weaker, or hid.
    held: Vec<Meant>,
    /// The same, put up with.
    accepted: Vec<Meant>,
    notes: Vec<String>,
    /// Why it could not be looked at.
    failed: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct File {
    path: String,
    /// `added`, `updated`, `merged`, `kept`, `restored`, `removed`, `left`, `reset`, `in conflict`.
    fate: &'static str,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Conflict {
    file: String,
    what: String,
    why: &'static str,
    yours: Side,
    generated: Side,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Side {
    /// The first line, from 1; 0 where there is nothing.
    line: usize,
    text: String,
}

/// Writes it.
pub(super) fn render(updates: &[Update], _: Look) -> Result<String, ReportError> {
    let report = UpdateReport {
        schema: SCHEMA,
        projects: updates.iter().map(project).collect(),
    };
    Ok(escaped_json(serde_json::to_string_pretty(&report)?) + "\n")
}

fn project(update: &Update) -> Project {
    let files = update.files.iter();
    Project {
        project: update.project.clone(),
        tool: update.tool.clone(),
        pack: update.pack.clone(),
        state: update.state().name(),
        written: matches!(update.step, Step::Written | Step::Marked),
        files: files
            .filter(|file| file.fate != super::Fate::Unchanged)
            .map(File::of)
            .collect(),
        news: update.news.iter().map(Meant::of).collect(),
        conflicts: update.clashes.iter().map(Conflict::of).collect(),
        held: update.held.iter().map(Meant::of).collect(),
        accepted: update.accepted.iter().map(Meant::of).collect(),
        notes: update.notes.clone(),
        failed: update.failed.clone(),
    }
}

impl File {
    fn of(file: &FileUpdate) -> Self {
        Self {
            path: file.path.clone(),
            fate: file.fate.name(),
        }
    }
}

impl Conflict {
    fn of(clash: &Clash) -> Self {
        let side = |(line, text): &(usize, String)| Side {
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
