//! The configuration in a plan: for every attribute, the references in its expression.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::entry::{Context, PlanEntry};
use super::instance::PlanInstance;
use super::json::{kind, list};
use super::known_ids::KnownIds;
use super::references::ReferenceFinder;
use super::state::instances;
use crate::domain::evidence::Origin;
use crate::language::resource::Document;

/// Reads a plan as a document: the resources that exist once it is applied.
pub(super) fn planned(json: &Json, origin: &Origin) -> Document {
    let mut all: Vec<PlanInstance<'_>> =
        list(json, "resource_changes").filter_map(change).collect();
    let known: BTreeSet<String> = all
        .iter()
        .map(|instance| instance.address.clone())
        .collect();
    let read_already = json
        .pointer("/prior_state/values/root_module")
        .map(instances)
        .unwrap_or_default();
    let data = read_already.into_iter().filter(|instance| {
        instance.kind.starts_with("data.") && !known.contains(&instance.address)
    });
    all.extend(data);
    let words = KnownIds::new(&all);
    let root = json.pointer("/configuration/root_module");
    let addresses = all
        .iter()
        .map(|instance| instance.address.clone())
        .collect();
    let finder = ReferenceFinder::new(root, addresses);
    let resources = all
        .iter()
        .map(|instance| {
            let context = Context::new(&finder, &instance.address);
            let entry = PlanEntry {
                instance,
                words: &words,
                origin,
                context,
            };
            entry.resource()
        })
        .collect();
    Document {
        resources,
        ..Document::default()
    }
}

/// Returns the planned instance. None for one that is destroyed or deposed.
fn change(resource: &Json) -> Option<PlanInstance<'_>> {
    let change = resource.get("change")?;
    let values = change.get("after").filter(|after| after.is_object())?;
    if resource.get("deposed").is_some() {
        return None;
    }
    Some(PlanInstance {
        address: resource.get("address")?.as_str()?.to_owned(),
        kind: kind(resource)?,
        values,
        unknown: change.get("after_unknown"),
        sensitive: change.get("after_sensitive"),
    })
}
