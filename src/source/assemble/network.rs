//! Subnets and the network they lie in.

use super::block::{self, Block, entries};
use super::estate::{Estate, Handle, Link};
use crate::domain::evidence::Evidence;
use crate::domain::posture::{Identity, Subnet, Vpc};
use crate::source::resource::{Dialect, Node};
use crate::source::vocabulary::{self, Kind, group, subnet, vpc};

/// The subnets in a list; not known as a whole when one of them is not.
pub(super) fn subnets(block: Block<'_, '_>, list: Option<&Node>) -> Evidence<Vec<Subnet>> {
    let Some(list) = list else {
        return Evidence::NotVisible;
    };
    let handles: Result<Vec<_>, String> = entries(list)
        .iter()
        .map(|node| match block.link_of(Kind::Subnet, node) {
            Link::To(handle) => Ok(handle),
            Link::Unknown(reason) => Err(reason),
        })
        .collect();
    let subnets = handles.map(|handles| {
        handles
            .iter()
            .map(|handle| subnet(block.estate, handle))
            .collect()
    });
    block::stated(subnets, &list.origin)
}

/// One subnet.
pub(super) fn subnet(estate: &Estate<'_>, handle: &Handle) -> Subnet {
    let identity = estate.identity(handle);
    let Handle::Item(index) = handle else {
        return Subnet {
            identity,
            zone: Evidence::NotVisible,
            zone_id: Evidence::NotVisible,
            vpc: Evidence::NotVisible,
            free_addresses: Evidence::NotVisible,
        };
    };
    let block = Block::of(estate, estate.item(*index));
    Subnet {
        identity,
        zone: block.text(subnet::ZONE),
        zone_id: block.text(subnet::ZONE_ID),
        vpc: identity_in(block, subnet::VPC),
        free_addresses: block.number(subnet::FREE_ADDRESSES, Evidence::NotVisible),
    }
}

/// The network that an attribute names.
pub(super) fn identity_in(
    block: Block<'_, '_>,
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

/// The network of the subnets in a list, as far as one of them tells.
pub(super) fn of_subnets(block: Block<'_, '_>, list: vocabulary::Attribute) -> Option<Identity> {
    let handles = block.list(list).iter();
    let mut networks = handles.filter_map(|node| {
        let handle = block.link_of(Kind::Subnet, node).handle()?;
        subnet(block.estate, &handle).vpc.value().cloned()
    });
    networks.next()
}

/// The network of the proxy: what the account says, or where its subnets or its groups lie.
pub(super) fn of_proxy(proxy: Block<'_, '_>) -> Evidence<Vpc> {
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
            let block = Block::of(estate, estate.item(index));
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

/// One network. `InstanceTenancy` is `default` unless it is set: CloudFormation User Guide, `AWS::EC2::VPC`.
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
    let block = Block::of(estate, item);
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
