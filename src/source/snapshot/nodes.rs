//! Constructors of resources and nodes. All of them have the account as their origin.

use std::collections::BTreeMap;

use crate::domain::evidence::Origin;
use crate::language::resource::{Dialect, Node, Resource, Value};

/// The file name in the origin of everything in an account.
const NAME: &str = "account";

pub(super) type Members<'m> = Vec<(&'m str, Option<Node>)>;

pub(super) fn resource(kind: &str, address: &str, names: &[&str], body: Members<'_>) -> Resource {
    Resource {
        dialect: Dialect::Account,
        kind: kind.to_owned(),
        address: address.to_owned(),
        origin: origin(),
        body: map(body),
        known_as: names.iter().map(|name| (*name).to_owned()).collect(),
    }
}

pub(super) fn origin() -> Origin {
    Origin::document(NAME)
}

pub(super) fn map(members: Members<'_>) -> Node {
    let members = members
        .into_iter()
        .filter_map(|(key, node)| Some((key.to_owned(), node?)));
    Node::new(Value::Map(members.collect()), origin())
}

pub(super) fn list(items: impl Iterator<Item = Node>) -> Node {
    Node::new(Value::List(items.collect()), origin())
}

pub(super) fn texts(items: &[String]) -> Node {
    list(items.iter().map(text))
}

pub(super) fn text(text: impl AsRef<str>) -> Node {
    Node::new(Value::text(text.as_ref()), origin())
}

/// Returns the text as a node. None for an empty text, which the account did not show.
pub(super) fn filled(value: &str) -> Option<Node> {
    (!value.is_empty()).then(|| text(value))
}

pub(super) fn number(number: impl Into<f64>) -> Node {
    Node::new(Value::Number(number.into()), origin())
}

pub(super) fn flag(flag: bool) -> Node {
    Node::new(Value::Bool(flag), origin())
}

pub(super) fn unresolved(reason: &str) -> Node {
    Node::new(Value::Unresolved(reason.to_owned()), origin())
}

pub(super) fn tags(tags: &BTreeMap<String, String>) -> Node {
    list(
        tags.iter()
            .map(|(key, value)| map(vec![("Key", Some(text(key))), ("Value", Some(text(value)))])),
    )
}
