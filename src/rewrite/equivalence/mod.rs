//! Compares the evaluated values of a part whose text changed.

mod consequences;
mod moves;
mod replaced;
mod values;

use std::collections::BTreeSet;

pub use consequences::consequences;
pub use moves::{Move, renamed};
pub use replaced::{UNNOTICED, is_replaced, replaced_by};

use self::values::{same, same_but_order, same_in_blocks};
use crate::domain::posture::Deployment;
use crate::language::form::PartChange;
use crate::language::placed::placed;
use crate::language::resource::{Dialect, Document, Node, Piece, Resource, Value};
use crate::language::vocabulary::Kind;

/// Meta-arguments, which tell Terraform how to work and are not in the body of a resource. Equal values therefore prove
/// nothing about them.
const META: [&str; 5] = [
    "connection",
    "depends_on",
    "lifecycle",
    "provider",
    "provisioner",
];

/// Meta-arguments whose lists have no order: dependencies and ignored changes.
const UNORDERED: [&str; 2] = ["depends_on", "lifecycle"];

/// Meta-arguments that determine the instances of a resource. Their effect shows in all attributes.
const INSTANCES: [&str; 2] = ["count", "for_each"];

/// The result of comparing the value of a part before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settled {
    /// The value is the same.
    Same,
    /// The value differs, or the part does not belong to a resource.
    Differs,
    /// The text changed, and the values cannot be compared for this reason.
    Unknown(String),
}

/// Compares the values of a part in two documents. `deployment` is the account and region, if known.
pub fn settled(
    change: &PartChange<'_>,
    [before, after]: [&Document; 2],
    deployment: Option<&Deployment>,
) -> Settled {
    if is_document(change.name) && (has(before, change.name) != has(after, change.name)) {
        // The effect of a policy document shows in the resources that use it.
        return Settled::Same;
    }
    if change.is_order() && change.name.ends_with("/DependsOn") {
        return Settled::Same;
    }
    let Some((address, attribute)) = place(change.name) else {
        return Settled::Differs;
    };
    if META.contains(&attribute) {
        return if change.is_order() && UNORDERED.contains(&attribute) {
            Settled::Same
        } else {
            Settled::Differs
        };
    }
    let attribute = (!INSTANCES.contains(&attribute)).then_some(attribute);
    let [before, after] = [before, after].map(|document| values(document, address, attribute));
    if before.is_empty() || before.len() != after.len() {
        return Settled::Differs;
    }
    let is_known = before
        .iter()
        .any(|(resource, _)| Kind::new(resource).is_some());
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
            // The value is the same today, but a caller can now change it.
            return Settled::Differs;
        }
        unknown = unknown.or(reasons);
    }
    match unknown {
        Some(reason) if !(is_known && change.is_order()) => Settled::Unknown(reason),
        _ => Settled::Same,
    }
}

/// True if every resource has the same values in both documents. For resources that become part of a posture, the order
/// of lists is ignored, since a posture has no order.
pub fn alike(before: &Document, after: &Document) -> bool {
    let same = |(one, other): (&Resource, &Resource)| {
        let is_alike = match Kind::new(one) {
            Some(_) => same_but_order(&one.body, &other.body),
            None => same(&one.body, &other.body),
        };
        one.address == other.address && is_alike
    };
    let [before, after] = [before, after].map(|document| &document.resources);
    before.len() == after.len() && before.iter().zip(after).all(same)
}

/// True if the part belongs to a resource that becomes part of a posture: the comparison of postures reports its
/// changes.
pub fn is_modelled(name: &str, documents: [&Document; 2]) -> bool {
    let address = place(name).map_or(name, |(address, _)| address);
    let address = address.split('/').next().unwrap_or(address);
    let kind = address.split('.').next().unwrap_or(address);
    // The resource may have no instances and thus be missing from the documents.
    let is_known = Kind::named(Dialect::Terraform, kind).is_some();
    let mut resources = documents
        .iter()
        .flat_map(|document| &document.resources)
        .filter(|resource| bare(&resource.address) == address);
    is_known || resources.any(|resource| Kind::new(resource).is_some())
}

/// True for a part of a policy in a data source, which creates nothing itself.
fn is_document(name: &str) -> bool {
    let address = name.split('/').next().unwrap_or(name);
    let address = address.rsplit(": ").next().unwrap_or(address);
    address.starts_with("data.aws_iam_policy_document.")
}

/// True if the document contains the resource of a part.
fn has(document: &Document, name: &str) -> bool {
    let address = name.split('/').next().unwrap_or(name);
    let mut resources = document.resources.iter();
    resources.any(|resource| bare(&resource.address) == address)
}

/// The address and the attribute of a part that belongs to a resource.
fn place(name: &str) -> Option<(&str, &str)> {
    if let Some(rest) = name.strip_prefix("Resources/") {
        let (address, rest) = rest.split_once('/')?;
        return Some((address, rest.strip_prefix("Properties/")?));
    }
    let (address, rest) = name.split_once('/')?;
    let first = rest.split(['/', ' ']).next()?;
    let first = first.strip_prefix("dynamic.").unwrap_or(first);
    // A block with labels (`provisioner "local-exec"`) is known by its kind.
    Some((address, first.split('.').next()?))
}

type Found<'d> = (&'d Resource, (String, Option<&'d Node>));

/// The attribute (or the whole body) of every instance of a resource, with the key of the instance.
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

/// The address without the module path and without the key of the instance.
fn bare(address: &str) -> &str {
    let mut rest = address;
    while let Some(inner) = rest.strip_prefix("module.") {
        let Some(end) = inner.find('.') else { break };
        rest = &inner[end + 1..];
    }
    rest.split('[').next().unwrap_or(rest)
}

/// The names of the variables whose defaults determine the value or a part of it.
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

/// The reason why a part of the value is unresolved; none if all of it is known.
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
