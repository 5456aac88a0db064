//! Where a proxy stands: subnets, the network, and security groups with their rules.

use super::Identity;
use crate::domain::evidence::{Evidence, Origin};

/// A subnet that the proxy or an endpoint stands in.
#[derive(Clone, Debug)]
pub struct Subnet {
    /// Its id, or the address that creates it.
    pub identity: Identity,
    /// `eu-west-1a`.
    pub zone: Evidence<String>,
    /// `use1-az3`: the same zone in every account.
    pub zone_id: Evidence<String>,
    /// The VPC it belongs to.
    pub vpc: Evidence<Identity>,
    /// Free addresses.
    pub free_addresses: Evidence<u32>,
    /// Which of a list of zones it lies in, where only a deployment knows their names.
    pub zone_place: Option<ZonePlace>,
    /// Why it may stand for any number of subnets: it is all that is known of a list whose length nothing tells.
    pub uncounted: Option<String>,
}

/// A place in a list that names each zone once.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ZonePlace {
    /// What gives the list: `data.aws_availability_zones.here`, `Fn::GetAZs`.
    pub list: String,
    /// Counted from 0.
    pub index: usize,
}

/// The network.
#[derive(Clone, Debug)]
pub struct Vpc {
    /// Its id, or the address that creates it.
    pub identity: Identity,
    /// `default`, `dedicated` or `host`.
    pub tenancy: Evidence<String>,
    /// Mode of VPC Encryption Controls: `monitor` or `enforce`; stated as `none` where there is none.
    pub encryption_controls: Evidence<String>,
}

/// A security group with its rules, from whichever resource they come.
#[derive(Clone, Debug)]
pub struct SecurityGroup {
    /// Its id, or the address that creates it.
    pub identity: Identity,
    /// Where it is defined, or named.
    pub origin: Origin,
    /// Its name.
    pub name: Evidence<String>,
    /// True for the VPC's default group.
    pub is_default: Evidence<bool>,
    /// Whether all of its rules are in view.
    pub coverage: Coverage,
    /// What may come in.
    pub ingress: Vec<GroupRule>,
    /// What may go out. A default that AWS adds by itself stands here too, `implied`.
    pub egress: Vec<GroupRule>,
}

/// Whether all rules of a group are in view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Coverage {
    /// The source defines the group and nothing hints at further rules.
    Complete,
    /// Rules may exist elsewhere, for this reason.
    Partial(String),
}

/// One rule of a security group.
#[derive(Clone, Debug)]
pub struct GroupRule {
    /// Where it stands.
    pub origin: Origin,
    /// The protocol.
    pub protocol: Evidence<Protocol>,
    /// First and last port; 0 to 65535 where the protocol is `All`.
    pub ports: Evidence<Ports>,
    /// The other side.
    pub peer: Evidence<Peer>,
    /// Nobody wrote it: AWS adds it.
    pub implied: bool,
    /// Why it may not be there at all, and the place that decides.
    pub in_doubt: Option<(String, Origin)>,
}

/// Protocol of a rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Protocol {
    /// `-1`.
    All,
    /// TCP, by name or number.
    Tcp,
    /// Any other, as written.
    Other(String),
}

/// A range of ports, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ports {
    /// First port.
    pub from: u16,
    /// Last port.
    pub to: u16,
}

/// The other side of a rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Peer {
    /// The members of a security group, whichever it is.
    Group(Identity),
    /// A range of addresses, IPv4 or IPv6; or the address of a network whose range it is, where its numbers are not in view.
    Cidr(String),
    /// A managed list of ranges.
    PrefixList(String),
}
