//! The posture: proxies and their surroundings, independent of the source they were read from.
//!
//! Terraform, CloudFormation, a live account and a blueprint are all converted into this model. A rule sees one
//! [`Proxy`] and nothing else, so the model contains everything that a rule may need: security groups with their
//! rules, secrets with their policies, the role, the database and the consumers. [`super::facts`] flattens it for
//! comparison.

mod network;

use std::collections::BTreeMap;

pub use network::*;

use super::engine::EngineFamily;
use super::evidence::{Evidence, Origin};
use super::iam::Policy;
use crate::domain::settings::{SettingValue, Settings};

/// The proxies in view.
#[derive(Clone, Debug, Default)]
pub struct Posture {
    /// The proxies, sorted by address.
    pub proxies: Vec<Proxy>,
    /// The deployment, if the source determines it for all proxies. A literal ARN is then equal to one that is built
    /// from the deployment's region and account.
    pub deployment: Option<Deployment>,
}

/// The region and account of a deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployment {
    /// The region code, such as `eu-west-1`.
    pub region: String,
    /// The account id, such as `123456789012`.
    pub account: String,
}

/// The identity of a resource, by which references to it are compared.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Identity {
    /// The id, name or ARN in the account.
    Known(String),
    /// The address of the resource in the source that creates it; the account has no id for it yet.
    Created(String),
    /// The source does not determine the resource.
    Open(OpenIdentity),
}

/// A reference whose resource cannot be determined from the source.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OpenIdentity {
    /// The reason why the resource cannot be determined.
    pub reason: String,
    /// True if the resource exists independently of the source: the value is supplied when the source is applied, or
    /// refers to a resource made elsewhere.
    pub from_outside: bool,
    /// True if the value is used unchanged, so that two values with the same reason are the same resource.
    pub whole: bool,
}

/// A proxy and its surroundings.
#[derive(Clone, Debug)]
pub struct Proxy {
    /// The full address in the source: `module.db.aws_db_proxy.this`, a logical id, or the name in a live account.
    pub address: String,
    /// The place where the proxy is defined.
    pub origin: Origin,
    /// The name of the proxy, `DBProxyName`.
    pub name: Evidence<String>,
    /// The engine family, `EngineFamily`.
    pub engine_family: Evidence<EngineFamily>,
    /// The `RequireTLS` setting; absent means false.
    pub require_tls: Evidence<bool>,
    /// The `DebugLogging` setting; absent means false.
    pub debug_logging: Evidence<bool>,
    /// The `DefaultAuthScheme` setting; absent means `NONE`.
    pub default_auth: Evidence<DefaultAuth>,
    /// The auth entries, `Auth`, one for each secret; an empty list is stated as such.
    pub auth: Evidence<Vec<AuthEntry>>,
    /// The role that the proxy assumes.
    pub role: Evidence<Role>,
    /// The region set on the proxy itself, whatever the region of other resources.
    pub region: Evidence<String>,
    /// The account that the proxy is deployed into.
    pub account: Evidence<String>,
    /// The subnets of the proxy, `VpcSubnetIds`.
    pub subnets: Evidence<Vec<Subnet>>,
    /// The VPC of the proxy, as far as the source determines it.
    pub vpc: Evidence<Vpc>,
    /// The security groups, `VpcSecurityGroupIds`. If absent, the proxy uses the VPC's default group: one group with
    /// `is_default`.
    pub security_groups: Evidence<Vec<SecurityGroup>>,
    /// The connection pool of the default target group.
    pub pool: Pool,
    /// The endpoints in addition to the default one.
    pub endpoints: Evidence<Vec<Endpoint>>,
    /// The database that is the proxy's target.
    pub database: Evidence<Database>,
    /// Everything in view that may connect or is intended to connect.
    pub consumers: Evidence<Vec<Consumer>>,
    /// The tags of the proxy.
    pub tags: Evidence<BTreeMap<String, String>>,
    /// Security groups that the database admits and that belong to other proxies in view.
    pub other_proxies: Vec<Identity>,
    /// Security groups that the database admits and that cannot be the proxy's. This can be certain even if only one
    /// of the two groups has an id in the account: the same source refers to one by id and creates the other.
    pub strangers: Vec<Identity>,
    /// Other resources in view that are in a security group through which the database admits this or another proxy.
    pub group_members: Vec<GroupMember>,
    /// Connections without TLS, from the metrics of an account.
    pub clear_text: ClearText,
    /// True if the proxy was read from an account, false if it was read from code.
    pub is_live: bool,
}

/// Connections without TLS in the two weeks before an account was read. That none were observed does not prove that TLS
/// is used.
#[derive(Clone, Debug)]
pub struct ClearText {
    /// True if clients connected to the proxy without TLS.
    pub clients: Evidence<bool>,
    /// True if the proxy connected to the database without TLS.
    pub database: Evidence<bool>,
}

