//! Roles with all of their policies: inline, attached, and from resources that know the role by name only.

use std::collections::BTreeSet;

use super::block::{ResourceBody, entries};
use super::estate::Estate;
use super::index::TOO_MUCH_AROUND;
use super::symbols::SymbolTable;
use super::things::{Handle, Item, Link};
use super::{aws_policies, names};
use crate::domain::evidence::{Evidence, Origin};
use crate::domain::iam::Policy;
use crate::domain::posture::Role;
use crate::language::resource::Node;
use crate::language::vocabulary::{Kind, function, iam_policy, role};
use crate::language::{policy, vocabulary};

/// Reads the role behind a handle, named at `named_at`.
pub(super) fn read(symbols: &SymbolTable<'_, '_>, handle: &Handle, named_at: &Origin) -> Role {
    let estate = symbols.estate;
    let item = defined(estate, handle);
    let origin = item.map_or(named_at, |item| &item.resource.origin).clone();
    let trust = item.and_then(|item| symbols.policy_in(item, role::TRUST));
    Role {
        identity: estate.identity(handle),
        name: name(estate, handle, &origin),
        trust: trust.unwrap_or(Evidence::NotVisible),
        // The policies in view are not all policies of a role that is defined elsewhere.
        policies: match item {
            Some(_) => Evidence::Stated(policies(symbols, handle, &origin), origin.clone()),
            None => Evidence::NotVisible,
        },
        origin,
    }
}

/// Returns the name of a role, if necessary from its ARN.
pub(super) fn name(estate: &Estate<'_>, handle: &Handle, origin: &Origin) -> Evidence<String> {
    match handle {
        Handle::Item(index) => ResourceBody::new(estate, estate.item(*index)).text(role::NAME),
        Handle::Literal(name) => Evidence::Stated(names::name(Kind::Role, name), origin.clone()),
        Handle::MasterSecret(_) | Handle::DefaultGroup => Evidence::NotVisible,
    }
}

fn defined<'a>(estate: &Estate<'a>, handle: &Handle) -> Option<Item<'a>> {
    match handle {
        Handle::Item(index) => {
            Some(estate.item(*index)).filter(|item| !vocabulary::names_existing(item.resource))
        }
        _ => None,
    }
}

/// Returns every policy in view of a role, within the limit for all proxies.
pub(super) fn policies(
    symbols: &SymbolTable<'_, '_>,
    handle: &Handle,
    named_at: &Origin,
) -> Vec<Policy> {
    let statements = |all: &Vec<Policy>| all.iter().map(|policy| 1 + policy.statements.len()).sum();
    let found = symbols
        .estate
        .around(statements, || all_policies(symbols, handle));
    found.unwrap_or_else(|| vec![policy::unknown(TOO_MUCH_AROUND.to_owned(), named_at)])
}

/// Returns every policy in view of a role, without a limit.
pub(super) fn all_policies(symbols: &SymbolTable<'_, '_>, handle: &Handle) -> Vec<Policy> {
    let perhaps = symbols.estate.perhaps(Kind::Role, handle).into_iter();
    let perhaps = perhaps.map(|(reason, origin)| policy::unknown(reason, &origin));
    known_policies(symbols, handle)
        .into_iter()
        .chain(perhaps)
        .collect()
}

/// Returns the policies that a role certainly has, even if their content is unknown.
pub(super) fn known_policies(symbols: &SymbolTable<'_, '_>, handle: &Handle) -> Vec<Policy> {
    let estate = symbols.estate;
    let own = match handle {
        Handle::Item(index) => own_policies(symbols, estate.item(*index)),
        _ => Vec::new(),
    };
    let giving = |kind: Kind| {
        let all = estate.additions().to(Kind::Role, handle);
        let items = all.map(|index| estate.item(index));
        items.filter(move |item| item.kind == Some(kind))
    };
    let standing_alone = [Kind::RolePolicy, Kind::ManagedPolicy]
        .into_iter()
        .flat_map(giving)
        .map(|item| document(symbols, item));
    let attached = giving(Kind::PolicyAttachment).flat_map(|item| attached_by(symbols, item));
    own.into_iter()
        .chain(standing_alone)
        .chain(attached)
        .collect()
}

