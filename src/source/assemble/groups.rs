//! Security groups with all of their rules in view, inline or from separate resources.

use std::collections::{BTreeMap, BTreeSet};

use super::block::{ResourceBody, entries};
use super::estate::Estate;
use super::group_rules::{self, TrafficDirection};
use super::index::TOO_MUCH_AROUND;
use super::open;
use super::things::{Handle, Item, Link};
use crate::domain::evidence::{Evidence, Origin};
use crate::domain::posture::{Coverage, GroupRule, Identity, Peer, Ports, Protocol, SecurityGroup};
use crate::language::resource::{Dialect, Node, Piece, Value};
use crate::language::vocabulary;
use crate::language::vocabulary::{Attribute, Kind, group};

/// Reads the groups that an attribute lists. An absent or empty list means the default group of the network: RDS API
/// Reference, `CreateDBProxyEndpoint`, `VpcSecurityGroupIds`.
pub(super) fn security_groups(
    block: ResourceBody<'_, '_>,
    attribute: Attribute,
    network: Option<&Identity>,
) -> Evidence<Vec<SecurityGroup>> {
    let default = |named_at: &Origin| {
        let handle = block.estate.default_group(block.document, network);
        let group = group(block.estate, &handle, named_at);
        vec![SecurityGroup {
            is_default: Evidence::Defaulted(true),
            origin: named_at.clone(),
            ..group
        }]
    };
    match block.get(attribute) {
        None => Evidence::Defaulted(default(&block.body.origin)),
        Some(list) if entries(list).iter().all(|node| node.value == Value::Null) => {
            Evidence::Stated(default(&list.origin), list.origin.clone())
        }
        Some(list) => listed(block, list),
    }
}

/// Reads the groups in a list. One that is unresolved is kept as a group without known rules, so that the others can
/// still be judged.
fn listed(block: ResourceBody<'_, '_>, list: &Node) -> Evidence<Vec<SecurityGroup>> {
    let groups: Vec<_> = entries(list)
        .iter()
        .map(|node| (node, block.link_of(Kind::SecurityGroup, node)))
        .collect();
    if let [(node, Link::Unknown(reason))] = groups.as_slice()
        && !open::is_whole(block, node)
    {
        return Evidence::Unresolved(reason.clone(), node.origin.clone());
    }
    let groups = groups
        .into_iter()
        .map(|(node, link)| match link {
            Link::To(handle) if is_of_network(block, node) => SecurityGroup {
                is_default: Evidence::Stated(true, node.origin.clone()),
                ..group(block.estate, &handle, &node.origin)
            },
            Link::To(handle) => group(block.estate, &handle, &node.origin),
            Link::Unknown(reason) => given(block, node, reason),
        })
        .collect();
    Evidence::Stated(groups, list.origin.clone())
}

/// True for the default group of a network: `aws_vpc.main.default_security_group_id`.
fn is_of_network(block: ResourceBody<'_, '_>, node: &Node) -> bool {
    let Value::Text(pieces) = &node.value else {
        return false;
    };
    let [Piece::Reference(address, attribute)] = pieces.as_slice() else {
        return false;
    };
    let kind = block
        .estate
        .at(block.document, address)
        .and_then(|item| item.kind);
    kind.is_some_and(|kind| kind.is_default_group(attribute))
}

/// Returns the groups that these allow traffic to, except themselves; not visible if there are none.
pub(super) fn reached(
    estate: &Estate<'_>,
    groups: &[SecurityGroup],
) -> Evidence<Vec<SecurityGroup>> {
    let own: BTreeSet<&Identity> = groups.iter().map(|group| &group.identity).collect();
    let mut found: BTreeMap<&Identity, SecurityGroup> = BTreeMap::new();
    for rule in groups.iter().flat_map(|group| &group.egress) {
        let Some(Peer::Group(identity)) = rule.peer.value() else {
            continue;
        };
        if !own.contains(identity) {
            let handle = estate.identified(Kind::SecurityGroup, identity);
            found
                .entry(identity)
                .or_insert_with(|| group(estate, &handle, &rule.origin));
        }
    }
    let first = found.values().next().map(|group| group.origin.clone());
    first.map_or(Evidence::NotVisible, |origin| {
        Evidence::Stated(found.into_values().collect(), origin)
    })
}