/// The `DefaultAuthScheme` of a proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DefaultAuth {
    /// The value `NONE`: each auth entry decides.
    None,
    /// The value `IAM_AUTH`: end-to-end IAM, no secret needed.
    Iam,
    /// A value that AWS does not define.
    Other(String),
}

/// One entry of `Auth`.
#[derive(Clone, Debug)]
pub struct AuthEntry {
    /// The place where the entry is defined.
    pub origin: Origin,
    /// The `AuthScheme`; only `SECRETS` exists.
    pub scheme: Evidence<String>,
    /// The `IAMAuth` setting; the rule fails if it is absent.
    pub iam: Evidence<IamAuth>,
    /// The `ClientPasswordAuthType`, for clients that log in with a password.
    pub client_password: Evidence<String>,
    /// The `UserName`, which must not be set together with a secret.
    pub user_name: Evidence<String>,
    /// The secret whose credentials the proxy uses.
    pub secret: Evidence<Secret>,
    /// The other auth entries in view, of this or another proxy, that use the same secret.
    pub shared_with: Vec<SecretUse>,
    /// True for the only entry of the only proxy in view: no other entry here can share its secret.
    pub alone: bool,
}

/// The `IAMAuth` setting of an auth entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IamAuth {
    /// Clients log in with the database password.
    Disabled,
    /// Clients must present an IAM token.
    Required,
    /// Clients may use either method; SQL Server only.
    Enabled,
    /// A value that AWS does not define.
    Other(String),
}

/// Another auth entry that uses the same secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretUse {
    /// The address of the proxy.
    pub proxy: String,
    /// The place of the auth entry.
    pub origin: Origin,
}

/// A secret with the credentials of one database user. Its value is never read.
#[derive(Clone, Debug)]
pub struct Secret {
    /// The identity, by which secrets are compared.
    pub identity: Identity,
    /// The place where the secret is defined, or where it is referenced if it is defined elsewhere.
    pub origin: Origin,
    /// The name of the secret.
    pub name: Evidence<String>,
    /// The database user whose credentials it holds.
    pub username: Evidence<String>,
    /// The origin of its password.
    pub password: Evidence<PasswordSource>,
    /// True for the secret of the master user, including one managed by RDS.
    pub is_master: Evidence<bool>,
    /// The KMS key that encrypts the secret.
    pub key: Evidence<SecretKey>,
    /// The policies of that key, if the source creates it: every policy that the source sets, of which one remains in
    /// effect.
    pub key_policies: Evidence<Vec<Policy>>,
    /// The resource policy; stated as `None` if the secret is known to have none.
    pub policy: Evidence<Option<Policy>>,
    /// Further resource policies that the source sets or may set. Secrets Manager keeps the last one written, and the
    /// order is unknown.
    pub further_policies: Vec<Evidence<Policy>>,
    /// True if the policy was set with `BlockPublicPolicy`. Not visible in a live account.
    pub block_public_policy: Evidence<bool>,
}

/// The origin of a secret's password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordSource {
    /// Generated by Secrets Manager or set by a write-only argument; stored in no file and no state.
    Generated,
    /// Generated by a resource that stores it in the state.
    InState,
    /// Written in the source in clear text.
    Plaintext,
    /// Generated and rotated by RDS.
    ManagedByRds,
}

/// The key that encrypts a secret.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SecretKey {
    /// The key that AWS manages, `aws/secretsmanager`.
    AwsManaged,
    /// A customer-managed key, which has its own policy.
    Customer(Identity),
}

/// An IAM role and its policies.
#[derive(Clone, Debug)]
pub struct Role {
    /// The identity, by which roles are compared.
    pub identity: Identity,
    /// The place where the role is defined or referenced.
    pub origin: Origin,
    /// The name of the role.
    pub name: Evidence<String>,
    /// The trust policy, which lists the principals that may assume the role.
    pub trust: Evidence<Policy>,
    /// The inline and attached policies.
    pub policies: Evidence<Vec<Policy>>,
}

/// The connection pool of the default target group.
#[derive(Clone, Debug)]
pub struct Pool {
    /// The settings of the group and of the proxy that a spec may choose.
    pub settings: Settings<Evidence<SettingValue>>,
    /// The session pinning filters, `SessionPinningFilters`.
    pub pinning_filters: Evidence<Vec<String>>,
    /// The setting `InitQuery`, which is stored in clear text.
    pub init_query: Evidence<String>,
}

