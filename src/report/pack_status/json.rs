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

/// The packs of some projects.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FleetReport {
    /// The version of this format: 1.
    schema: u32,
    /// The packs that the versions were compared with.
    compared: Vec<String>,
    /// The places that gave no answer, and why.
    unasked: Vec<String>,
    projects: Vec<StatusProject>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct StatusProject {
    /// The directory, as it was named.
    project: String,
    /// Whether somebody has something to do.
    needs_somebody: bool,
    /// Why it could not be looked at; then nothing else is known.
    failed: Option<String>,
    /// What is known of it.
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
    /// Whether that key still counts: `built-in`, `nobody`, `counts`, `not checked`, `refused`.
    signature: &'static str,
    /// Where its version stands: `built-in`, `not compared`, `current`, `behind`, `ahead`, `moved`.
    standing: &'static str,
    /// The newest version that is known, where it has another one.
    newest: Option<String>,
    /// Why its version was yanked.
    yanked: Option<String>,
    /// How many differences there are of each class of drift.
    drift: BTreeMap<&'static str, usize>,
    /// How many differences are put up with.
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