/// Makes a group that is passed in from outside, with the rules that this source adds to it.
fn given(block: ResourceBody<'_, '_>, node: &Node, reason: String) -> SecurityGroup {
    let identity = open::identity(block, node, reason);
    let rules = |direction| group_rules::of_given(block, &identity, direction);
    SecurityGroup {
        ingress: rules(TrafficDirection::Ingress),
        egress: rules(TrafficDirection::Egress),
        ..unknown(identity.clone(), &node.origin)
    }
}

/// Makes a group whose rules are unknown.
fn unknown(identity: Identity, origin: &Origin) -> SecurityGroup {
    let reason = identity.text().to_owned();
    SecurityGroup {
        identity,
        origin: origin.clone(),
        name: Evidence::Unresolved(reason.clone(), origin.clone()),
        is_default: Evidence::Unresolved(reason.clone(), origin.clone()),
        coverage: Coverage::Partial("which group it is does not show".to_owned()),
        ingress: Vec::new(),
        egress: Vec::new(),
    }
}

/// Reads one group with its rules, named at `named_at`.
pub(super) fn group(estate: &Estate<'_>, handle: &Handle, named_at: &Origin) -> SecurityGroup {
    let rules = |group: &SecurityGroup| group.ingress.len() + group.egress.len();
    let found = estate.around(rules, || read(estate, handle, named_at));
    found.unwrap_or_else(|| {
        let reason = Identity::Known(TOO_MUCH_AROUND.to_owned());
        SecurityGroup {
            identity: estate.identity(handle),
            coverage: Coverage::Partial(TOO_MUCH_AROUND.to_owned()),
            ..unknown(reason, named_at)
        }
    })
}

fn read(estate: &Estate<'_>, handle: &Handle, named_at: &Origin) -> SecurityGroup {
    let item = match handle {
        Handle::Item(index) => Some(estate.item(*index)),
        _ => None,
    };
    let name = item.map_or(Evidence::NotVisible, |item| {
        name(ResourceBody::new(estate, item))
    });
    SecurityGroup {
        identity: estate.identity(handle),
        origin: item.map_or(named_at, |item| &item.resource.origin).clone(),
        is_default: is_default(handle, item, &name),
        name,
        coverage: coverage(estate, handle, item),
        ingress: rules(estate, handle, item, TrafficDirection::Ingress),
        egress: rules(estate, handle, item, TrafficDirection::Egress),
    }
}

/// Reads the name of a group. A data source may select it by a filter.
fn name(block: ResourceBody<'_, '_>) -> Evidence<String> {
    let asks_for_name = |filter: &ResourceBody<'_, '_>| {
        let word = filter.text(group::FILTER_NAME);
        word.value().is_some_and(|word| word == "group-name")
    };
    let filters = block.list(group::FILTERS).iter();
    match block.text(group::NAME) {
        Evidence::NotVisible => filters
            .map(|node| block.inner(node))
            .find(asks_for_name)
            .map_or(Evidence::NotVisible, |filter| {
                filter.text(group::FILTER_VALUES)
            }),
        name => name,
    }
}

