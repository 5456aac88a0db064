//! A state: every value is known, and related resources are found by id, ARN and name.

use serde_json::Value as Json;

use super::entry::PlanEntry;
use super::instance::PlanInstance;
use super::json::{kind, list};
use super::known_ids::KnownIds;
use crate::domain::evidence::Origin;
use crate::language::resource::Document;

/// The maximum depth of nested modules. Terraform documents no limit; no configuration in use comes close to this one.
const MAX_NESTING: usize = 32;

/// The version of `terraform.tfstate` since Terraform 0.12.
const RAW_VERSION: u64 = 4;

/// Reads a state in the format of `terraform show -json`.
pub(super) fn shown(json: &Json, origin: &Origin) -> Document {
    let root = json
        .get("values")
        .and_then(|values| values.get("root_module"));
    document(root.map(instances).unwrap_or_default(), origin)
}

/// Returns the resources below a module of `values`.
pub(super) fn instances(root: &Json) -> Vec<PlanInstance<'_>> {
    let mut found = Vec::new();
    let mut open = vec![(root, 0)];
    while let Some((module, depth)) = open.pop() {
        found.extend(list(module, "resources").filter_map(shown_instance));
        if depth < MAX_NESTING {
            open.extend(list(module, "child_modules").map(|child| (child, depth + 1)));
        }
    }
    found
}

fn shown_instance(resource: &Json) -> Option<PlanInstance<'_>> {
    Some(PlanInstance {
        address: resource.get("address")?.as_str()?.to_owned(),
        kind: kind(resource)?,
        values: resource.get("values")?,
        unknown: None,
        sensitive: resource.get("sensitive_values"),
    })
}

/// Reads a raw `terraform.tfstate`.
pub(super) fn raw(json: &Json, origin: &Origin) -> Result<Document, String> {
    match json.get("version").and_then(Json::as_u64) {
        Some(RAW_VERSION) => {}
        Some(version) => {
            return Err(format!(
                "is a state of version {version}, and only version {RAW_VERSION} is read: run `terraform show -json` with the Terraform that wrote it"
            ));
        }
        None => return Err("is a state without a version".to_owned()),
    }
    let found = list(json, "resources").flat_map(raw_instances).collect();
    Ok(document(found, origin))
}

fn raw_instances(resource: &Json) -> Vec<PlanInstance<'_>> {
    let Some((kind, address)) = raw_address(resource) else {
        return Vec::new();
    };
    let current = list(resource, "instances").filter(|instance| instance.get("deposed").is_none());
    current
        .filter_map(|instance| {
            let key = match instance.get("index_key") {
                Some(Json::String(key)) => format!("[{}]", Json::from(key.as_str())),
                Some(Json::Number(index)) => format!("[{index}]"),
                _ => String::new(),
            };
            Some(PlanInstance {
                address: format!("{address}{key}"),
                kind: kind.clone(),
                values: instance.get("attributes")?,
                unknown: None,
                sensitive: None,
            })
        })
        .collect()
}

fn raw_address(resource: &Json) -> Option<(String, String)> {
    let kind = kind(resource)?;
    let name = resource.get("name")?.as_str()?;
    let module = resource.get("module").and_then(Json::as_str);
    let module = module.map_or_else(String::new, |module| format!("{module}."));
    let address = format!("{module}{kind}.{name}");
    Some((kind, address))
}

fn document(instances: Vec<PlanInstance<'_>>, origin: &Origin) -> Document {
    let words = KnownIds::new(&instances);
    let resources = instances
        .iter()
        .map(|instance| PlanEntry::known(instance, &words, origin).resource())
        .collect();
    Document {
        resources,
        ..Document::default()
    }
}
