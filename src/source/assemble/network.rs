//! Subnets and the network that contains them.

use super::block::{self, ResourceBody, entries};
use super::estate::Estate;
use super::same;
use super::things::{Handle, Item, Link};
use crate::domain::evidence::{Evidence, Origin};
use crate::domain::posture::{Identity, Subnet, Vpc, ZonePlace};
use crate::language::resource::{Dialect, GET_ZONES, Node, Piece, Pseudo, Value};
use crate::language::vocabulary;
use crate::language::vocabulary::{Kind, group, subnet, vpc};

/// Reads the subnets in a list. One that is unresolved is kept as an unknown subnet, or as any number of them, so that
/// the others still count.
pub(super) fn subnets(block: ResourceBody<'_, '_>, list: Option<&Node>) -> Evidence<Vec<Subnet>> {
    let Some(list) = list else {
        return Evidence::NotVisible;
    };
    let links: Vec<_> = entries(list)
        .iter()
        .map(|node| (node, block.link_of(Kind::Subnet, node)))
        .collect();
    if let [(node, Link::Unknown(reason))] = links.as_slice() {
        return Evidence::Unresolved(reason.clone(), node.origin.clone());
    }
    let subnets = links.into_iter().map(|(node, link)| match link {
        Link::To(handle) => subnet(block.estate, &handle),
        Link::Unknown(reason) => unknown(reason, &node.origin),
    });
    Evidence::Stated(subnets.collect(), list.origin.clone())
}

/// Makes a subnet for an unknown part of a list, which may be a list itself.
fn unknown(reason: String, origin: &Origin) -> Subnet {
    let source = reason.split(" ← ").next().unwrap_or(&reason);
    Subnet {
        identity: Identity::Created(source.to_owned()),
        zone: Evidence::Unresolved(reason.clone(), origin.clone()),
        zone_id: Evidence::Unresolved(reason.clone(), origin.clone()),
        vpc: Evidence::Unresolved(reason.clone(), origin.clone()),
        free_addresses: Evidence::Unresolved(reason.clone(), origin.clone()),
        zone_place: None,
        uncounted: Some(reason),
    }
}

/// Reads the subnet behind a handle.
pub(super) fn subnet(estate: &Estate<'_>, handle: &Handle) -> Subnet {
    let identity = estate.identity(handle);
    let Handle::Item(index) = handle else {
        return Subnet {
            identity,
            zone: Evidence::NotVisible,
            zone_id: Evidence::NotVisible,
            vpc: Evidence::NotVisible,
            free_addresses: Evidence::NotVisible,
            zone_place: None,
            uncounted: None,
        };
    };
    let item = estate.item(*index);
    let block = ResourceBody::new(estate, item);
    Subnet {
        identity,
        zone: block.text(subnet::ZONE),
        zone_id: block.text(subnet::ZONE_ID),
        vpc: identity_in(block, subnet::VPC),
        free_addresses: block.number(subnet::FREE_ADDRESSES, Evidence::NotVisible),
        zone_place: [subnet::ZONE, subnet::ZONE_ID]
            .into_iter()
            .find_map(|attribute| place(block.document, block.get(attribute)?)),
        uncounted: uncounted(item),
    }
}

/// Returns the reason why the number is unknown if the instance represents all instances of a `count` or `for_each`.
fn uncounted(item: Item<'_>) -> Option<String> {
    let address = &item.resource.address;
    address
        .contains("[*]")
        .then(|| format!("how many there are of {address} is known only once it is deployed"))
}

/// The sources of zones that list each zone once, and the attributes that hold the list.
/// Sources: registry documentation of `aws_availability_zones`; CloudFormation User Guide, `Fn::GetAZs`.
const ZONES: &[(&str, &[&str])] = &[
    ("data.aws_availability_zones.", &["names", "zone_ids"]),
    (GET_ZONES, &[""]),
];

/// Returns the index of a zone in its list if its name is unknown.
fn place(document: usize, node: &Node) -> Option<ZonePlace> {
    place_in(node).or_else(|| zone_of_region(document, node))
}

/// Reads `${var.region}a` or `!Sub "${AWS::Region}a"`: the zones of a region differ in the letter after its name.
/// Source: EC2 User Guide, "Regions and Zones" (Availability Zones, codes).
fn zone_of_region(document: usize, node: &Node) -> Option<ZonePlace> {
    let Value::Text(pieces) = &node.value else {
        return None;
    };
    let [region, Piece::Text(letter)] = pieces.as_slice() else {
        return None;
    };
    let region = match region {
        Piece::Pseudo(Pseudo::Region) => "the region that is deployed into".to_owned(),
        Piece::Unresolved(reason) => {
            let region = Node::new(Value::Unresolved(reason.clone()), node.origin.clone());
            same::print(document, &region)?;
            format!("the region of {}", same::called(reason))
        }
        _ => return None,
    };
    let [letter @ b'a'..=b'z'] = letter.as_bytes() else {
        return None;
    };
    Some(ZonePlace {
        list: region,
        index: usize::from(letter - b'a'),
    })
}

