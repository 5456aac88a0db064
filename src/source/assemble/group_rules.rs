//! Rules of security groups: inline or as resources of their own, one for each peer, in all their notations.

use super::block::ResourceBody;
use super::estate::Estate;
use super::things::{Handle, Item, Link};
use super::{open, presence, ranges};
use crate::domain::evidence::{Evidence, Origin};
use crate::domain::posture::{GroupRule, Identity, OpenIdentity, Peer, Ports, Protocol};
use crate::language::resource::{Node, Piece, Value};
use crate::language::vocabulary::{Attribute, Kind, group, group_rule as words};

/// The direction in which a rule allows traffic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TrafficDirection {
    Ingress,
    Egress,
}

/// All ports. ICMP's types and codes are not ports, so its rules get this range too.
const ALL_PORTS: Ports = Ports {
    from: 0,
    to: u16::MAX,
};

/// Returns the inline rules of a group.
pub(super) fn inline(
    estate: &Estate<'_>,
    item: Item<'_>,
    group: &Handle,
    direction: TrafficDirection,
) -> Vec<GroupRule> {
    let block = ResourceBody::new(estate, item);
    let attribute = match direction {
        TrafficDirection::Ingress => group::INGRESS,
        TrafficDirection::Egress => group::EGRESS,
    };
    block
        .list(attribute)
        .iter()
        .flat_map(|rule| rules_of(block.inner(rule), group, direction))
        .collect()
}

/// Returns the rules that separate resources add to a group.
pub(super) fn standing_alone(
    estate: &Estate<'_>,
    group: &Handle,
    direction: TrafficDirection,
) -> Vec<GroupRule> {
    let known = estate.additions().to(Kind::SecurityGroup, group);
    let surely = known
        .map(|index| estate.item(index))
        .filter(|item| goes(estate, *item, direction))
        .flat_map(|item| rules_of(ResourceBody::new(estate, item), group, direction));
    surely.chain(perhaps(estate, group, direction)).collect()
}

/// Returns the rules that separate resources add to a group which the same document receives from outside.
pub(super) fn of_given(
    block: ResourceBody<'_, '_>,
    group: &Identity,
    direction: TrafficDirection,
) -> Vec<GroupRule> {
    let estate = block.estate;
    let handle = Handle::Literal(group.text().to_owned());
    let added = estate.additions().to_given(block.document, group);
    added
        .map(|index| estate.item(index))
        .filter(|item| goes(estate, *item, direction))
        .flat_map(|item| rules_of(ResourceBody::new(estate, item), &handle, direction))
        .collect()
}

/// Returns the rules whose group is unknown, so that they may belong to this one.
fn perhaps(estate: &Estate<'_>, group: &Handle, direction: TrafficDirection) -> Vec<GroupRule> {
    let strays = estate.unassigned(Kind::SecurityGroup, group).into_iter();
    let rules = strays.flat_map(|stray| {
        let item = estate.item(stray.index);
        let rules = if goes(estate, item, direction) {
            rules_of(ResourceBody::new(estate, item), group, direction)
        } else {
            Vec::new()
        };
        rules.into_iter().map(move |rule| GroupRule {
            in_doubt: Some((stray.reason.clone(), stray.origin.clone())),
            ..rule
        })
    });
    rules.collect()
}

/// True if a rule has this direction. An unresolved direction counts as both.
fn goes(estate: &Estate<'_>, item: Item<'_>, direction: TrafficDirection) -> bool {
    let (kind, word) = match direction {
        TrafficDirection::Ingress => (Kind::IngressRule, "ingress"),
        TrafficDirection::Egress => (Kind::EgressRule, "egress"),
    };
    let written = || ResourceBody::new(estate, item).text(words::DIRECTION);
    match item.kind {
        Some(Kind::EitherRule) => written().value().is_none_or(|written| written == word),
        own => own == Some(kind),
    }
}