fn own_policies(symbols: &SymbolTable<'_, '_>, item: Item<'_>) -> Vec<Policy> {
    let block = ResourceBody::new(symbols.estate, item);
    let newer = written_alone(symbols, item);
    let inline = block.list(role::INLINE_POLICIES).iter();
    let inline = inline.filter(|node| {
        let name = block.inner(node).text(iam_policy::NAME);
        !(node.origin.line == 0 && name.value().is_some_and(|name| newer.contains(name)))
    });
    let inline = inline.map(|node| {
        // A function of the Serverless transform holds the bare documents.
        let entry = block.inner(node).get(iam_policy::DOCUMENT).unwrap_or(node);
        known(symbols.written_policy(item.document, entry), node)
    });
    let managed = block
        .list(role::MANAGED_POLICIES)
        .iter()
        .map(|node| attached(symbols, item.document, node));
    inline.chain(managed).collect()
}

/// Returns the names of a role's inline policies that are resources of their own. A state repeats them in the role, as they
/// were when the role was last read.
fn written_alone(symbols: &SymbolTable<'_, '_>, item: Item<'_>) -> BTreeSet<String> {
    let estate = symbols.estate;
    let role = Handle::Item(item.index);
    let all = estate.additions().to(Kind::Role, &role);
    let policies = all.map(|index| estate.item(index));
    let policies = policies.filter(|item| item.kind == Some(Kind::RolePolicy));
    let names = policies.map(|item| ResourceBody::new(estate, item).text(iam_policy::NAME));
    names.filter_map(|name| name.value().cloned()).collect()
}

/// Returns the role of a function. The role that the Serverless transform creates for it is identified by the function
/// itself.
pub(super) fn of_function(estate: &Estate<'_>, item: Item<'_>) -> Option<Link> {
    let block = ResourceBody::new(estate, item);
    let implied = || {
        block
            .get(role::INLINE_POLICIES)
            .map(|_| Link::To(Handle::Item(item.index)))
    };
    block.link(function::ROLE, Kind::Role).or_else(implied)
}

/// Returns the policies that a separate resource adds to a role.
pub(super) fn added_by(symbols: &SymbolTable<'_, '_>, item: Item<'_>) -> Vec<Policy> {
    match item.kind {
        Some(Kind::PolicyAttachment) => attached_by(symbols, item),
        _ => vec![document(symbols, item)],
    }
}

/// Returns the document of a policy. One that is not in view grants unknown permissions.
fn document(symbols: &SymbolTable<'_, '_>, item: Item<'_>) -> Policy {
    let block = ResourceBody::new(symbols.estate, item);
    let written = block
        .get(iam_policy::DOCUMENT)
        .or_else(|| block.get(iam_policy::CC_DOCUMENT));
    match written {
        Some(node) => known(symbols.written_policy(item.document, node), node),
        None => policy::unknown(
            "the document of this policy is not in view".to_owned(),
            &item.resource.origin,
        ),
    }
}

fn attached_by(symbols: &SymbolTable<'_, '_>, item: Item<'_>) -> Vec<Policy> {
    let block = ResourceBody::new(symbols.estate, item);
    [iam_policy::ATTACHED, iam_policy::ALL_ATTACHED]
        .into_iter()
        .filter_map(|attribute| block.get(attribute))
        .flat_map(entries)
        .map(|node| attached(symbols, item.document, node))
        .collect()
}

/// Returns a managed policy. One that is not in view grants unknown permissions.
fn attached(symbols: &SymbolTable<'_, '_>, document_index: usize, node: &Node) -> Policy {
    let unknown = |reason: String| policy::unknown(reason, &node.origin);
    match symbols
        .estate
        .link(document_index, Kind::ManagedPolicy, node)
    {
        Link::To(Handle::Item(index)) => document(symbols, symbols.estate.item(index)),
        Link::To(Handle::Literal(arn)) => aws_policies::provided(&arn, &node.origin)
            .unwrap_or_else(|| unknown(format!("the policy {arn} is not in view"))),
        Link::To(_) => unknown("this is not a policy".to_owned()),
        Link::Unknown(reason) => unknown(reason),
    }
}

/// Converts evidence to a policy. One that cannot be read exists nevertheless.
fn known(policy: Evidence<Policy>, node: &Node) -> Policy {
    match policy {
        Evidence::Stated(policy, _) | Evidence::Defaulted(policy) => policy,
        Evidence::Unresolved(reason, origin) => policy::unknown(reason, &origin),
        Evidence::NotVisible => {
            policy::unknown("this policy is not in view".to_owned(), &node.origin)
        }
    }
}
