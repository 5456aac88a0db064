//! The VPCs, subnets and security groups of an account.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A network.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VpcFacts {
    /// `vpc-…`.
    pub id: String,
    /// The tag `Name`; empty where there is none.
    #[serde(default)]
    pub name: String,
    /// Primary and further IPv4 ranges.
    #[serde(default)]
    pub cidrs: Vec<String>,
    /// `default`, `dedicated`.
    pub tenancy: String,
    /// `monitor` or `enforce`; absent where VPC Encryption Controls are off or could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encryption_controls: Option<String>,
}

/// A subnet.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SubnetFacts {
    /// `subnet-…`.
    pub id: String,
    /// The tag `Name`.
    #[serde(default)]
    pub name: String,
    /// Its network.
    pub vpc_id: String,
    /// `eu-west-1a`.
    pub zone: String,
    /// `euw1-az1`.
    pub zone_id: String,
    /// Its IPv4 range.
    pub cidr: String,
    /// Addresses that are free.
    pub free_addresses: u32,
    /// Whether its route table sends `0.0.0.0/0` to an internet gateway; absent where that could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public: Option<bool>,
}

/// A security group.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SecurityGroupFacts {
    /// `sg-…`.
    pub id: String,
    /// Its name; `default` is the network's default group.
    pub name: String,
    /// Its description.
    #[serde(default)]
    pub description: String,
    /// Its network.
    pub vpc_id: String,
    /// The account that owns it.
    pub owner_id: String,
    /// What may come in.
    #[serde(default)]
    pub ingress: Vec<GroupRuleFacts>,
    /// What may go out.
    #[serde(default)]
    pub egress: Vec<GroupRuleFacts>,
}

/// One rule for one peer.
#[derive(
    Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(deny_unknown_fields)]
pub struct GroupRuleFacts {
    /// `tcp`, `-1`.
    pub protocol: String,
    /// First port; absent for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_port: Option<i32>,
    /// Last port; absent for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_port: Option<i32>,
    /// The peer, one of the three.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_id: Option<String>,
    /// An IPv4 or IPv6 range.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cidr: Option<String>,
    /// A managed prefix list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefix_list_id: Option<String>,
    /// Its description.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
}
