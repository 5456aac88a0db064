//! The spec: the requested proxy, as written in `rdsproxy.toml`.
//!
//! [`Spec::parse`] is the only way to create a spec: afterwards every name is valid by [`super::names`] and every enum
//! value is known. [`super::blueprint`] checks if the request can be fulfilled.

mod defaults;
mod places;
mod problem;
mod read;
mod wire;

use std::collections::BTreeMap;

pub use defaults::{DEFAULT_TARGETS, RETENTION_DAYS};
use places::KeyPlaces;
pub use problem::{NamedText, Placed, SpecError, SpecProblem, nearest, shape_error};
pub use wire::{SPEC_SCHEMA, json_schema};

use super::engine::Engine;
use super::evidence::Origin;
use super::names::{
    AccountId, DatabaseIdentifier, DatabaseName, DatabaseResourceId, EngineVersion, FunctionName,
    KeyArn, ParameterGroupFamily, ParameterGroupName, ProxyName, Region, RoleArn, RoleName,
    SchemaName, SecretArn, SecurityGroupId, SubnetId, TagKey, TagValue, TopicArn, UserName, VpcId,
};
use super::posture::DatabaseKind;
use super::settings::{SettingValue, Settings};
pub use super::visible::visible;

/// The name of the spec's file, which is beside the generated folders.
pub const SPEC_FILE: &str = "rdsproxy.toml";

/// The requested proxy and everything around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spec {
    /// The proxy itself, table `[proxy]`.
    pub proxy: ProxySpec,
    /// The network of the proxy, table `[network]`.
    pub network: NetworkSpec,
    /// The database behind the proxy, table `[database]`.
    pub database: DatabaseSpec,
    /// The database users, tables `[[users]]`, sorted by name.
    pub users: Vec<UserSpec>,
    /// The functions that connect, tables `[[consumers]]`, sorted by function.
    pub consumers: Vec<ConsumerSpec>,
    /// The protection of the secrets, table `[encryption]`.
    pub encryption: EncryptionSpec,
    /// The connection pool settings, table `[pool]`.
    pub pool: PoolSpec,
    /// The alarms and the log, table `[monitoring]`.
    pub monitoring: MonitoringSpec,
    /// The tags of every resource that supports tags, table `[tags]`.
    pub tags: BTreeMap<TagKey, TagValue>,
    /// The key `targets` of `[output]`, as written; `render` checks that the targets exist.
    pub targets: Vec<String>,
    /// The key `omit` of `[output]`, as written; `render` checks that the files exist.
    pub omit: Vec<Omission>,
    places: KeyPlaces,
}

/// A generated file to omit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Omission {
    /// The path below the project's directory, with `/` as separator.
    pub path: String,
    /// The place in the spec that lists the file.
    pub origin: Origin,
}

impl Spec {
    /// Returns the `max_connections_percent`, which is that of the engine where the spec gives none.
    pub fn max_connections(&self) -> u32 {
        let asked = self.pool.settings.max_connections_percent.as_ref();
        let engine = self.proxy.engine.max_connections_percent;
        asked.and_then(SettingValue::number).unwrap_or(engine)
    }

    /// Returns the place of a key, such as `pool.borrow_timeout` or `users.orders_rw.secret`. If the key is absent,
    /// this is the place of the nearest enclosing key.
    pub fn origin(&self, key: &str) -> Origin {
        self.places.get(key)
    }

    /// Creates a problem at the place of a key.
    pub fn problem(
        &self,
        key: &str,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> SpecProblem {
        SpecProblem {
            message: message.into(),
            origin: self.origin(key),
            hint: Some(hint.into()),
        }
    }
}

/// The proxy itself, table `[proxy]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxySpec {
    /// The `name` of the proxy.
    pub name: ProxyName,
    /// The `engine` of the database.
    pub engine: &'static Engine,
    /// The `region` of the proxy, the database and the secrets.
    pub region: Region,
    /// The `account_id` of the proxy, the database and the secrets.
    pub account_id: AccountId,
    /// The key `auth`: the proxy's login method for the database.
    pub auth: AuthMode,
    /// The `port` on which the proxy listens, if it is not the default of the family (SQL Server only).
    pub port: Option<u16>,
    /// The key `read_only_endpoint`: true adds an endpoint for reader instances.
    pub read_only_endpoint: bool,
}

