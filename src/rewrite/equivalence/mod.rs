//! Whether a part that is written in another way has another value: the readers evaluated it, and know.

mod moves;
mod replaced;
mod values;

use std::collections::BTreeSet;

pub use moves::Move;
pub use replaced::is_replaced;

use self::values::{same, same_but_order, same_in_blocks};
use crate::domain::posture::Deployment;
use crate::language::form::PartChange;
use crate::language::placed::placed;
use crate::language::resource::{Dialect, Document, Node, Piece, Resource, Value};
use crate::language::vocabulary::Kind;

/// What tells Terraform how to work, and stands in no body: that no value differs says nothing of it.
const META: [&str; 5] = [
    "connection",
    "depends_on",
    "lifecycle",
    "provider",
    "provisioner",
];

/// Lists whose order means nothing: what has to be there first, and what is not looked at.
const UNORDERED: [&str; 2] = ["depends_on", "lifecycle"];

/// What says which instances there are: what it is for shows in all of them.
const INSTANCES: [&str; 2] = ["count", "for_each"];

/// What became of the value of a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settled {
    /// It is the same.
    Same,
    /// It is another one, or no resource's.
    Differs,
    /// It is written in another way, and what it comes to cannot be told, for this reason.
    Unknown(String),
}

/// Compares the values behind a part in two documents, of which it is known where they are deployed, where it is.
pub fn settled(
    change: &PartChange<'_>,
    [before, after]: [&Document; 2],
    deployment: Option<&Deployment>,
) -> Settled {
    if is_document(change.name) && (has(before, change.name) != has(after, change.name)) {
        // What it says, is said where it is used.
        return Settled::Same;
    }
    if change.is_order() && change.name.ends_with("/DependsOn") {
        return Settled::Same;
    }
    let Some((address, attribute)) = place(change.name) else {
        return Settled::Differs;
    };
    if META.contains(&attribute) {
        return match change.is_order() && UNORDERED.contains(&attribute) {
            true => Settled::Same,
            false => Settled::Differs,
        };
    }
    let attribute = (!INSTANCES.contains(&attribute)).then_some(attribute);
    let [before, after] = [before, after].map(|document| values(document, address, attribute));
    if before.is_empty() || before.len() != after.len() {
        return Settled::Differs;
    }
    let is_known = before
        .iter()
        .any(|(resource, _)| Kind::of(resource).is_some());
    let mut unknown = None;
    for ((_, (name, one)), (_, (other_name, other))) in before.iter().zip(&after) {
        let is_same = match (one, other) {
            (Some(one), Some(other)) => {
                let [own, others] = [one, other].map(|node| placed(node, deployment));
                same(&own, &others)
                    || (is_known && (change.is_order() || same_in_blocks(&own, &others)))
            }
            (None, None) => true,
            _ => false,
        };
        if name != other_name || !is_same {
            return Settled::Differs;
        }
        let reasons = [one, other]
            .into_iter()
            .flatten()
            .find_map(|node| open(node));
        let known = one.map(defaults).unwrap_or_default();
        let now = other.map(defaults).unwrap_or_default();
        if !now.is_subset(&known) {
            // The value is the same today, and a caller can change it from now on.
            return Settled::Differs;
        }
        unknown = unknown.or(reasons);
    }
    match unknown {
        Some(reason) if !(is_known && change.is_order()) => Settled::Unknown(reason),
        _ => Settled::Same,
    }
}

/// True where every resource has the values that it had: the order of lists aside where a posture is made of it, which knows no order.
pub fn alike(before: &Document, after: &Document) -> bool {
    let same = |(one, other): (&Resource, &Resource)| {
        let is_alike = match Kind::of(one) {
            Some(_) => same_but_order(&one.body, &other.body),
            None => same(&one.body, &other.body),
        };
        one.address == other.address && is_alike
    };
    let [before, after] = [before, after].map(|document| &document.resources);
    before.len() == after.len() && before.iter().zip(after).all(same)
}

