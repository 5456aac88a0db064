//! Terraform's own JSON: a plan (`terraform show -json PLAN`), a state (`terraform show -json`) and a raw
//! `terraform.tfstate`.
//!
//! A value that a plan does not know yet (`after_unknown`) becomes a reference if its configuration names one resource
//! for it; otherwise it stays unresolved, with the path to its source. Values that are marked as sensitive are not
//! read, except for the name of the user in the text of a secret.
//!
//! Source: Terraform documentation, "JSON Output Format".

mod configuration;
mod entry;
mod expressions;
mod instance;
mod json;
mod known_ids;
mod references;
mod secret;
mod state;
mod values;

use serde_json::Value as Json;

use super::resource::Document;
use crate::domain::evidence::Origin;

/// The major version of the format that this module reads. Source: "JSON Output Format", format version.
const FORMAT: &str = "1.";

/// A cheap check of a text: false means that it is certainly neither a plan nor a state of Terraform.
pub fn is_plan_or_state(text: &str) -> bool {
    text.trim_start().starts_with('{')
        && text.contains("\"terraform_version\"")
        && ["\"format_version\"", "\"lineage\""]
            .iter()
            .any(|sign| text.contains(sign))
}

/// Reads a plan or a state; `name` is its name in the origins of its values.
pub fn read(name: &str, text: &str) -> Document {
    let origin = Origin::document(name);
    let mut document = parsed(text)
        .and_then(|json| resources(&json, &origin))
        .unwrap_or_else(|reason| Document {
            problems: vec![(reason, origin)],
            ..Document::default()
        });
    document
        .resources
        .sort_by(|one, other| one.address.cmp(&other.address));
    document
}

fn parsed(text: &str) -> Result<Json, String> {
    serde_json::from_str(text).map_err(|error| {
        format!("not JSON that can be read ({error}): write it again with `terraform show -json`")
    })
}

fn resources(json: &Json, origin: &Origin) -> Result<Document, String> {
    if json.get("lineage").is_some() {
        return state::raw(json, origin);
    }
    let version = json.get("format_version").and_then(Json::as_str);
    match version {
        // The formats before 1.0 are the same in everything that is read here.
        Some(version) if version.starts_with(FORMAT) || version.starts_with("0.") => {}
        Some(version) => {
            return Err(format!(
                "has the format {version:?}, of which nothing is known here: audit the source, or use a newer rdsproxy-gen"
            ));
        }
        None => return Err("is neither a plan nor a state".to_owned()),
    }
    if json.get("resource_changes").is_some() || json.get("planned_values").is_some() {
        return Ok(configuration::planned(json, origin));
    }
    Ok(state::shown(json, origin))
}
