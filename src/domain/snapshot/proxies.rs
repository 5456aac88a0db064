//! The proxies of an account, with their target groups, targets and endpoints.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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
    /// What its metrics show of connections without TLS; absent where they are not permitted or show no traffic at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clear_text: Option<ClearTextFacts>,
}

/// What the metrics of the last two weeks show of connections without TLS. A metric without data is absent here: silence proves
/// nothing. Source: RDS User Guide, "Monitoring RDS Proxy metrics with Amazon CloudWatch".
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClearTextFacts {
    /// Hours in which clients connected to the proxy without TLS (`ClientConnectionsNoTLS`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_hours: Option<u32>,
    /// Hours in which connections to the database stood without TLS (`DatabaseConnections` less `DatabaseConnectionsWithTLS`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database_hours: Option<u32>,
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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
