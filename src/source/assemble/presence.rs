//! Determines whether a resource that adds to another one exists, if its own count or condition is unknown.

use super::block::ResourceBody;
use crate::domain::evidence::Origin;
use crate::language::resource::{Node, Value};
use crate::language::vocabulary::resource::COUNT;

/// Returns the reason why the existence of a resource is uncertain: an unknown count may be 0, and a condition may not
/// hold. An unknown collection is assumed to have items. There is no doubt if its target depends on the same condition,
/// since both then exist or neither does.
pub(super) fn doubt(
    block: ResourceBody<'_, '_>,
    of: Option<ResourceBody<'_, '_>>,
) -> Option<(String, Origin)> {
    let count = block.get(COUNT)?;
    let Value::Unresolved(reason) = &count.value else {
        return None;
    };
    let other = of.and_then(|of| of.get(COUNT));
    let is_shared = other.is_some_and(|other| is_same_condition(count, other));
    (!is_shared).then(|| (reason.clone(), count.origin.clone()))
}

/// True if both have the same condition. Only a condition has a name; two counts that come from one variable may well
/// differ.
fn is_same_condition(one: &Node, other: &Node) -> bool {
    let is_named = |way: &&String| way.starts_with("condition ");
    one.origin.via.first().filter(is_named).is_some()
        && one.origin.via == other.origin.via
        && one.origin.file == other.origin.file
}
