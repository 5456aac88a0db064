//! Converts the values of one resource to attributes.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::entry::{Context, PlanEntry};
use super::expressions::Expressions;
use super::instance::PlanInstance;
use super::known_ids::KnownIds;
use super::secret;
use crate::domain::evidence::Origin;
use crate::language::resource::{Dialect, Node, Resource, Value};

/// Attributes that hold a policy as JSON.
const POLICIES: [&str; 5] = [
    "policy",
    "assume_role_policy",
    "json",
    "inline_policy",
    "resource_policy",
];

/// Attributes of nested blocks that the provider sets if the configuration does not.
const COMPUTED: [&str; 1] = ["client_password_auth_type"];

/// The maximum depth of values: serde_json stops at 128.
const MAX_DEPTH: usize = 128;

/// One value: its known part, its unknown part, and its expression.
#[derive(Clone, Copy)]
struct Slot<'j> {
    value: Option<&'j Json>,
    unknown: Option<&'j Json>,
    sensitive: Option<&'j Json>,
    expressions: Expressions<'j>,
    /// The number of lists and maps around it.
    depth: usize,
}

impl<'e, 'j> PlanEntry<'e, 'j> {
    /// Makes an entry from a state.
    pub(super) fn known(
        instance: &'e PlanInstance<'j>,
        words: &'e KnownIds,
        origin: &'e Origin,
    ) -> Self {
        Self {
            instance,
            words,
            origin,
            context: Context::none(),
        }
    }

    /// Returns the resource, with every name that it has in the account.
    pub(super) fn resource(&self) -> Resource {
        let names = ["arn", "id", "name", "identifier", "cluster_identifier"];
        let known_as: BTreeSet<&str> = names
            .iter()
            .filter_map(|name| self.instance.text(name))
            .collect();
        let slot = Slot {
            value: Some(self.instance.values),
            unknown: self.instance.unknown,
            sensitive: self.instance.sensitive,
            expressions: self.context.expressions(),
            depth: 0,
        };
        let body = self.node("", slot);
        let empty = || Node::new(Value::Map(Vec::new()), self.origin.clone());
        Resource {
            dialect: Dialect::Terraform,
            kind: self.instance.kind.clone(),
            address: self.instance.address.clone(),
            origin: self.origin.clone(),
            body: body.unwrap_or_else(empty),
            known_as: known_as.into_iter().map(str::to_owned).collect(),
        }
    }

    /// Converts one value. `None` if nothing is set: null, and the empty texts that the provider keeps for absent
    /// values.
    fn node(&self, name: &str, slot: Slot<'j>) -> Option<Node> {
        if slot.unknown == Some(&Json::Bool(true)) {
            return self.unknown(name, slot.expressions);
        }
        if secret::ATTRIBUTES.contains(&name) {
            let text = slot.value?.as_str().filter(|text| !text.is_empty())?;
            return Some(secret::node(text, &slot.expressions, self.origin));
        }
        if slot.sensitive == Some(&Json::Bool(true)) {
            let reason = format!("{name} is marked as sensitive, so it is not read");
            return slot
                .value
                .filter(|value| !value.is_null())
                .map(|_| self.at(Value::Unresolved(reason)));
        }
        let value = match slot.value {
            None | Some(Json::Null) => {
                let Some(Json::Object(_)) = slot.unknown else {
                    return None;
                };
                Value::Map(self.members(slot))
            }
            Some(Json::Bool(flag)) => Value::Bool(*flag),
            Some(Json::Number(number)) => Value::Number(number.as_f64()?),
            Some(Json::String(text)) if text.is_empty() => return None,
            Some(Json::String(text)) => {
                let policy = POLICIES
                    .contains(&name)
                    .then(|| self.words.policy(text, self.origin));
                return Some(
                    policy
                        .flatten()
                        .unwrap_or_else(|| self.at(Value::text(text))),
                );
            }
            Some(Json::Array(_) | Json::Object(_)) if slot.depth >= MAX_DEPTH => {
                Value::Unresolved("nests deeper than is read".to_owned())
            }
            Some(Json::Array(items)) => Value::List(self.items(name, items, slot)),
            Some(Json::Object(_)) => Value::Map(self.members(slot)),
        };
        Some(self.at(value))
    }

