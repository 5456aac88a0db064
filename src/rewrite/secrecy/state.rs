//! Secrets in plans and states of Terraform, which mark their sensitive values themselves. Such documents are never
//! shown, so no places are noted, only the values, in case one occurs elsewhere too.

use serde_json::Value as Json;

use super::FoundSecrets;
use super::words::{BY_KIND, holds_secret, is_public_member, is_public_value};

/// The keys that hold values, each with the key beside it that marks the sensitive ones.
const MARKED: [(&str, &str); 4] = [
    ("values", "sensitive_values"),
    ("before", "before_sensitive"),
    ("after", "after_sensitive"),
    ("attributes", "sensitive_values"),
];

/// Notes the secrets of a document. False if it is not valid JSON.
pub(super) fn find(text: &str, found: &mut FoundSecrets) -> bool {
    let Ok(json) = serde_json::from_str::<Json>(text) else {
        return false;
    };
    let declared = json.pointer("/configuration/root_module/variables");
    for (name, declaration) in declared.and_then(Json::as_object).into_iter().flatten() {
        if declaration.get("sensitive") == Some(&Json::Bool(true)) {
            let value = json.get("variables").and_then(|all| all.get(name));
            all(value.unwrap_or(&Json::Null), found);
        }
    }
    // serde_json itself stops at a depth of 128.
    walk(&json, found);
    true
}

fn walk(json: &Json, found: &mut FoundSecrets) {
    match json {
        Json::Object(members) => {
            if members.get("sensitive") == Some(&Json::Bool(true)) {
                let values = ["value", "default"].iter();
                values
                    .filter_map(|name| members.get(*name))
                    .for_each(|value| all(value, found));
            }
            for (values, marks) in MARKED {
                if let (Some(values), Some(marks)) = (members.get(values), members.get(marks)) {
                    marked(values, marks, found);
                }
            }
            listed(json, found);
            by_kind(json, found);
            for (name, value) in members {
                if holds_secret(name) {
                    secret(value, found)
                } else {
                    walk(value, found)
                }
            }
        }
        Json::Array(items) => items.iter().for_each(|item| walk(item, found)),
        Json::String(text) => super::patterns::find(
            text,
            0..text.len(),
            super::unquoted::SearchedPart::Inside,
            found,
        ),
        _ => {}
    }
}

/// Reads `sensitive_attributes` of a raw state: a list of paths, each a list of steps.
fn listed(json: &Json, found: &mut FoundSecrets) {
    let ways = json.get("sensitive_attributes").and_then(Json::as_array);
    for way in ways.into_iter().flatten() {
        let steps = way
            .as_array()
            .map_or(std::slice::from_ref(way), Vec::as_slice);
        let mut at = json.get("attributes");
        for step in steps {
            let step = step.get("value").unwrap_or(step);
            at = at.and_then(|at| match step {
                Json::String(name) => at.get(name),
                Json::Number(index) => at.get(usize::try_from(index.as_u64()?).ok()?),
                other => at.get(other.get("value")?.as_str()?),
            });
        }
        all(at.unwrap_or(&Json::Null), found);
    }
}

fn by_kind(json: &Json, found: &mut FoundSecrets) {
    let Some(kind) = json.get("type").and_then(Json::as_str) else {
        return;
    };
    let instances = json
        .get("instances")
        .and_then(Json::as_array)
        .into_iter()
        .flatten();
    let own = instances.filter_map(|instance| instance.get("attributes"));
    let changes = ["before", "after"]
        .iter()
        .filter_map(|side| json.get("change")?.get(side));
    for values in own.chain(json.get("values")).chain(changes) {
        for (_, name, condition) in BY_KIND.iter().filter(|row| row.0 == kind) {
            if condition
                .is_none_or(|(name, value)| values.get(name).is_none_or(|said| said == value))
            {
                all(values.get(name).unwrap_or(&Json::Null), found);
            }
        }
    }
}

/// Notes the values whose marks are set.
fn marked(values: &Json, marks: &Json, found: &mut FoundSecrets) {
    match (values, marks) {
        (_, Json::Bool(true)) => all(values, found),
        (Json::Object(values), Json::Object(marks)) => {
            for (name, mark) in marks {
                marked(values.get(name).unwrap_or(&Json::Null), mark, found);
            }
        }
        (Json::Array(values), Json::Array(marks)) => {
            for (value, mark) in values.iter().zip(marks) {
                marked(value, mark, found);
            }
        }
        _ => {}
    }
}

/// Notes a value whose name may mean a secret.
fn secret(json: &Json, found: &mut FoundSecrets) {
    match json {
        Json::Object(members) => {
            let is_declared = members.contains_key("value") || members.contains_key("references");
            for (name, value) in members {
                let is_value = ["value", "constant_value", "default"].contains(&name.as_str());
                if is_value || (!is_declared && !is_public_member(name)) {
                    secret(value, found);
                }
            }
        }
        Json::Array(items) => items.iter().for_each(|item| secret(item, found)),
        other => all(other, found),
    }
}

/// Notes the decoded values in a secret text. Escapes make them differ from the written ones.
pub(super) fn meant(text: &str, found: &mut FoundSecrets) {
    all(&Json::from(text), found);
}

/// Notes all values inside. The JSON text of a secret keeps its public members, such as the user.
fn all(json: &Json, found: &mut FoundSecrets) {
    match json {
        Json::String(text) if !is_public_value(text) => match serde_json::from_str::<Json>(text) {
            Ok(inner @ Json::Object(_)) => secret(&inner, found),
            _ => found.value(text),
        },
        Json::Number(number) => found.value(&number.to_string()),
        Json::Array(items) => items.iter().for_each(|item| all(item, found)),
        Json::Object(members) => {
            let secrets = members.iter().filter(|(name, _)| !is_public_member(name));
            secrets.for_each(|(_, value)| all(value, found));
        }
        _ => {}
    }
}
