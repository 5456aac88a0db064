//! Address ranges that are taken from a network or its subnets. They are ranges even if their numbers are not in view.

use super::block::ResourceBody;
use super::things::{Handle, Link};
use crate::domain::evidence::Evidence;
use crate::language::resource::{Node, Piece, Value};
use crate::language::vocabulary::{Kind, vpc};

/// The suffixes of the attributes that hold the range of a network or a subnet, in each language.
const RANGES: &[&str] = &["cidr_block", "cidr_blocks", "CidrBlock", "CidrBlocks"];

/// The resources whose range attributes hold nothing else.
const NETWORKS: &[&str] = &[
    "aws_vpc",
    "aws_subnet",
    "aws_default_vpc",
    "aws_default_subnet",
];

/// Reads the range of a network or a subnet: `!GetAtt Vpc.CidrBlock`, `aws_subnet.app[*].cidr_block`. If its numbers
/// are not in view, its address represents them.
pub(super) fn of_network(block: ResourceBody<'_, '_>, node: &Node) -> Option<Evidence<String>> {
    if let Link::To(Handle::Item(index)) = block.link_of(Kind::Vpc, node) {
        let network = ResourceBody::new(block.estate, block.estate.item(index));
        let range = network.text(vpc::CIDR);
        if range.value().is_some() {
            return Some(range);
        }
    }
    let address = match &node.value {
        Value::Text(pieces) => match pieces.as_slice() {
            [Piece::Reference(address, attribute)] => range_of(address, attribute),
            _ => None,
        },
        Value::Unresolved(reason) => taken_from(reason),
        _ => None,
    }?;
    Some(Evidence::Stated(address, node.origin.clone()))
}

/// Returns the range for `data.aws_vpc.main.cidr_block`, `module.vpc.vpc_cidr_block` or `Subnet.CidrBlock`.
fn range_of(address: &str, attribute: &str) -> Option<String> {
    let attribute = attribute.split('[').next()?;
    let is_range = RANGES.iter().any(|range| attribute.ends_with(range));
    let singular = attribute.strip_suffix('s').unwrap_or(attribute);
    is_range.then(|| format!("{address}.{singular}"))
}

/// Returns the network or the subnets on the path of an unresolved value: `aws_subnet.app[*].cidr_block ← count.index ←
/// …`. For a module that is not read, the name of its output shows that it is the range of a network.
fn taken_from(reason: &str) -> Option<String> {
    let mut steps = reason.split(" ← ").peekable();
    while let Some(step) = steps.next() {
        let is_unread = steps
            .peek()
            .is_some_and(|next| next.starts_with("its module "));
        let address = step.split(' ').next().unwrap_or_default();
        let (of, attribute) = address.rsplit_once('.')?;
        let found = match is_unread || is_network(of) {
            true => range_of(of, attribute),
            // `[for subnet in aws_subnet.app : subnet.cidr_block]`
            false if is_network(address) && address.ends_with("[*]") => {
                range_of(address, RANGES[0])
            }
            false => None,
        };
        if found.is_some() {
            return found;
        }
    }
    None
}

/// True for an address such as `module.net.aws_subnet.app["a"]`.
fn is_network(address: &str) -> bool {
    let mut words = address.split('.').rev().skip(1);
    words.next().is_some_and(|kind| NETWORKS.contains(&kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_on_whose_way_a_network_stands_is_its_range() {
        let cases = [
            (
                "aws_subnet.app[*].cidr_block ← count.index ← data.x.y.names is known only once it is deployed",
                Some("aws_subnet.app[*].cidr_block"),
            ),
            (
                "aws_subnet.app[*] is known only once it is deployed",
                Some("aws_subnet.app[*].cidr_block"),
            ),
            (
                "each.value ← data.aws_subnet.app[*] is known only once it is deployed",
                Some("data.aws_subnet.app[*].cidr_block"),
            ),
            (
                "local.all ← aws_subnet.fix[0].cidr_block ← aws_vpc.v.cidr_block ← var.range ← no value",
                Some("aws_subnet.fix[0].cidr_block"),
            ),
            (
                "module.vpc.private_subnets_cidr_blocks ← its module lies outside of what is read: x/y",
                Some("module.vpc.private_subnets_cidr_block"),
            ),
            ("module.vpc.cidr_block ← var.cidr_block ← no value", None),
            ("var.cidr_blocks ← no value", None),
            ("aws_subnet.app.id is known only after deployment", None),
            ("no value", None),
        ];
        for (reason, expected) in cases {
            assert_eq!(taken_from(reason).as_deref(), expected, "{reason}");
        }
    }
}
