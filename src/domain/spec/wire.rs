//! The TOML form of a spec, `rdsproxy.toml`: its keys, their types and the JSON Schema.
//!
//! Every value keeps its place in the file, so that [`super::read`] can point to it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::Omission;

/// The version of the spec format.
pub const SPEC_SCHEMA: i64 = 1;

pub(super) type Text = Spanned<String>;
pub(super) type Number = Spanned<i64>;

/// Returns the JSON Schema of `rdsproxy.toml`, for editors.
pub fn json_schema() -> serde_json::Value {
    schemars::schema_for!(SpecTable).to_value()
}

/// `rdsproxy.toml`: what an RDS Proxy is to be, for rdsproxy-gen. Holds no secret.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SpecTable {
    /// Version of this format: 1.
    #[schemars(with = "i64")]
    pub(super) schema: Number,
    pub(super) proxy: ProxyTable,
    pub(super) network: NetworkTable,
    pub(super) database: DatabaseTable,
    /// The database users that clients may connect as; each has a secret of its own.
    #[serde(default)]
    pub(super) users: Vec<UserTable>,
    /// The Lambda functions that may connect.
    #[serde(default)]
    pub(super) consumers: Vec<ConsumerTable>,
    #[serde(default)]
    pub(super) encryption: Encryption,
    #[serde(default)]
    pub(super) pool: PoolTable,
    #[serde(default)]
    pub(super) monitoring: MonitoringTable,
    /// Tags on everything that can carry them.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, String>")]
    pub(super) tags: BTreeMap<Text, Text>,
    #[serde(default)]
    pub(super) output: Output,
}

/// The proxy itself.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProxyTable {
    /// Name of the proxy.
    #[schemars(with = "String")]
    pub(super) name: Text,
    /// mysql, mariadb, postgresql, sqlserver, aurora-mysql or aurora-postgresql.
    #[schemars(with = "String")]
    pub(super) engine: Text,
    /// Region of proxy, database and secrets.
    #[schemars(with = "String")]
    pub(super) region: Text,
    /// Account of proxy, database and secrets.
    #[schemars(with = "String")]
    pub(super) account_id: Text,
    /// How the proxy logs in to the database: secrets (default) or end-to-end-iam.
    #[schemars(with = "Option<String>")]
    pub(super) auth: Option<Text>,
    /// Port where clients reach the proxy, for SQL Server where it is not 1433.
    #[schemars(with = "Option<i64>")]
    pub(super) port: Option<Number>,
    /// Whether to add an endpoint that goes to readers (clusters only).
    #[serde(default)]
    pub(super) read_only_endpoint: bool,
}

/// Where the proxy stands.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NetworkTable {
    /// The database's VPC.
    #[schemars(with = "String")]
    pub(super) vpc_id: Text,
    /// At least two subnets in two zones.
    #[schemars(with = "Vec<String>")]
    pub(super) subnet_ids: Spanned<Vec<Text>>,
}

/// The database behind the proxy.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DatabaseTable {
    /// instance or cluster.
    #[schemars(with = "String")]
    pub(super) kind: Text,
    /// DBInstanceIdentifier or DBClusterIdentifier.
    #[schemars(with = "String")]
    pub(super) identifier: Text,
    /// db-… or cluster-…; end-to-end IAM needs it.
    #[schemars(with = "Option<String>")]
    pub(super) resource_id: Option<Text>,
    /// Version of the engine, such as 16.4.
    #[schemars(with = "Option<String>")]
    pub(super) engine_version: Option<Text>,
    /// The database's own port; the engine's usual one by default.
    #[schemars(with = "Option<i64>")]
    pub(super) port: Option<Number>,
    /// The database's security groups.
    #[schemars(with = "Vec<String>")]
    pub(super) security_group_ids: Spanned<Vec<Text>>,
    /// The parameter group that it has today.
    #[schemars(with = "Option<String>")]
    pub(super) parameter_group: Option<Text>,
    /// The family of a generated parameter group, where engine and version do not tell: sqlserver-se-15.0.
    #[schemars(with = "Option<String>")]
    pub(super) parameter_group_family: Option<Text>,
    /// enforced: its parameter group refuses clear text. create-parameter-group: generate one that does.
    #[schemars(with = "String")]
    pub(super) tls: Text,
}