fn is_default(handle: &Handle, item: Option<Item<'_>>, name: &Evidence<String>) -> Evidence<bool> {
    let Some(item) = item else {
        return match handle {
            Handle::DefaultGroup => Evidence::Defaulted(true),
            _ => Evidence::NotVisible,
        };
    };
    if item.kind == Some(Kind::DefaultSecurityGroup) {
        return Evidence::Stated(true, item.resource.origin.clone());
    }
    match (name, defines(item)) {
        // A group that a user creates cannot have this name.
        (Evidence::Stated(name, origin), false) => {
            Evidence::Stated(name == "default", origin.clone())
        }
        (Evidence::Stated(name, origin), true) if item.resource.dialect == Dialect::Account => {
            Evidence::Stated(name == "default", origin.clone())
        }
        (Evidence::Unresolved(reason, origin), true)
            if item.resource.dialect == Dialect::Account =>
        {
            Evidence::Unresolved(reason.clone(), origin.clone())
        }
        (_, true) => Evidence::Defaulted(false),
        (_, false) => Evidence::NotVisible,
    }
}

/// True if the resource creates the group and does not only name it.
fn defines(item: Item<'_>) -> bool {
    !vocabulary::names_existing(item.resource)
}

fn coverage(estate: &Estate<'_>, handle: &Handle, item: Option<Item<'_>>) -> Coverage {
    match item {
        None if *handle == Handle::DefaultGroup => Coverage::Partial(
            "it is made with the VPC, and nothing in view says what rules it has".to_owned(),
        ),
        Some(item) if defines(item) => {
            let given = estate.given(handle).into_iter().next();
            let reason = given.map(|(reason, _)| reason);
            let reason = reason.or_else(|| unread(ResourceBody::new(estate, item)));
            reason.map_or(Coverage::Complete, Coverage::Partial)
        }
        _ => {
            let identity = estate.identity(handle);
            let name = identity.text();
            Coverage::Partial(format!(
                "security group {name} is defined elsewhere: only the rules added here are in view"
            ))
        }
    }
}

/// Returns the reason why a group of an account was not read. A group that was read has a name.
fn unread(block: ResourceBody<'_, '_>) -> Option<String> {
    match block.text(group::NAME) {
        Evidence::Unresolved(reason, _) if block.dialect == Dialect::Account => Some(reason),
        _ => None,
    }
}

fn rules(
    estate: &Estate<'_>,
    handle: &Handle,
    item: Option<Item<'_>>,
    direction: TrafficDirection,
) -> Vec<GroupRule> {
    let mut rules = item
        .map(|item| group_rules::inline(estate, item, handle, direction))
        .unwrap_or_default();
    let inline = !rules.is_empty();
    let alone = group_rules::standing_alone(estate, handle, direction);
    let from_template = item.filter(|item| item.resource.dialect == Dialect::CloudFormation);
    if let (TrafficDirection::Egress, Some(item), false) = (direction, from_template, inline) {
        rules.push(everything_out(&item.resource.origin, alone.first()));
    }
    rules.extend(alone);
    rules
}

/// Explains why it is unknown whether a group with separate egress rules has the rule that EC2 adds to a group without
/// any. The page "AWS::EC2::SecurityGroup" of the CloudFormation User Guide says that it is added to a group that is
/// created without egress rules; users of the CDK observed that a separate rule removes it (aws/aws-cdk#987, #998,
/// #3355, #15297, #22140).
const TAKEN_AWAY: &str = "AWS says only that a group made without egress rules gets it, and in practice an egress rule standing alone takes it away: write egress rules in the group itself";

/// Returns the rule that EC2 adds to a group without inline egress rules, and that a separate rule may remove.
/// (Terraform's provider always removes it: registry documentation of `aws_security_group`.)
fn everything_out(origin: &Origin, alone: Option<&GroupRule>) -> GroupRule {
    GroupRule {
        origin: origin.clone(),
        protocol: Evidence::Defaulted(Protocol::All),
        ports: Evidence::Defaulted(Ports {
            from: 0,
            to: u16::MAX,
        }),
        peer: Evidence::Defaulted(Peer::Cidr("0.0.0.0/0".to_owned())),
        implied: true,
        in_doubt: alone.map(|alone| (TAKEN_AWAY.to_owned(), alone.origin.clone())),
    }
}
