//! The JSON format of a fleet, with types separate from the internal ones.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::{Fleet, Member, ProjectState, Signer};
use crate::domain::drift::Class;
use crate::domain::pack::status::ProjectPlace;
use crate::report::lines::escaped_json;
use crate::report::{ReportError, Screen};

/// The version of this format.
const SCHEMA: u32 = 1;

/// The packs that projects were generated with.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FleetReport {
    /// The version of this format: 1.
    schema: u32,
    /// The packs whose versions were compared.
    compared: Vec<String>,
    /// The sources that did not answer, with the reason.
    unasked: Vec<String>,
    projects: Vec<StatusProject>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct StatusProject {
    /// The directory, as given on the command line.
    project: String,
    /// Whether the project needs attention.
    needs_somebody: bool,
    /// The reason why the project could not be examined; then the rest is absent.
    failed: Option<String>,
    /// The state of the project.
    state: Option<StatusPack>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct StatusPack {
    /// The version of rdsproxy-gen that generated it.
    tool: String,
    pack: String,
    version: String,
    /// The id of the key whose signature was verified when it was generated.
    signer: Option<String>,
    /// Whether that key is still trusted: `built-in`, `nobody`, `counts`, `not checked`, `refused`.
    signature: &'static str,
    /// How its version compares with the newest: `built-in`, `not compared`, `current`, `behind`, `ahead`, `moved`.
    standing: &'static str,
    /// The newest known version, if the project has another one.
    newest: Option<String>,
    /// The reason why its version was yanked.
    yanked: Option<String>,
    /// The number of differences in each class of drift.
    drift: BTreeMap<&'static str, usize>,
    /// The number of waived differences.
    accepted: usize,
}

/// Writes the fleet as JSON.
pub(super) fn render(fleet: &Fleet, _: Screen) -> Result<String, ReportError> {
    let report = FleetReport {
        schema: SCHEMA,
        compared: fleet.compared.clone(),
        unasked: fleet.unasked.clone(),
        projects: fleet.members.iter().map(project).collect(),
    };
    Ok(escaped_json(serde_json::to_string_pretty(&report)?) + "\n")
}

fn project(member: &Member) -> StatusProject {
    StatusProject {
        project: member.project.clone(),
        needs_somebody: member.needs_somebody(),
        failed: member.state.as_ref().err().cloned(),
        state: member.state.as_ref().ok().map(known),
    }
}

fn known(state: &ProjectState) -> StatusPack {
    let (signature, signer) = match &state.signer {
        Signer::BuiltIn => ("built-in", None),
        Signer::Nobody { .. } => ("nobody", None),
        Signer::Counts { key, .. } => ("counts", Some(key)),
        Signer::NotChecked(key) => ("not checked", Some(key)),
        Signer::Refused { key, .. } => ("refused", Some(key)),
    };
    let (standing, newest) = match &state.place {
        ProjectPlace::BuiltIn => ("built-in", None),
        ProjectPlace::NotCompared => ("not compared", None),
        ProjectPlace::Current => ("current", None),
        ProjectPlace::Behind(newest) => ("behind", Some(newest)),
        ProjectPlace::Ahead(newest) => ("ahead", Some(newest)),
        ProjectPlace::Moved(_) => ("moved", None),
    };
    let drift = state.drift.iter();
    StatusPack {
        tool: state.tool.clone(),
        pack: state.pack.clone(),
        version: state.version.clone(),
        signer: signer.cloned(),
        signature,
        standing,
        newest: newest.map(ToString::to_string),
        yanked: state.yanked.clone(),
        drift: drift
            .map(|(class, number)| (Class::name(*class), *number))
            .collect(),
        accepted: state.accepted,
    }
}
