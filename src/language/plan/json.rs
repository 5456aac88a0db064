//! What every part of a plan or a state is read with.

use serde_json::Value as Json;

/// The items of a member; none where it is no list.
pub(super) fn list<'j>(json: &'j Json, member: &str) -> impl Iterator<Item = &'j Json> {
    json.get(member)
        .and_then(Json::as_array)
        .into_iter()
        .flatten()
}

/// `aws_db_proxy`, `data.aws_vpc`.
pub(super) fn kind(resource: &Json) -> Option<String> {
    let kind = resource.get("type")?.as_str()?;
    match resource.get("mode")?.as_str()? {
        "data" => Some(format!("data.{kind}")),
        _ => Some(kind.to_owned()),
    }
}
