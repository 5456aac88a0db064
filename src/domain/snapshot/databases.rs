//! The databases of an account, with the relevant parameters.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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
    /// `DBInstanceStatus`, where it is not `available`: `creating`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub status: String,
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
    /// `Status`, where it is not `available`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub status: String,
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
