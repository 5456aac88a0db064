//! The snapshot: the state of an account at one time, without any secret value.
//!
//! It is a wire format with its own version (`rdsproxy-gen schema snapshot`): written by `snapshot`, built in for
//! `--demo`, and read by `--snapshot FILE`. The interview offers choices from it; audit and drift read it like any
//! other document. Policies are stored as the API returns them (decoded JSON); lists are sorted by id, so that two
//! snapshots can be compared as text.

mod databases;
mod gaps;
mod json;
mod names;
mod network;
mod parts;
mod people;
mod proxies;

pub use databases::*;
pub use gaps::{Cause, NotVisible};
pub use json::SnapshotError;
pub use network::*;
pub use parts::{Account, AccountPart, Chosen};
pub use people::*;
pub use proxies::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The version of the snapshot format.
pub const SNAPSHOT_SCHEMA: u32 = 1;

/// An account in one region, as far as its permissions showed it.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Snapshot {
    /// [`SNAPSHOT_SCHEMA`].
    pub schema: u32,
    /// Twelve digits.
    pub account_id: String,
    /// `eu-west-1`.
    pub region: String,
    /// `aws`, `aws-cn`, `aws-us-gov`.
    pub partition: String,
    /// The kinds of things that could not be read, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_visible: Vec<NotVisible>,
    /// Networks.
    #[serde(default)]
    pub vpcs: Vec<VpcFacts>,
    /// Subnets.
    #[serde(default)]
    pub subnets: Vec<SubnetFacts>,
    /// Security groups with their rules.
    #[serde(default)]
    pub security_groups: Vec<SecurityGroupFacts>,
    /// Instances, those of Aurora clusters among them.
    #[serde(default)]
    pub db_instances: Vec<DbInstanceFacts>,
    /// Aurora and Multi-AZ clusters.
    #[serde(default)]
    pub db_clusters: Vec<DbClusterFacts>,
    /// Parameter groups that a database in view uses, with the parameters that matter here.
    #[serde(default)]
    pub parameter_groups: Vec<ParameterGroupFacts>,
    /// Lambda functions.
    #[serde(default)]
    pub functions: Vec<FunctionFacts>,
    /// Roles of proxies and functions in view.
    #[serde(default)]
    pub roles: Vec<RoleFacts>,
    /// Secrets, without their values.
    #[serde(default)]
    pub secrets: Vec<SecretFacts>,
    /// Customer-managed keys.
    #[serde(default)]
    pub kms_keys: Vec<KmsKeyFacts>,
    /// Proxies.
    #[serde(default)]
    pub proxies: Vec<ProxyFacts>,
}
