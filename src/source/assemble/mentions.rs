//! The mentions of other resources in a resource: by reference, by a value taken from them, by name.

use std::collections::BTreeSet;

use super::block::ResourceBody;
use super::estate::Estate;
use super::things::{Handle, Item};
use crate::language::resource::{Piece, Value};
use crate::language::vocabulary::Kind;

/// Returns the things that a resource refers to, by reference or by a value that was taken from one.
pub(super) fn referred(estate: &Estate<'_>, item: Item<'_>) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    let mut left = vec![&item.resource.body];
    while let Some(node) = left.pop() {
        let attributes = node
            .origin
            .via
            .iter()
            .filter_map(|step| step.rsplit_once('.'));
        let addresses = attributes.map(|(address, _)| address);
        match &node.value {
            Value::List(items) => left.extend(items),
            Value::Map(members) => left.extend(members.iter().map(|(_, node)| node)),
            Value::Text(pieces) => {
                let references = pieces.iter().filter_map(|piece| match piece {
                    Piece::Reference(address, _) | Piece::ProxyId(address) => {
                        Some(address.as_str())
                    }
                    Piece::Text(_) | Piece::Pseudo(_) | Piece::Unresolved(_) => None,
                });
                let meant = references.chain(addresses);
                found.extend(
                    meant.filter_map(|address| Some(estate.at(item.document, address)?.index)),
                );
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Unresolved(_) => {}
        }
    }
    found
}

/// Returns the things of a kind whose names a resource contains as text.
pub(super) fn called_in(estate: &Estate<'_>, item: Item<'_>, kind: Kind) -> Vec<usize> {
    let mut found = Vec::new();
    let mut left = vec![&item.resource.body];
    while let Some(node) = left.pop() {
        match &node.value {
            Value::List(items) => left.extend(items),
            Value::Map(members) => left.extend(members.iter().map(|(_, node)| node)),
            Value::Text(_) => {
                let meant = estate.link(item.document, kind, node).handle();
                found.extend(match meant {
                    Some(Handle::Item(index)) => Some(index),
                    _ => None,
                });
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Unresolved(_) => {}
        }
    }
    found
}

/// True if a resource takes its name from another one: `name = random_pet.this.id`.
pub(super) fn is_named_by(estate: &Estate<'_>, item: Item<'_>, other: Item<'_>) -> bool {
    let name = item.kind.and_then(Kind::name);
    let name = name.and_then(|name| ResourceBody::new(estate, item).get(name));
    let Some(Value::Text(pieces)) = name.map(|node| &node.value) else {
        return false;
    };
    item.document == other.document
        && pieces.iter().any(
            |piece| matches!(piece, Piece::Reference(address, _) if *address == other.resource.address),
        )
}
