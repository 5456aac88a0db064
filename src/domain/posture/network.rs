//! The network of a proxy: subnets, the VPC, and security groups with their rules.

use super::Identity;
use crate::domain::evidence::{Evidence, Origin};

/// A subnet of the proxy or of an endpoint.
#[derive(Clone, Debug)]
pub struct Subnet {
    /// The id, or the address of the resource that creates the subnet.
    pub identity: Identity,
    /// The availability zone, such as `eu-west-1a`.
    pub zone: Evidence<String>,
    /// The zone id, such as `use1-az3`, which denotes the same zone in every account.
    pub zone_id: Evidence<String>,
    /// The VPC of the subnet.
    pub vpc: Evidence<Identity>,
    /// The number of free addresses.
    pub free_addresses: Evidence<u32>,
    /// The position of the zone in a list, if the zone's name is known only at deployment.
    pub zone_place: Option<ZonePlace>,
    /// The reason why this entry can represent any number of subnets, if it can: it stands for a list of unknown
    /// length.
    pub uncounted: Option<String>,
}

/// A position in a list that contains each zone once.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ZonePlace {
    /// The expression that returns the list: `data.aws_availability_zones.here`, `Fn::GetAZs`.
    pub list: String,
    /// The index in the list, 0-based.
    pub index: usize,
}

/// The VPC of a proxy.
#[derive(Clone, Debug)]
pub struct Vpc {
    /// The id, or the address of the resource that creates the VPC.
    pub identity: Identity,
    /// The instance tenancy: `default`, `dedicated` or `host`.
    pub tenancy: Evidence<String>,
    /// The mode of VPC Encryption Controls: `monitor` or `enforce`; stated as `none` if there are none.
    pub encryption_controls: Evidence<String>,
}

/// A security group with its rules, whichever resources define them.
#[derive(Clone, Debug)]
pub struct SecurityGroup {
    /// The id, or the address of the resource that creates the group.
    pub identity: Identity,
    /// The place where the group is defined or referenced.
    pub origin: Origin,
    /// The name of the group.
    pub name: Evidence<String>,
    /// True for the VPC's default group.
    pub is_default: Evidence<bool>,
    /// The completeness of `ingress` and `egress`.
    pub coverage: Coverage,
    /// The rules for inbound traffic.
    pub ingress: Vec<GroupRule>,
    /// The rules for outbound traffic, including the default rule of AWS, marked as `implied`.
    pub egress: Vec<GroupRule>,
}

/// The completeness of a group's rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Coverage {
    /// The source defines the group, and nothing indicates further rules.
    Complete,
    /// Rules may exist elsewhere, for this reason.
    Partial(String),
}

/// One rule of a security group.
#[derive(Clone, Debug)]
pub struct GroupRule {
    /// The place where the rule is defined.
    pub origin: Origin,
    /// The protocol that the rule allows.
    pub protocol: Evidence<Protocol>,
    /// The ports that the rule allows; 0 to 65535 if the protocol is `All`.
    pub ports: Evidence<Ports>,
    /// The other end of the connection: source or destination.
    pub peer: Evidence<Peer>,
    /// True for a default rule that AWS adds, which the source does not contain.
    pub implied: bool,
    /// The reason why the rule may not exist, if that is uncertain, and the place that decides.
    pub in_doubt: Option<(String, Origin)>,
}

/// The protocol of a rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Protocol {
    /// All protocols, written as `-1`.
    All,
    /// TCP, given by name or number.
    Tcp,
    /// Any other protocol, as written.
    Other(String),
}

/// A range of ports, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ports {
    /// The first port of the range.
    pub from: u16,
    /// The last port of the range, inclusive.
    pub to: u16,
}

/// The other end of a connection that a rule allows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Peer {
    /// The members of a security group.
    Group(Identity),
    /// A range of IPv4 or IPv6 addresses; the address of a VPC if the rule covers its range and the range itself is
    /// unknown.
    Cidr(String),
    /// A managed prefix list.
    PrefixList(String),
}