    fn at(&self, value: Value) -> Node {
        Node::new(value, self.origin.clone())
    }

    fn members(&self, slot: Slot<'j>) -> Vec<(String, Node)> {
        let keys = |json: Option<&'j Json>| {
            let members = json.and_then(Json::as_object);
            members.into_iter().flat_map(|members| members.keys())
        };
        let names: BTreeSet<&String> = keys(slot.value).chain(keys(slot.unknown)).collect();
        let written_only = slot
            .value
            .and_then(|value| value.get(secret::WRITTEN_ONLY)?.as_u64())
            .map(|_| self.at(Value::Map(Vec::new())));
        let written_only = written_only.map(|node| (secret::ATTRIBUTES[1].to_owned(), node));
        let members = names.into_iter().filter_map(|name| {
            let inner = Slot {
                value: slot.value.and_then(|value| value.get(name)),
                unknown: slot.unknown.and_then(|unknown| unknown.get(name)),
                sensitive: member(slot.sensitive, |json| json.get(name)),
                expressions: slot.expressions.member(name),
                depth: slot.depth + 1,
            };
            Some((name.clone(), self.node(name, inner)?))
        });
        members.chain(written_only).collect()
    }

    /// Converts the items of a list. Blocks of a set that differ only in unknown values may have become one item; the
    /// configuration has them all.
    fn items(&self, name: &str, items: &'j [Json], slot: Slot<'j>) -> Vec<Node> {
        let blocks = slot.expressions.blocks();
        let pairs = paired(items, &blocks);
        pairs
            .into_iter()
            .filter_map(|(index, expressions)| {
                let inner = Slot {
                    value: items.get(index),
                    unknown: slot.unknown.and_then(|unknown| unknown.get(index)),
                    sensitive: member(slot.sensitive, |json| json.get(index)),
                    expressions: expressions.unwrap_or_else(|| slot.expressions.whole()),
                    depth: slot.depth + 1,
                };
                self.node(name, inner)
            })
            .collect()
    }

    /// Converts a value that is known only after apply. None if the configuration does not set it, because the provider
    /// generates it.
    fn unknown(&self, name: &str, expressions: Expressions<'j>) -> Option<Node> {
        if COMPUTED.contains(&name) && expressions.is_absent() || expressions.is_unwritten() {
            return None;
        }
        Some(self.at(self.context.unknown(name, &expressions)))
    }
}

/// Returns the mark of a member. A mark on the whole applies to each of its parts.
fn member<'j>(
    marks: Option<&'j Json>,
    of: impl Fn(&'j Json) -> Option<&'j Json>,
) -> Option<&'j Json> {
    match marks {
        Some(Json::Bool(true)) => marks,
        _ => marks.and_then(of),
    }
}

/// The maximum number of comparisons of blocks with items. Beyond it, blocks are not paired, and open items stay open.
const MOST_COMPARED: usize = 1_000_000;

/// Pairs each item with its block: the first block that agrees in all constants and is not paired yet, else one that
/// is, since equal items of a set become one. Items without a block come from `dynamic`.
fn paired<'j>(items: &[Json], blocks: &[Expressions<'j>]) -> Vec<(usize, Option<Expressions<'j>>)> {
    let mut pairs: Vec<(usize, Option<Expressions<'j>>)> = Vec::new();
    let mut free: BTreeSet<usize> = (0..items.len()).collect();
    let mut compared = 0;
    for block in blocks {
        let mut agrees = |index: &usize| {
            compared += 1;
            compared <= MOST_COMPARED && block.agrees_with(&items[*index])
        };
        let unused = free.iter().copied().find(&mut agrees);
        if let Some(index) = unused.or_else(|| (0..items.len()).find(&mut agrees)) {
            free.remove(&index);
            pairs.push((index, Some(*block)));
        }
    }
    pairs.extend(free.into_iter().map(|index| (index, None)));
    pairs.sort_by_key(|(index, _)| *index);
    pairs
}
