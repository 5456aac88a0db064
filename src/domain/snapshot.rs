//! The snapshot: an account as read on one occasion, without any secret value.
//!
//! It is a wire format with a version of its own (`rdsproxy-gen schema snapshot`): saved by `snapshot`, built in for `--demo`,
//! read back by `--snapshot FILE`. The interview chooses from it, the audit and drift read it like any other document.
//! Policies are kept as the API gives them (decoded JSON); lists are sorted by id, so that two readings compare as text.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The version of this format.
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
    /// The kinds of things that could not be read, and what to grant.
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

/// A kind of thing that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NotVisible {
    /// The IAM action that was refused or failed: `rds:DescribeDBProxies`.
    pub action: String,
    /// The field of the snapshot that is incomplete for it: `proxies`.
    pub field: String,
    /// The service's message.
    pub reason: String,
}

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

/// A database instance.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DbInstanceFacts {
    /// `DBInstanceIdentifier`.
    pub identifier: String,
    /// `DbiResourceId`: `db-…`.
    pub resource_id: String,
    /// `postgres`.
    pub engine: String,
    /// `16.4`.
    pub version: String,
    /// `db.t4g.medium`.
    #[serde(default)]
    pub class: String,
    /// Its port.
    pub port: u16,
    /// The network of its subnet group.
    pub vpc_id: String,
    /// The cluster that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster_identifier: Option<String>,
    /// The instance that it is a replica of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replica_of: Option<String>,
    /// Its groups.
    #[serde(default)]
    pub security_group_ids: Vec<String>,
    /// Its parameter group.
    #[serde(default)]
    pub parameter_group: String,
    /// `ParameterApplyStatus`: `in-sync`, `pending-reboot`, `applying`.
    #[serde(default)]
    pub parameter_apply_status: String,
    /// Whether IAM database authentication is on.
    #[serde(default)]
    pub iam_enabled: bool,
    /// The name of the database that was created with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database_name: Option<String>,
    /// The master user's name.
    #[serde(default)]
    pub master_username: String,
    /// The master user's secret, where RDS manages it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub master_secret_arn: Option<String>,
}

/// A database cluster.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DbClusterFacts {
    /// `DBClusterIdentifier`.
    pub identifier: String,
    /// `DbClusterResourceId`: `cluster-…`.
    pub resource_id: String,
    /// `aurora-mysql`.
    pub engine: String,
    /// `8.0.mysql_aurora.3.05.2`.
    pub version: String,
    /// `provisioned`, `serverless`.
    #[serde(default)]
    pub engine_mode: String,
    /// Its port.
    pub port: u16,
    /// The network of its subnet group.
    pub vpc_id: String,
    /// Its groups.
    #[serde(default)]
    pub security_group_ids: Vec<String>,
    /// Its cluster parameter group.
    #[serde(default)]
    pub parameter_group: String,
    /// The worst `DBClusterParameterGroupStatus` of its members.
    #[serde(default)]
    pub parameter_apply_status: String,
    /// Whether IAM database authentication is on.
    #[serde(default)]
    pub iam_enabled: bool,
    /// The name of the database that was created with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database_name: Option<String>,
    /// The master user's name.
    #[serde(default)]
    pub master_username: String,
    /// The master user's secret, where RDS manages it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub master_secret_arn: Option<String>,
}

/// A parameter group, of an instance or a cluster.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ParameterGroupFacts {
    /// Its name.
    pub name: String,
    /// True for a cluster parameter group.
    pub cluster: bool,
    /// `postgres16`.
    pub family: String,
    /// `rds.force_ssl`, `require_secure_transport`, `read_only`, as far as they are there. A parameter without a value is absent.
    #[serde(default)]
    pub parameters: std::collections::BTreeMap<String, String>,
}

/// A Lambda function.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FunctionFacts {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// `python3.13`; empty for an image.
    #[serde(default)]
    pub runtime: String,
    /// The ARN of its role.
    pub role_arn: String,
    /// Its network; absent outside any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vpc_id: Option<String>,
    /// Its subnets.
    #[serde(default)]
    pub subnet_ids: Vec<String>,
    /// Its groups.
    #[serde(default)]
    pub security_group_ids: Vec<String>,
}