fn rules_of(
    block: ResourceBody<'_, '_>,
    group: &Handle,
    direction: TrafficDirection,
) -> Vec<GroupRule> {
    let protocol = protocol(block);
    let ports = ports(block, &protocol);
    let in_doubt = in_doubt(block, group);
    peers(block, group, direction)
        .into_iter()
        .map(|peer| GroupRule {
            origin: block.body.origin.clone(),
            protocol: protocol.clone(),
            ports: ports.clone(),
            peer,
            implied: false,
            in_doubt: in_doubt.clone(),
        })
        .collect()
}

fn in_doubt(block: ResourceBody<'_, '_>, group: &Handle) -> Option<(String, Origin)> {
    let group = match group {
        Handle::Item(index) => Some(ResourceBody::new(block.estate, block.estate.item(*index))),
        Handle::MasterSecret(_) | Handle::DefaultGroup | Handle::Literal(_) => None,
    };
    presence::doubt(block, group)
}

fn protocol(block: ResourceBody<'_, '_>) -> Evidence<Protocol> {
    if let Value::Unresolved(reason) = &block.body.value {
        return Evidence::Unresolved(reason.clone(), block.body.origin.clone());
    }
    let node = block
        .get(words::PROTOCOL)
        .or_else(|| block.get(words::INLINE_PROTOCOL));
    let Some(node) = node else {
        return Evidence::Unresolved("no protocol is named".to_owned(), block.body.origin.clone());
    };
    block.parsed(node, |text| {
        Some(match text.to_lowercase().as_str() {
            "-1" | "all" => Protocol::All,
            "6" | "tcp" => Protocol::Tcp,
            other => Protocol::Other(other.to_owned()),
        })
    })
}

fn ports(block: ResourceBody<'_, '_>, protocol: &Evidence<Protocol>) -> Evidence<Ports> {
    match protocol {
        Evidence::Unresolved(reason, origin) => {
            Evidence::Unresolved(reason.clone(), origin.clone())
        }
        Evidence::Stated(Protocol::Tcp, _) => range(block),
        // 17 is UDP, which has ports too.
        Evidence::Stated(Protocol::Other(name), _) if matches!(name.as_str(), "udp" | "17") => {
            range(block)
        }
        Evidence::Stated(..) | Evidence::Defaulted(_) | Evidence::NotVisible => {
            Evidence::Defaulted(ALL_PORTS)
        }
    }
}

/// Reads the ports. Absent ports, or -1, mean all of them.
fn range(block: ResourceBody<'_, '_>) -> Evidence<Ports> {
    let bound = |attribute, open: u16| {
        let taken = block
            .get(attribute)
            .and_then(|node| crate::source::assemble::ports::port_taken_from(block, node));
        let number =
            taken.unwrap_or_else(|| block.number::<i64>(attribute, Evidence::Defaulted(-1)));
        number.map(|number| {
            if number < 0 {
                open
            } else {
                u16::try_from(number).unwrap_or(u16::MAX)
            }
        })
    };
    match (bound(words::FROM, 0), bound(words::TO, u16::MAX)) {
        (Evidence::Stated(from, origin), Evidence::Stated(to, _) | Evidence::Defaulted(to))
        | (Evidence::Defaulted(from), Evidence::Stated(to, origin)) => {
            Evidence::Stated(Ports { from, to }, origin)
        }
        (Evidence::Unresolved(reason, origin), _) | (_, Evidence::Unresolved(reason, origin)) => {
            Evidence::Unresolved(reason, origin)
        }
        _ => Evidence::Defaulted(ALL_PORTS),
    }
}

/// An attribute that can hold the peer of a rule, and the function that reads its entries.
type Side = (Attribute, fn(ResourceBody<'_, '_>, &Node) -> Evidence<Peer>);