/// An endpoint in addition to the default one.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// The full address in the source, or the name in a live account.
    pub address: String,
    /// The place where the endpoint is defined.
    pub origin: Origin,
    /// The name of the endpoint, `DBProxyEndpointName`.
    pub name: Evidence<String>,
    /// The `TargetRole`: `READ_WRITE` or `READ_ONLY`.
    pub target_role: Evidence<String>,
    /// The security groups; if absent, the endpoint uses the VPC's default group.
    pub security_groups: Evidence<Vec<SecurityGroup>>,
    /// The subnets of the endpoint.
    pub subnets: Evidence<Vec<Subnet>>,
}

/// A resource in view that is a member of a security group and can open connections: a function, a service or a
/// machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupMember {
    /// The full address in the source.
    pub address: String,
    /// The place where the resource is defined.
    pub origin: Origin,
    /// The security group it belongs to.
    pub group: Identity,
    /// The reason why its membership is uncertain, if it is.
    pub in_doubt: Option<String>,
}

/// The kind of database behind a proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatabaseKind {
    /// A database instance, identified by `DBInstanceIdentifier`.
    Instance,
    /// A database cluster, identified by `DBClusterIdentifier`.
    Cluster,
}

/// The database behind the proxy.
#[derive(Clone, Debug)]
pub struct Database {
    /// The kind of database: instance or cluster.
    pub kind: DatabaseKind,
    /// The full address in the source, or the identifier in the target if the database is defined elsewhere.
    pub address: String,
    /// The place where the database is defined or referenced.
    pub origin: Origin,
    /// The address of the resource in view that creates the database, if the target takes its identifier from there.
    pub created: Option<String>,
    /// The `DBInstanceIdentifier` or `DBClusterIdentifier`; not visible if the database is created and AWS generates
    /// the identifier.
    pub identifier: Evidence<String>,
    /// The resource id, `db-…` or `cluster-…`.
    pub resource_id: Evidence<String>,
    /// The engine's API name: `postgres`, `aurora-mysql`, `sqlserver-se`.
    pub engine: Evidence<String>,
    /// The engine version as the API returns it: `16.4`, `8.0.mysql_aurora.3.05.2`.
    pub version: Evidence<String>,
    /// The engine mode: `provisioned` or `serverless` (v1).
    pub engine_mode: Evidence<String>,
    /// The port on which the database listens.
    pub port: Evidence<u16>,
    /// The VPC of its subnet group.
    pub vpc: Evidence<Identity>,
    /// The security groups with their rules.
    pub security_groups: Evidence<Vec<SecurityGroup>>,
    /// The parameter group that decides if the database refuses connections without TLS.
    pub parameter_group: Evidence<ParameterGroup>,
    /// True for a read replica.
    pub is_replica: Evidence<bool>,
    /// True if IAM database authentication is enabled.
    pub iam_enabled: Evidence<bool>,
}

/// A parameter group of the kind that holds the engine's TLS parameter.
#[derive(Clone, Debug)]
pub struct ParameterGroup {
    /// The name, or the address of the resource that creates the group.
    pub identity: Identity,
    /// The place where the group is defined or referenced.
    pub origin: Origin,
    /// The parameter group family: `postgres16`, `aurora-mysql8.0`.
    pub family: Evidence<String>,
    /// True if the database refuses connections without TLS, taking into account the engine's default for its version.
    pub forces_tls: Evidence<bool>,
    /// True if the database has applied the group (`ParameterApplyStatus` is `in-sync`). Visible only in a live
    /// account.
    pub in_sync: Evidence<bool>,
    /// The `read_only` parameter of MySQL and MariaDB, which RDS Proxy does not support.
    pub read_only: Evidence<bool>,
}

/// A function or role that may connect.
#[derive(Clone, Debug)]
pub struct Consumer {
    /// The full address of the function or role in the source, or the name by which it is referenced if it is defined
    /// elsewhere.
    pub address: String,
    /// The place where the consumer is defined or referenced.
    pub origin: Origin,
    /// The name of the function; the name of the role if no function in view uses it.
    pub function: Evidence<String>,
    /// The execution role of the consumer.
    pub role: Evidence<Identity>,
    /// The `rds-db:connect` grants that the role holds.
    pub grants: Vec<ConnectGrant>,
    /// The security groups from which it connects.
    pub security_groups: Evidence<Vec<Identity>>,
    /// The VPC of the function; stated as `None` for a function outside any VPC.
    pub vpc: Evidence<Option<Identity>>,
}

/// One grant of `rds-db:connect`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectGrant {
    /// The place where the grant is written.
    pub origin: Origin,
    /// The granted resource: `arn:<partition>:rds-db:<region>:<account>:dbuser:<proxy>/user`.
    pub resource: crate::domain::symbolic::SymbolicString,
}