/// A role with all its policies.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleFacts {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// The trust policy.
    pub trust: serde_json::Value,
    /// Inline policies.
    #[serde(default)]
    pub inline_policies: Vec<PolicyFacts>,
    /// Attached policies, at their default version.
    #[serde(default)]
    pub attached_policies: Vec<PolicyFacts>,
    /// False when a policy could not be read, so that the list is not all.
    #[serde(default)]
    pub complete: bool,
}

/// A named policy.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyFacts {
    /// Its name, or its ARN where it has one.
    pub name: String,
    /// The document.
    pub document: serde_json::Value,
}

/// A secret, without its value.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SecretFacts {
    /// Its whole ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// The key that encrypts it; absent for `aws/secretsmanager`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kms_key_id: Option<String>,
    /// `rds` for one that RDS manages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owning_service: Option<String>,
    /// Its tags.
    #[serde(default)]
    pub tags: std::collections::BTreeMap<String, String>,
    /// Whether the policy could be read.
    #[serde(default)]
    pub policy_visible: bool,
    /// Its resource policy; absent where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<serde_json::Value>,
}

/// A customer-managed key.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KmsKeyFacts {
    /// Its ARN.
    pub arn: String,
    /// `alias/…`.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Its description.
    #[serde(default)]
    pub description: String,
    /// `Enabled`.
    #[serde(default)]
    pub state: String,
}

/// A proxy with its target group, targets and endpoints.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProxyFacts {
    /// `DBProxyName`.
    pub name: String,
    /// Its ARN, which holds the `prx-…` id.
    pub arn: String,
    /// `available`.
    #[serde(default)]
    pub status: String,
    /// `POSTGRESQL`.
    pub engine_family: String,
    /// Its network.
    pub vpc_id: String,
    /// Its subnets.
    pub subnet_ids: Vec<String>,
    /// Its groups.
    pub security_group_ids: Vec<String>,
    /// The ARN of its role.
    pub role_arn: String,
    /// Where clients reach it.
    #[serde(default)]
    pub endpoint: String,
    /// `RequireTLS`.
    pub require_tls: bool,
    /// `DebugLogging`.
    pub debug_logging: bool,
    /// `DefaultAuthScheme`; absent where the API does not give it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_auth_scheme: Option<String>,
    /// `IdleClientTimeout` in seconds.
    pub idle_client_timeout: u32,
    /// `Auth`.
    #[serde(default)]
    pub auth: Vec<AuthFacts>,
    /// Its connection pool.
    pub pool: PoolFacts,
    /// What it is registered for.
    #[serde(default)]
    pub targets: Vec<TargetFacts>,
    /// The endpoints beside the built-in one.
    #[serde(default)]
    pub endpoints: Vec<EndpointFacts>,
    /// Its tags.
    #[serde(default)]
    pub tags: std::collections::BTreeMap<String, String>,
}

/// An auth entry.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AuthFacts {
    /// `AuthScheme`.
    pub scheme: String,
    /// `SecretArn`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_arn: Option<String>,
    /// `IAMAuth`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iam_auth: Option<String>,
    /// `ClientPasswordAuthType`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_password_auth_type: Option<String>,
    /// `UserName`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_name: Option<String>,
    /// `Description`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// A connection pool.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PoolFacts {
    /// `MaxConnectionsPercent`.
    pub max_connections_percent: u32,
    /// `MaxIdleConnectionsPercent`.
    pub max_idle_connections_percent: u32,
    /// `ConnectionBorrowTimeout` in seconds.
    pub borrow_timeout: u32,
    /// `SessionPinningFilters`.
    #[serde(default)]
    pub pinning_filters: Vec<String>,
    /// `InitQuery`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub init_query: Option<String>,
}

/// A target.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TargetFacts {
    /// `RDS_INSTANCE`, `TRACKED_CLUSTER`.
    pub kind: String,
    /// The identifier of the instance or cluster.
    pub identifier: String,
    /// The database's port.
    #[serde(default)]
    pub port: u16,
    /// `AVAILABLE`, with the reason where it is not.
    #[serde(default)]
    pub health: String,
}

/// An endpoint.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EndpointFacts {
    /// `DBProxyEndpointName`.
    pub name: String,
    /// `READ_ONLY`, `READ_WRITE`.
    pub target_role: String,
    /// Its network.
    pub vpc_id: String,
    /// Its subnets.
    pub subnet_ids: Vec<String>,
    /// Its groups.
    pub security_group_ids: Vec<String>,
}
