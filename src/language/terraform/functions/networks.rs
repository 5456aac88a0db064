//! Functions on address ranges ("IP Network Functions", Terraform language). IPv4 only; IPv6 ranges are rarely
//! computed.

use std::net::Ipv4Addr;

use super::{MANY, Row, text};
use crate::language::resource::{Node, Value};
use crate::language::terraform::values::{Outcome, error, index, plain, unknown};

pub(super) const TABLE: &[Row] = &[
    ("cidrhost", 2, 2, host),
    ("cidrnetmask", 1, 1, |given| {
        let length = range(&given[0])?.length;
        Ok(text(Ipv4Addr::from(mask(length)).to_string()))
    }),
    ("cidrsubnet", 3, 3, subnet),
    ("cidrsubnets", 1, MANY, subnets),
];

/// A range of IPv4 addresses.
#[derive(Clone, Copy)]
struct Ipv4Range {
    /// The first address.
    network: u32,
    /// The length of the prefix, at most 32.
    length: u32,
}

fn range(node: &Node) -> Outcome<Ipv4Range> {
    let whole = plain(&node.value)?;
    if whole.contains(':') {
        return unknown("ranges of IPv6 are not worked out");
    }
    let parsed = whole.split_once('/').and_then(|(address, length)| {
        let length = length.parse().ok().filter(|length| *length <= 32)?;
        let address: Ipv4Addr = address.parse().ok()?;
        Some(Ipv4Range {
            network: u32::from(address) & mask(length),
            length,
        })
    });
    match parsed {
        Some(range) => Ok(range),
        None => error("an address range is required"),
    }
}

fn mask(length: u32) -> u32 {
    u32::MAX.checked_shl(32 - length).unwrap_or_default()
}

fn host(given: &[Node]) -> Outcome<Value> {
    let Ipv4Range { network, length } = range(&given[0])?;
    let size = 1_i64 << (32 - length);
    let number = match index(&given[1].value)? {
        number if number < 0 => size + number,
        number => number,
    };
    match u32::try_from(number) {
        Ok(offset) if (0..size).contains(&number) => {
            Ok(text(Ipv4Addr::from(network | offset).to_string()))
        }
        _ => error("the range has no such host"),
    }
}

/// Returns a subnet by its number; its prefix is `more` bits longer than that of the range.
fn cut(whole: Ipv4Range, more: i64, number: i64) -> Outcome<Ipv4Range> {
    let Ipv4Range { network, length } = whole;
    let longer = u32::try_from(more)
        .ok()
        .and_then(|more| length.checked_add(more))
        .filter(|longer| *longer <= 32);
    let number = u32::try_from(number).ok();
    let (Some(longer), Some(number)) = (longer, number) else {
        return error("the range has no such subnet");
    };
    if u64::from(number) >= 1_u64 << (longer - length) {
        return error("the range has no such subnet");
    }
    let shifted = number.checked_shl(32 - longer).unwrap_or_default();
    Ok(Ipv4Range {
        network: network | shifted,
        length: longer,
    })
}

fn shown(range: Ipv4Range) -> Value {
    let first = Ipv4Addr::from(range.network);
    text(format!("{first}/{}", range.length))
}

fn subnet(given: &[Node]) -> Outcome<Value> {
    let whole = range(&given[0])?;
    let (more, number) = (index(&given[1].value)?, index(&given[2].value)?);
    cut(whole, more, number).map(shown)
}

/// Returns consecutive subnets, each at the next aligned address.
fn subnets(given: &[Node]) -> Outcome<Value> {
    let whole = range(&given[0])?;
    let end = u64::from(whole.network) + (1_u64 << (32 - whole.length));
    let mut next = u64::from(whole.network);
    let mut found = Vec::new();
    for more in &given[1..] {
        let more = index(&more.value)?;
        let length = cut(whole, more, 0)?.length;
        let size = 1_u64 << (32 - length);
        let start = next.div_ceil(size) * size;
        next = start + size;
        match u32::try_from(start) {
            Ok(network) if next <= end => {
                let range = shown(Ipv4Range { network, length });
                found.push(Node::new(range, given[0].origin.clone()));
            }
            _ => return error("the range is too small for these subnets"),
        }
    }
    Ok(Value::List(found))
}