/// Returns all attributes that can hold the peer.
fn sides(direction: TrafficDirection) -> Vec<Side> {
    let (of_group, of_list) = match direction {
        TrafficDirection::Ingress => (words::SOURCE_GROUP, words::SOURCE_PREFIX_LIST),
        TrafficDirection::Egress => (words::DESTINATION_GROUP, words::DESTINATION_PREFIX_LIST),
    };
    let mut sides: Vec<Side> = vec![
        (of_group, group_peer),
        (words::REFERENCED_GROUP, group_peer),
        (words::INLINE_GROUPS, listed_peer),
        (words::CIDR, cidr_peer),
        (words::CIDR6, cidr_peer),
        (words::CIDRS, cidr_peer),
        (words::CIDRS6, cidr_peer),
        (of_list, list_peer),
        (words::PREFIX_LISTS, list_peer),
        (words::PEER_NAME, name_peer),
        (words::CC_CIDR, cidr_peer),
        (words::CC_CIDR6, cidr_peer),
    ];
    if direction == TrafficDirection::Egress {
        sides.push((words::CC_DESTINATION, group_peer));
    }
    sides
}

fn peers(
    block: ResourceBody<'_, '_>,
    group: &Handle,
    direction: TrafficDirection,
) -> Vec<Evidence<Peer>> {
    if let Value::Unresolved(reason) = &block.body.value {
        return vec![Evidence::Unresolved(
            reason.clone(),
            block.body.origin.clone(),
        )];
    }
    let to_itself = match block.flag(words::SELF, Evidence::Defaulted(false)) {
        Evidence::Stated(true, origin) => Some(Evidence::Stated(
            Peer::Group(block.estate.identity(group)),
            origin,
        )),
        Evidence::Unresolved(reason, origin) => Some(Evidence::Unresolved(reason, origin)),
        _ => None,
    };
    let sides = sides(direction);
    let is_named = |attribute| block.get(attribute).is_some();
    if !is_named(words::SELF) && !sides.iter().any(|(attribute, _)| is_named(*attribute)) {
        let origin = block.body.origin.clone();
        return vec![Evidence::Unresolved("no peer is named".to_owned(), origin)];
    }
    sides
        .into_iter()
        .flat_map(|(attribute, read)| {
            block
                .list(attribute)
                .iter()
                .map(move |node| read(block, node))
        })
        .chain(to_itself)
        .collect()
}

/// Reads a peer that can only be a group: even an unresolved value is a group.
fn group_peer(block: ResourceBody<'_, '_>, node: &Node) -> Evidence<Peer> {
    let peer = match block.link_of(Kind::SecurityGroup, node) {
        Link::To(handle) => Peer::Group(block.estate.identity(&handle)),
        Link::Unknown(reason) => Peer::Group(open::identity(block, node, reason)),
    };
    Evidence::Stated(peer, node.origin.clone())
}

/// Reads a peer from a list of groups. A list that is unresolved as a whole may be empty, and then admits nothing.
fn listed_peer(block: ResourceBody<'_, '_>, node: &Node) -> Evidence<Peer> {
    let is_list = block
        .get(words::INLINE_GROUPS)
        .is_some_and(|list| std::ptr::eq(list, node));
    group_peer(block, node).map(|peer| match peer {
        Peer::Group(Identity::Open(open)) if is_list => Peer::Group(Identity::Open(OpenIdentity {
            from_outside: false,
            ..open
        })),
        peer => peer,
    })
}

/// Reads a group by its name. Only the default network has such rules.
fn name_peer(block: ResourceBody<'_, '_>, node: &Node) -> Evidence<Peer> {
    block
        .text_of(node)
        .map(|name| Peer::Group(Identity::Known(name)))
}

fn cidr_peer(block: ResourceBody<'_, '_>, node: &Node) -> Evidence<Peer> {
    let of_network = ranges::of_network(block, node);
    of_network
        .unwrap_or_else(|| block.text_of(node))
        .map(Peer::Cidr)
}

/// Reads a managed prefix list, by its id or by the address that creates it.
fn list_peer(block: ResourceBody<'_, '_>, node: &Node) -> Evidence<Peer> {
    let created = match &node.value {
        Value::Text(pieces) => match pieces.as_slice() {
            [Piece::Reference(address, _)] => Some(address.clone()),
            _ => None,
        },
        _ => None,
    };
    match created {
        Some(address) => Evidence::Stated(Peer::PrefixList(address), node.origin.clone()),
        None => block.text_of(node).map(Peer::PrefixList),
    }
}
