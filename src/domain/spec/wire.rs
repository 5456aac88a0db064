//! The TOML form of a spec, `rdsproxy.toml`: its keys, their types and the JSON Schema.
//!
//! Every value keeps its place in the file, so that [`super::read`] can point to it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::Omission;
use crate::domain::settings::each_setting;

/// The version of the spec format.
pub const SPEC_SCHEMA: i64 = 1;

/// A value of the file with its place. In the schema it is the value alone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct SpecValue<T>(Spanned<T>);

impl<T> Deref for SpecValue<T> {
    type Target = Spanned<T>;

    fn deref(&self) -> &Spanned<T> {
        &self.0
    }
}

impl<T: JsonSchema> JsonSchema for SpecValue<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

pub(super) type Text = SpecValue<String>;
pub(super) type Number = SpecValue<i64>;

/// Returns the JSON Schema of `rdsproxy.toml`, for editors.
pub fn json_schema() -> serde_json::Value {
    schemars::schema_for!(SpecTable).to_value()
}

/// The specification of an RDS Proxy: `rdsproxy.toml`. It contains no secret.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SpecTable {
    /// Version of this format: 1.
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
    /// Tags of all resources that can have tags.
    #[serde(default)]
    pub(super) tags: BTreeMap<Text, Text>,
    #[serde(default)]
    pub(super) output: Output,
}

/// The proxy itself.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProxyTable {
    /// Name of the proxy.
    pub(super) name: Text,
    /// mysql, mariadb, postgresql, sqlserver, aurora-mysql or aurora-postgresql.
    pub(super) engine: Text,
    /// Region of the proxy, the database and the secrets.
    pub(super) region: Text,
    /// Account of the proxy, the database and the secrets.
    pub(super) account_id: Text,
    /// How the proxy logs in to the database: secrets (default) or end-to-end-iam.
    pub(super) auth: Option<Text>,
    /// Port on which the proxy listens; only for SQL Server, 1433 by default.
    pub(super) port: Option<Number>,
    /// Whether to add a read-only endpoint (clusters only).
    #[serde(default)]
    pub(super) read_only_endpoint: bool,
}

/// The network of the proxy.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NetworkTable {
    /// The database's VPC.
    pub(super) vpc_id: Text,
    /// At least two subnets, in at least two availability zones.
    pub(super) subnet_ids: SpecValue<Vec<Text>>,
}

/// The database behind the proxy.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DatabaseTable {
    /// instance or cluster.
    pub(super) kind: Text,
    /// DBInstanceIdentifier or DBClusterIdentifier.
    pub(super) identifier: Text,
    /// db-… or cluster-…; required for end-to-end IAM.
    pub(super) resource_id: Option<Text>,
    /// Version of the engine, such as 16.4.
    pub(super) engine_version: Option<Text>,
    /// The database's own port; the engine's usual one by default.
    pub(super) port: Option<Number>,
    /// The database's security groups.
    pub(super) security_group_ids: SpecValue<Vec<Text>>,
    /// The present parameter group.
    pub(super) parameter_group: Option<Text>,
    /// The family of a generated parameter group, if it does not follow from engine and version: sqlserver-se-15.0.
    pub(super) parameter_group_family: Option<Text>,
    /// enforced: the present parameter group requires TLS. create-parameter-group: generate one that does.
    pub(super) tls: Text,
}

/// A database user.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UserTable {
    /// The name, exactly as in the database.
    pub(super) name: Text,
    /// The database on the server.
    pub(super) database: Text,
    /// Schema; public (PostgreSQL) or dbo (SQL Server) by default.
    pub(super) schema: Option<Text>,
    /// read-write (default) or read-only.
    pub(super) access: Option<Text>,
    /// create (default), or the ARN of an existing secret.
    pub(super) secret: Option<Text>,
    /// The customer-managed key of an existing secret.
    pub(super) secret_kms_key: Option<Text>,
}

/// A Lambda function that connects.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ConsumerTable {
    /// Name of the function.
    pub(super) function: Text,
    /// Name of its role.
    pub(super) role: Text,
    /// Its security groups.
    pub(super) security_group_ids: SpecValue<Vec<Text>>,
    /// The database users that the function may connect as.
    pub(super) users: SpecValue<Vec<Text>>,
}

/// How secrets are protected.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Encryption {
    /// create (default), or the ARN of a key.
    pub(super) kms_key: Option<Text>,
    /// Whether to deny access to the secrets to all other principals. Check the target's health after the first apply.
    #[serde(default)]
    pub(super) strict_secret_policy: bool,
    /// ARNs of the roles exempt from the strict policy: deployment, break-glass.
    #[serde(default)]
    pub(super) secret_readers: Vec<Text>,
}

macro_rules! pool_table {
    ($($key:ident: $plain:ident = $about:literal $limit:tt $row:tt)*) => {
        /// The connection pool.
        #[derive(Default, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub(super) struct PoolTable {
            $(#[doc = $about] pub(super) $key: Option<SpecValue<$plain>>,)*
            /// Whether SET statements leave a session unpinned (not for PostgreSQL).
            #[serde(default)]
            pub(super) exclude_variable_sets: bool,
        }
    };
}
each_setting!(pool_table);

/// Alarms and the detection of weakenings.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MonitoringTable {
    /// SNS topic that alarms and detections notify.
    pub(super) topic_arn: Option<Text>,
    /// The days for which the proxy's log is kept: 365 by default.
    pub(super) log_retention_days: Option<Number>,
}

/// The generated files.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Output {
    /// terraform, cloudformation; both by default.
    pub(super) targets: Option<Vec<Text>>,
    /// Generated files to leave out, such as terraform/README.md. Files that define the deployment cannot be left out.
    #[serde(default)]
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
