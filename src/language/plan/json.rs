//! Helpers for reading the JSON of a plan or a state.

use serde_json::Value as Json;

/// Returns the items of a member; none if it is not a list.
pub(super) fn list<'j>(json: &'j Json, member: &str) -> impl Iterator<Item = &'j Json> {
    json.get(member)
        .and_then(Json::as_array)
        .into_iter()
        .flatten()
}

/// Returns the type of a resource, such as `aws_db_proxy` or `data.aws_vpc`.
pub(super) fn kind(resource: &Json) -> Option<String> {
    let kind = resource.get("type")?.as_str()?;
    match resource.get("mode")?.as_str()? {
        "data" => Some(format!("data.{kind}")),
        _ => Some(kind.to_owned()),
    }
}
