//! The reach of a security group rule: address ranges, ports and peers, and their descriptions for people. The rules
//! decide which reach is too wide.

use std::fmt;
use std::net::IpAddr;

use super::posture::{Identity, Peer, Ports, Protocol};

/// A range of IP addresses in CIDR notation: `10.0.0.0/16`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    address: IpAddr,
    prefix: u32,
}

impl Range {
    /// Parses CIDR notation; `None` if the text is not a valid range.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = text.split_once('/')?;
        let range = Self {
            address: address.trim().parse().ok()?,
            prefix: prefix.trim().parse().ok()?,
        };
        (range.prefix <= range.bits()).then_some(range)
    }

    /// True if the range covers all addresses or half of them: two halves are a common way around a ban on
    /// `0.0.0.0/0`.
    pub fn is_world(self) -> bool {
        self.prefix <= 1
    }

    /// True if the range is a single address.
    pub fn is_single(self) -> bool {
        self.prefix == self.bits()
    }

    /// True if the range contains no other machine: loopback or the broadcast address, the usual placeholders in a
    /// rule that only displaces the default rule of AWS.
    pub fn reaches_nobody(self) -> bool {
        match self.address {
            IpAddr::V4(address) => {
                (address.is_loopback() && self.prefix >= 8)
                    || (address.is_broadcast() && self.is_single())
            }
            IpAddr::V6(address) => address.is_loopback() && self.is_single(),
        }
    }

    fn bits(self) -> u32 {
        match self.address {
            IpAddr::V4(_) => 32,
            IpAddr::V6(_) => 128,
        }
    }
}

impl Ports {
    /// True if the range contains this port.
    pub fn holds(self, port: u16) -> bool {
        (self.from..=self.to).contains(&port)
    }

    /// Returns the port, if the range is a single port.
    pub fn single(self) -> Option<u16> {
        (self.from == self.to).then_some(self.from)
    }
}

impl Identity {
    /// Returns true if both refer to the same resource. `None` if that cannot be decided: one is known by its id and
    /// the other only by its address in the source, or what is known of an unresolved one does not settle it.
    pub fn same(&self, other: &Self) -> Option<bool> {
        match (self, other) {
            (Self::Open(one), Self::Open(two)) => (one.whole && one == two).then_some(true),
            (Self::Open(open), Self::Created(_)) | (Self::Created(_), Self::Open(open)) => {
                open.from_outside.then_some(false)
            }
            (Self::Open(_), Self::Known(_)) | (Self::Known(_), Self::Open(_)) => None,
            (Self::Known(one), Self::Known(two)) | (Self::Created(one), Self::Created(two)) => {
                Some(one == two)
            }
            (Self::Known(_), Self::Created(_)) | (Self::Created(_), Self::Known(_)) => None,
        }
    }

    /// Returns the id, name, ARN or address; the reason if the identity is unresolved.
    pub fn text(&self) -> &str {
        match self {
            Self::Known(text) | Self::Created(text) => text,
            Self::Open(open) => &open.reason,
        }
    }

    /// Returns the reason why the identity is unresolved; `None` if it is known.
    pub fn open(&self) -> Option<&str> {
        match self {
            Self::Open(open) => Some(&open.reason),
            Self::Known(_) | Self::Created(_) => None,
        }
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.text())
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Group(Identity::Open(open)) => {
                write!(
                    out,
                    "members of a group that is not known ({})",
                    open.reason
                )
            }
            Self::Group(group) => write!(out, "members of {group}"),
            Self::Cidr(range) => match Range::parse(range) {
                Some(parsed) if parsed.is_world() => write!(out, "{range} (the whole internet)"),
                Some(_) | None => write!(out, "every address in {range}"),
            },
            Self::PrefixList(list) => write!(out, "every address in prefix list {list}"),
        }
    }
}

impl fmt::Display for Ports {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.from, self.to) {
            (0, u16::MAX) => out.write_str("all ports"),
            (from, to) if from == to => write!(out, "port {from}"),
            (from, to) => write!(out, "ports {from} to {to}"),
        }
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => out.write_str("all protocols"),
            Self::Tcp => out.write_str("TCP"),
            Self::Other(name) => write!(out, "protocol {name}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_how_far_a_range_reaches() {
        // Columns: (range, world, single, nobody)
        let cases = [
            ("0.0.0.0/0", true, false, false),
            ("128.0.0.0/1", true, false, false),
            ("::/0", true, false, false),
            ("10.0.0.0/16", false, false, false),
            ("10.0.0.7/32", false, true, false),
            ("127.0.0.1/32", false, true, true),
            ("127.0.0.0/8", false, false, true),
            ("255.255.255.255/32", false, true, true),
            ("::1/128", false, true, true),
        ];
        for (text, world, single, nobody) in cases {
            let range = Range::parse(text).unwrap();
            assert_eq!(
                (range.is_world(), range.is_single(), range.reaches_nobody()),
                (world, single, nobody),
                "{text}"
            );
        }
        for text in ["10.0.0.0", "10.0.0.0/33", "::/129", "ten/8", "/", ""] {
            assert_eq!(Range::parse(text), None, "{text}");
        }
    }
}
