//! Whether a resource that adds to another one is there at all, where its own count or condition cannot be told.

use super::block::ResourceBody;
use crate::domain::evidence::Origin;
use crate::language::resource::{Node, Value};
use crate::language::vocabulary::resource::COUNT;

/// Why nobody knows whether a resource is there: a count that cannot be told may be 0, and a condition may not hold. A collection
/// that cannot be told is there to be filled. No doubt where what it adds to hangs on the same condition: whoever has the one has
/// the other.
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

/// Only a condition has a name; two counts that lead to one variable may well differ.
fn is_same_condition(one: &Node, other: &Node) -> bool {
    let is_named = |way: &&String| way.starts_with("condition ");
    one.origin.via.first().filter(is_named).is_some()
        && one.origin.via == other.origin.via
        && one.origin.file == other.origin.file
}