/// The key `auth`: the proxy's login method for the database. Clients use IAM in both cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthMode {
    /// The value `secrets`: with a password from Secrets Manager, one secret for each user.
    Secrets,
    /// The value `end-to-end-iam`: with an IAM token and without a password.
    EndToEndIam,
}

/// The network of the proxy, table `[network]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkSpec {
    /// The `vpc_id` of the database and the proxy.
    pub vpc_id: VpcId,
    /// The `subnet_ids` of the proxy, sorted.
    pub subnet_ids: Vec<SubnetId>,
}

/// The database behind the proxy, table `[database]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseSpec {
    /// The `kind` of database: instance or cluster.
    pub kind: DatabaseKind,
    /// The `identifier` of the instance or cluster.
    pub identifier: DatabaseIdentifier,
    /// The `resource_id`, which end-to-end IAM requires.
    pub resource_id: Option<DatabaseResourceId>,
    /// The `engine_version`, which determines the family of a parameter group.
    pub engine_version: Option<EngineVersion>,
    /// The `port` on which the database listens.
    pub port: u16,
    /// The `security_group_ids` of the database, sorted.
    pub security_group_ids: Vec<SecurityGroupId>,
    /// The `parameter_group` that the database currently uses.
    pub parameter_group: Option<ParameterGroupName>,
    /// The `parameter_group_family`, if engine and version do not determine it (SQL Server's edition).
    pub parameter_group_family: Option<ParameterGroupFamily>,
    /// The key `tls`: the means by which the database refuses connections without TLS.
    pub tls: DatabaseTls,
}

/// The key `tls` of `[database]`: the means by which the database refuses connections without TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatabaseTls {
    /// The value `enforced`: the current parameter group of the database enforces TLS.
    Enforced,
    /// The value `create-parameter-group`: a parameter group is generated, to be attached to the database.
    CreateParameterGroup,
}

/// A database user, an entry of `[[users]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserSpec {
    /// The `name` of the database user.
    pub name: UserName,
    /// The `database` inside the server.
    pub database: DatabaseName,
    /// The `schema`, for engines that have schemas; by default `public` for PostgreSQL and `dbo` for SQL Server.
    pub schema: Option<SchemaName>,
    /// The `access` that the user is granted.
    pub access: Access,
    /// The `secret` of the user; unused with end-to-end IAM.
    pub secret: SecretSpec,
    /// The `secret_kms_key`: the key of an existing secret, if that is a customer-managed key.
    pub secret_kms_key: Option<KeyArn>,
}

/// The key `access` of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// The value `read-write`: SELECT, INSERT, UPDATE, DELETE.
    ReadWrite,
    /// The value `read-only`: SELECT.
    ReadOnly,
}

/// The key `secret` of a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretSpec {
    /// The value `create`: the secret is generated.
    Create,
    /// An ARN: the secret exists, and its policy is left unchanged.
    Existing(SecretArn),
}

/// A function that connects, an entry of `[[consumers]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsumerSpec {
    /// The name of the Lambda `function`.
    pub function: FunctionName,
    /// The execution `role` of the function.
    pub role: RoleName,
    /// The `security_group_ids` from which the function connects, sorted.
    pub security_group_ids: Vec<SecurityGroupId>,
    /// The `users` that the function may connect as, sorted.
    pub users: Vec<UserName>,
}

/// The protection of the secrets, table `[encryption]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncryptionSpec {
    /// The `kms_key` that encrypts created secrets.
    pub kms_key: KeySpec,
    /// The key `strict_secret_policy`: true denies every reader that is not listed.
    pub strict_secret_policy: bool,
    /// The `secret_readers`: the roles that the strict policy exempts (deployer, break-glass), sorted.
    pub secret_readers: Vec<RoleArn>,
}

/// The key `kms_key` of `[encryption]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeySpec {
    /// The value `create`: the key is generated.
    Create,
    /// The ARN of an existing key.
    Existing(KeyArn),
}

/// The table `[pool]`. The blueprint decides the values that are absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PoolSpec {
    /// The settings that the spec gives.
    pub settings: Settings<Option<SettingValue>>,
    /// The key `exclude_variable_sets`: true sets the only session pinning filter that exists.
    pub exclude_variable_sets: bool,
}

/// The alarms and the log, table `[monitoring]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonitoringSpec {
    /// The `topic_arn` that alarms and detections notify; without it they only change state.
    pub topic_arn: Option<TopicArn>,
    /// The `log_retention_days` of the proxy's log group.
    pub log_retention_days: u32,
}
