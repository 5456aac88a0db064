//! The spec: what was asked for, in the words of `rdsproxy.toml`.
//!
//! [`Spec::parse`] is the only way in: after it every name is one of [`super::names`] and every enum is known. Whether what was
//! asked can be built is for [`super::blueprint`].

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
pub use super::visible::visible;

/// The spec's file, beside the folders that are generated from it.
pub const SPEC_FILE: &str = "rdsproxy.toml";

/// What was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spec {
    /// `[proxy]`.
    pub proxy: ProxySpec,
    /// `[network]`.
    pub network: NetworkSpec,
    /// `[database]`.
    pub database: DatabaseSpec,
    /// `[[users]]`, sorted by name.
    pub users: Vec<UserSpec>,
    /// `[[consumers]]`, sorted by function.
    pub consumers: Vec<ConsumerSpec>,
    /// `[encryption]`.
    pub encryption: EncryptionSpec,
    /// `[pool]`.
    pub pool: PoolSpec,
    /// `[monitoring]`.
    pub monitoring: MonitoringSpec,
    /// `[tags]`.
    pub tags: BTreeMap<TagKey, TagValue>,
    /// `[output] targets`, as named; which exist is known to the render floor.
    pub targets: Vec<String>,
    /// `[output] omit`, as named; which files are generated is known to the render floor.
    pub omit: Vec<Omission>,
    places: KeyPlaces,
}

/// A generated file that is not wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Omission {
    /// Below the project's directory, with `/`.
    pub path: String,
    /// Where the spec says so.
    pub origin: Origin,
}

impl Spec {
    /// Where a key stands: `pool.borrow_timeout`, `users.orders_rw.secret`. The nearest key around it where it is left out.
    pub fn origin(&self, key: &str) -> Origin {
        self.places.get(key)
    }

    /// A problem with the value of a key.
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

/// `[proxy]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxySpec {
    /// `name`.
    pub name: ProxyName,
    /// `engine`.
    pub engine: &'static Engine,
    /// `region`.
    pub region: Region,
    /// `account_id`.
    pub account_id: AccountId,
    /// `auth`.
    pub auth: AuthMode,
    /// `port`: where clients reach the proxy, when it is not the family's usual one (SQL Server only).
    pub port: Option<u16>,
    /// `read_only_endpoint`: a second endpoint that goes to readers.
    pub read_only_endpoint: bool,
}

/// `auth`: how the proxy logs in to the database. Clients use IAM in both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthMode {
    /// `secrets`: with a password from Secrets Manager, one secret for each user.
    Secrets,
    /// `end-to-end-iam`: with an IAM token; there is no password.
    EndToEndIam,
}

/// `[network]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkSpec {
    /// `vpc_id`.
    pub vpc_id: VpcId,
    /// `subnet_ids`, sorted.
    pub subnet_ids: Vec<SubnetId>,
}

/// `[database]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseSpec {
    /// `kind`.
    pub kind: DatabaseKind,
    /// `identifier`.
    pub identifier: DatabaseIdentifier,
    /// `resource_id`; end-to-end IAM needs it.
    pub resource_id: Option<DatabaseResourceId>,
    /// `engine_version`; a parameter group's family follows from it.
    pub engine_version: Option<EngineVersion>,
    /// `port` of the database itself.
    pub port: u16,
    /// `security_group_ids`, sorted.
    pub security_group_ids: Vec<SecurityGroupId>,
    /// `parameter_group` that it has today.
    pub parameter_group: Option<ParameterGroupName>,
    /// `parameter_group_family`, where it does not follow from engine and version (SQL Server's edition).
    pub parameter_group_family: Option<ParameterGroupFamily>,
    /// `tls`.
    pub tls: DatabaseTls,
}

/// `[database] tls`: who makes the database refuse clear text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatabaseTls {
    /// `enforced`: its parameter group does already.
    Enforced,
    /// `create-parameter-group`: a parameter group is generated, to be attached to the database.
    CreateParameterGroup,
}

/// One of `[[users]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserSpec {
    /// `name`.
    pub name: UserName,
    /// `database` inside the server.
    pub database: DatabaseName,
    /// `schema`, for the engines that have them: `public` of PostgreSQL and `dbo` of SQL Server where none is given.
    pub schema: Option<SchemaName>,
    /// `access`.
    pub access: Access,
    /// `secret`. Means nothing under end-to-end IAM.
    pub secret: SecretSpec,
    /// `secret_kms_key`: the key of an existing secret, where that is a customer-managed one.
    pub secret_kms_key: Option<KeyArn>,
}

/// `access` of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// `read-write`: SELECT, INSERT, UPDATE, DELETE.
    ReadWrite,
    /// `read-only`: SELECT.
    ReadOnly,
}

/// `secret` of a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretSpec {
    /// `create`.
    Create,
    /// An ARN: the secret exists, with its own policy, and is left alone.
    Existing(SecretArn),
}

/// One of `[[consumers]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsumerSpec {
    /// `function`.
    pub function: FunctionName,
    /// `role` that it runs under.
    pub role: RoleName,
    /// `security_group_ids` that it connects from, sorted.
    pub security_group_ids: Vec<SecurityGroupId>,
    /// `users` that it may connect as, sorted.
    pub users: Vec<UserName>,
}

/// `[encryption]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncryptionSpec {
    /// `kms_key`.
    pub kms_key: KeySpec,
    /// `strict_secret_policy`: deny every other reader.
    pub strict_secret_policy: bool,
    /// `secret_readers`: roles that the strict policy leaves out (deployer, break-glass), sorted.
    pub secret_readers: Vec<RoleArn>,
}

/// `kms_key`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeySpec {
    /// `create`.
    Create,
    /// An ARN.
    Existing(KeyArn),
}

/// `[pool]`. What is not given is left to the blueprint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PoolSpec {
    /// `max_connections_percent`.
    pub max_connections_percent: Option<u32>,
    /// `max_idle_connections_percent`.
    pub max_idle_connections_percent: Option<u32>,
    /// `borrow_timeout` in seconds.
    pub borrow_timeout: Option<u32>,
    /// `idle_client_timeout` in seconds.
    pub idle_client_timeout: Option<u32>,
    /// `exclude_variable_sets`: the one session pinning filter that exists.
    pub exclude_variable_sets: bool,
}

/// `[monitoring]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonitoringSpec {
    /// `topic_arn` that alarms and detections notify; without one they only change state.
    pub topic_arn: Option<TopicArn>,
    /// `log_retention_days` of the proxy's log group.
    pub log_retention_days: u32,
}