/// Reads `data.aws_availability_zones.x.names[1]` or `!Select [1, !GetAZs ""]`.
fn place_in(node: &Node) -> Option<ZonePlace> {
    let Value::Text(pieces) = &node.value else {
        return None;
    };
    let [Piece::Reference(address, attribute)] = pieces.as_slice() else {
        return None;
    };
    let (list, index) = attribute.strip_suffix(']')?.split_once('[')?;
    let own = address.rsplit("].").next().unwrap_or(address);
    let own = own.find("data.").map_or(own, |at| &own[at..]);
    let named = ZONES
        .iter()
        .any(|(from, lists)| own.starts_with(from) && lists.contains(&list));
    let place = ZonePlace {
        list: address.clone(),
        index: index.parse().ok()?,
    };
    named.then_some(place)
}

/// Returns the network that an attribute names.
pub(super) fn identity_in(
    block: ResourceBody<'_, '_>,
    attribute: vocabulary::Attribute,
) -> Evidence<Identity> {
    let Some(node) = block.get(attribute) else {
        return Evidence::NotVisible;
    };
    let identity = match block.link_of(Kind::Vpc, node) {
        Link::To(handle) => Ok(block.estate.identity(&handle)),
        Link::Unknown(reason) => Err(reason),
    };
    block::stated(identity, &node.origin)
}

/// Returns the network of the subnets in a list, from the first whose network is known.
pub(super) fn of_subnets(
    block: ResourceBody<'_, '_>,
    list: vocabulary::Attribute,
) -> Option<Identity> {
    let handles = block.list(list).iter();
    let mut networks = handles.filter_map(|node| {
        let handle = block.link_of(Kind::Subnet, node).handle()?;
        subnet(block.estate, &handle).vpc.value().cloned()
    });
    networks.next()
}

/// Returns the network of the proxy: from the account, or from its subnets or groups.
pub(super) fn of_proxy(proxy: ResourceBody<'_, '_>) -> Evidence<Vpc> {
    use vocabulary::proxy::{SECURITY_GROUPS, SUBNETS, VPC};
    let estate = proxy.estate;
    let own = proxy.get(VPC).map(|node| (proxy, node));
    let beside = [
        (SUBNETS, Kind::Subnet, subnet::VPC),
        (SECURITY_GROUPS, Kind::SecurityGroup, group::VPC),
    ]
    .into_iter()
    .flat_map(|(list, kind, attribute)| {
        proxy.list(list).iter().filter_map(move |node| {
            let Handle::Item(index) = proxy.link_of(kind, node).handle()? else {
                return None;
            };
            let block = ResourceBody::new(estate, estate.item(index));
            Some((block, block.get(attribute)?))
        })
    });
    own.into_iter()
        .chain(beside)
        .map(|(block, node)| match block.link_of(Kind::Vpc, node) {
            Link::To(handle) => Evidence::Stated(vpc(estate, &handle), node.origin.clone()),
            Link::Unknown(reason) => Evidence::Unresolved(reason, node.origin.clone()),
        })
        .next()
        .unwrap_or(Evidence::NotVisible)
}

/// Reads one network. `InstanceTenancy` is `default` unless it is set: CloudFormation User Guide, `AWS::EC2::VPC`.
pub(super) fn vpc(estate: &Estate<'_>, handle: &Handle) -> Vpc {
    let identity = estate.identity(handle);
    let Handle::Item(index) = handle else {
        return Vpc {
            identity,
            tenancy: Evidence::NotVisible,
            encryption_controls: Evidence::NotVisible,
        };
    };
    let item = estate.item(*index);
    let block = ResourceBody::new(estate, item);
    let tenancy = match (
        block.text(vpc::TENANCY),
        vocabulary::names_existing(item.resource),
    ) {
        (Evidence::NotVisible, false) if block.dialect != Dialect::Account => {
            Evidence::Defaulted("default".to_owned())
        }
        (tenancy, _) => tenancy,
    };
    Vpc {
        identity,
        tenancy,
        encryption_controls: block.text(vpc::ENCRYPTION_CONTROLS),
    }
}
