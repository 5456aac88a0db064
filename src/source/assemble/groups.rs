//! Security groups with all of their rules in view, whichever resources those come from.

use std::collections::{BTreeMap, BTreeSet};

use super::block::{Block, entries};
use super::estate::{Estate, Handle, Item, Link};
use super::group_rules::{self, Direction};
use super::known::TOO_MUCH_AROUND;
use crate::domain::evidence::{Evidence, Origin};
use crate::domain::posture::{Coverage, GroupRule, Identity, Peer, Ports, Protocol, SecurityGroup};
use crate::source::resource::{Dialect, Node};
use crate::source::vocabulary::{self, Attribute, Kind, group};

/// The groups that an attribute lists. Absent, they are the one default group of the network: RDS API Reference,
/// `CreateDBProxyEndpoint`, `VpcSecurityGroupIds`.
pub(super) fn of_proxy(block: Block<'_, '_>, attribute: Attribute) -> Evidence<Vec<SecurityGroup>> {
    match block.get(attribute) {
        Some(list) => listed(block, list),
        None => Evidence::Defaulted(vec![group(
            block.estate,
            &Handle::DefaultGroup,
            &block.body.origin,
        )]),
    }
}

/// The groups in a list. One that cannot be worked out is kept as a group of which nothing is known, so that the others can
/// still be judged.
pub(super) fn listed(block: Block<'_, '_>, list: &Node) -> Evidence<Vec<SecurityGroup>> {
    let groups: Vec<_> = entries(list)
        .iter()
        .map(|node| (node, block.link_of(Kind::SecurityGroup, node)))
        .collect();
    if let [(node, Link::Unknown(reason))] = groups.as_slice() {
        return Evidence::Unresolved(reason.clone(), node.origin.clone());
    }
    let groups = groups
        .into_iter()
        .map(|(node, link)| match link {
            Link::To(Handle::DefaultGroup) => SecurityGroup {
                is_default: Evidence::Stated(true, node.origin.clone()),
                ..group(block.estate, &Handle::DefaultGroup, &node.origin)
            },
            Link::To(handle) => group(block.estate, &handle, &node.origin),
            Link::Unknown(reason) => unknown(reason, &node.origin),
        })
        .collect();
    Evidence::Stated(groups, list.origin.clone())
}

/// The groups that these let traffic out to, themselves left out; not visible where there are none.
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

fn unknown(reason: String, origin: &Origin) -> SecurityGroup {
    SecurityGroup {
        identity: Identity::Created(reason.clone()),
        origin: origin.clone(),
        name: Evidence::Unresolved(reason.clone(), origin.clone()),
        is_default: Evidence::Unresolved(reason.clone(), origin.clone()),
        coverage: Coverage::Partial(reason),
        ingress: Vec::new(),
        egress: Vec::new(),
    }
}

/// One group with its rules, named at `named_at`.
pub(super) fn group(estate: &Estate<'_>, handle: &Handle, named_at: &Origin) -> SecurityGroup {
    let rules = |group: &SecurityGroup| group.ingress.len() + group.egress.len();
    let found = estate.around(rules, || read(estate, handle, named_at));
    found.unwrap_or_else(|| SecurityGroup {
        identity: estate.identity(handle),
        ..unknown(TOO_MUCH_AROUND.to_owned(), named_at)
    })
}

fn read(estate: &Estate<'_>, handle: &Handle, named_at: &Origin) -> SecurityGroup {
    let item = match handle {
        Handle::Item(index) => Some(estate.item(*index)),
        _ => None,
    };
    let name = item.map_or(Evidence::NotVisible, |item| name(Block::of(estate, item)));
    SecurityGroup {
        identity: estate.identity(handle),
        origin: item.map_or(named_at, |item| &item.resource.origin).clone(),
        is_default: is_default(handle, item, &name),
        name,
        coverage: coverage(estate, handle, item),
        ingress: rules(estate, handle, item, Direction::Ingress),
        egress: rules(estate, handle, item, Direction::Egress),
    }
}

/// A data source may ask for the name by a filter.
fn name(block: Block<'_, '_>) -> Evidence<String> {
    let asks_for_name = |filter: &Block<'_, '_>| {
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
        // No group that anybody creates can have this name.
        (Evidence::Stated(name, origin), false) => {
            Evidence::Stated(name == "default", origin.clone())
        }
        (Evidence::Stated(name, origin), true) if item.resource.dialect == Dialect::Account => {
            Evidence::Stated(name == "default", origin.clone())
        }
        (_, true) => Evidence::Defaulted(false),
        (_, false) => Evidence::NotVisible,
    }
}

/// True where the resource makes the group, and does not only name it.
fn defines(item: Item<'_>) -> bool {
    !vocabulary::names_existing(item.resource)
}

fn coverage(estate: &Estate<'_>, handle: &Handle, item: Option<Item<'_>>) -> Coverage {
    match item {
        Some(item) if defines(item) => match estate.given(handle).into_iter().next() {
            Some((reason, _)) => Coverage::Partial(reason),
            None => Coverage::Complete,
        },
        _ => {
            let (Identity::Known(name) | Identity::Created(name)) = estate.identity(handle);
            Coverage::Partial(format!(
                "security group {name} is defined elsewhere: only the rules added here are in view"
            ))
        }
    }
}

fn rules(
    estate: &Estate<'_>,
    handle: &Handle,
    item: Option<Item<'_>>,
    direction: Direction,
) -> Vec<GroupRule> {
    let mut rules = item
        .map(|item| group_rules::inline(estate, (item, handle), direction))
        .unwrap_or_default();
    let inline = !rules.is_empty();
    rules.extend(group_rules::standing_alone(estate, handle, direction));
    let from_template = item.is_some_and(|item| item.resource.dialect == Dialect::CloudFormation);
    if direction == Direction::Egress && from_template && !inline {
        rules.extend(item.map(|item| everything_out(&item.resource.origin)));
    }
    rules
}

/// What EC2 adds to a group that names no egress of its own. Whether a rule standing alone takes it away is not documented,
/// so it counts as still there. Source: CloudFormation User Guide, `AWS::EC2::SecurityGroup`. (Terraform's provider always
/// removes it: registry documentation of `aws_security_group`.)
fn everything_out(origin: &Origin) -> GroupRule {
    GroupRule {
        origin: origin.clone(),
        protocol: Evidence::Defaulted(Protocol::All),
        ports: Evidence::Defaulted(Ports {
            from: 0,
            to: u16::MAX,
        }),
        peer: Evidence::Defaulted(Peer::Cidr("0.0.0.0/0".to_owned())),
        implied: true,
        in_doubt: None,
    }
}