/// A database user.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UserTable {
    /// Exactly as the database knows it.
    #[schemars(with = "String")]
    pub(super) name: Text,
    /// Database inside the server.
    #[schemars(with = "String")]
    pub(super) database: Text,
    /// Schema; public (PostgreSQL) or dbo (SQL Server) by default.
    #[schemars(with = "Option<String>")]
    pub(super) schema: Option<Text>,
    /// read-write (default) or read-only.
    #[schemars(with = "Option<String>")]
    pub(super) access: Option<Text>,
    /// create (default), or the ARN of a secret that exists.
    #[schemars(with = "Option<String>")]
    pub(super) secret: Option<Text>,
    /// The customer-managed key of an existing secret.
    #[schemars(with = "Option<String>")]
    pub(super) secret_kms_key: Option<Text>,
}

/// A Lambda function that connects.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ConsumerTable {
    /// Name of the function.
    #[schemars(with = "String")]
    pub(super) function: Text,
    /// Name of its role.
    #[schemars(with = "String")]
    pub(super) role: Text,
    /// Its security groups.
    #[schemars(with = "Vec<String>")]
    pub(super) security_group_ids: Spanned<Vec<Text>>,
    /// The users that it may connect as.
    #[schemars(with = "Vec<String>")]
    pub(super) users: Spanned<Vec<Text>>,
}

/// How secrets are protected.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Encryption {
    /// create (default), or the ARN of a key.
    #[schemars(with = "Option<String>")]
    pub(super) kms_key: Option<Text>,
    /// Whether to deny every other reader of the secrets. Check the target's health after the first apply.
    #[serde(default)]
    pub(super) strict_secret_policy: bool,
    /// ARNs of the roles that the strict policy leaves out: deployer, break-glass.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub(super) secret_readers: Vec<Text>,
}

/// The connection pool.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PoolTable {
    /// 1 to 100.
    #[schemars(with = "Option<i64>")]
    pub(super) max_connections_percent: Option<Number>,
    /// 0 to max_connections_percent.
    #[schemars(with = "Option<i64>")]
    pub(super) max_idle_connections_percent: Option<Number>,
    /// Seconds, 0 to 300.
    #[schemars(with = "Option<i64>")]
    pub(super) borrow_timeout: Option<Number>,
    /// Seconds, 1 to 28800.
    #[schemars(with = "Option<i64>")]
    pub(super) idle_client_timeout: Option<Number>,
    /// Whether SET statements leave a session unpinned (not for PostgreSQL).
    #[serde(default)]
    pub(super) exclude_variable_sets: bool,
}

/// Who hears of a weakening.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MonitoringTable {
    /// SNS topic that alarms and detections notify.
    #[schemars(with = "Option<String>")]
    pub(super) topic_arn: Option<Text>,
    /// Days that the proxy's log is kept: 365 by default.
    #[schemars(with = "Option<i64>")]
    pub(super) log_retention_days: Option<Number>,
}

/// What is written.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Output {
    /// terraform, cloudformation; both by default.
    #[schemars(with = "Option<Vec<String>>")]
    pub(super) targets: Option<Vec<Text>>,
    /// Generated files that are not wanted, as terraform/README.md. None that says what is deployed.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub(super) omit: Vec<Text>,
}

impl Output {
    /// Returns the files to omit, each with its place in the text.
    pub(super) fn omissions(&self, text: &super::Placed<'_>) -> Vec<Omission> {
        let named = self.omit.iter().map(|path| Omission {
            path: path.get_ref().clone(),
            origin: text.origin(&path.span()),
        });
        named.collect()
    }
}