/// True where the part belongs to a resource that a posture is made of: what it means, the posture tells.
pub fn is_modelled(name: &str, documents: [&Document; 2]) -> bool {
    let address = place(name).map_or(name, |(address, _)| address);
    let address = address.split('/').next().unwrap_or(address);
    let kind = address.split('.').next().unwrap_or(address);
    // It may have no instances.
    let is_known = Kind::named(Dialect::Terraform, kind).is_some();
    let mut resources = documents
        .iter()
        .flat_map(|document| &document.resources)
        .filter(|resource| bare(&resource.address) == address);
    is_known || resources.any(|resource| Kind::of(resource).is_some())
}

/// True for a part of a policy that is written as a data source: it makes nothing.
fn is_document(name: &str) -> bool {
    let address = name.split('/').next().unwrap_or(name);
    let address = address.rsplit(": ").next().unwrap_or(address);
    address.starts_with("data.aws_iam_policy_document.")
}

/// Whether the resource of a part is there.
fn has(document: &Document, name: &str) -> bool {
    let address = name.split('/').next().unwrap_or(name);
    let mut resources = document.resources.iter();
    resources.any(|resource| bare(&resource.address) == address)
}

/// The address and the attribute of a part that is a resource's.
fn place(name: &str) -> Option<(&str, &str)> {
    if let Some(rest) = name.strip_prefix("Resources/") {
        let (address, rest) = rest.split_once('/')?;
        return Some((address, rest.strip_prefix("Properties/")?));
    }
    let (address, rest) = name.split_once('/')?;
    let first = rest.split(['/', ' ']).next()?;
    let first = first.strip_prefix("dynamic.").unwrap_or(first);
    // Of a block with labels (`provisioner "local-exec"`) its kind.
    Some((address, first.split('.').next()?))
}

type Found<'d> = (&'d Resource, (String, Option<&'d Node>));

/// The attribute (or all of them) of every instance of a resource, with the part of the address that tells it from the others.
fn values<'d>(document: &'d Document, address: &str, attribute: Option<&str>) -> Vec<Found<'d>> {
    let resources = document.resources.iter();
    resources
        .filter(|resource| bare(&resource.address) == address)
        .map(|resource| {
            let at = resource.address.find('[').unwrap_or(resource.address.len());
            let key = resource.address[at..].to_owned();
            let value = match attribute {
                Some(attribute) => resource.body.get(attribute),
                None => Some(&resource.body),
            };
            (resource, (key, value))
        })
        .collect()
}

/// An address without the call that leads to it and without the key of its instance.
fn bare(address: &str) -> &str {
    let mut rest = address;
    while let Some(inner) = rest.strip_prefix("module.") {
        let Some(end) = inner.find('.') else { break };
        rest = &inner[end + 1..];
    }
    rest.split('[').next().unwrap_or(rest)
}

/// The variables by whose defaults a value, or something in it, is what it is.
fn defaults(node: &Node) -> BTreeSet<&str> {
    let mut names: BTreeSet<&str> = match &node.value {
        Value::List(items) => items.iter().flat_map(defaults).collect(),
        Value::Map(members) => members
            .iter()
            .flat_map(|(_, node)| defaults(node))
            .collect(),
        _ => BTreeSet::new(),
    };
    names.extend(node.origin.default_of.as_deref());
    names
}

/// Why something in a value is not known.
fn open(node: &Node) -> Option<String> {
    match &node.value {
        Value::Unresolved(reason) => Some(reason.clone()),
        Value::Text(pieces) => pieces.iter().find_map(|piece| match piece {
            Piece::Unresolved(reason) => Some(reason.clone()),
            Piece::Text(_) | Piece::Reference(..) | Piece::Pseudo(_) | Piece::ProxyId(_) => None,
        }),
        Value::List(items) => items.iter().find_map(open),
        Value::Map(members) => members.iter().find_map(|(_, node)| open(node)),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}
