//! The posture: what a proxy and its surroundings are, whatever it was read from.
//!
//! Terraform, CloudFormation, a live account and our own blueprint all become this one value. Rules look at one
//! [`Proxy`] and nothing else, so everything that a rule may need hangs below it: the groups with their rules, the secrets with
//! their policies, the role, the database, the consumers. [`super::facts`] flattens it for comparison.

mod network;

use std::collections::BTreeMap;

pub use network::*;

use super::engine::EngineFamily;
use super::evidence::{Evidence, Origin};
use super::iam::Policy;

/// All proxies that are in view.
#[derive(Clone, Debug, Default)]
pub struct Posture {
    /// Sorted by address.
    pub proxies: Vec<Proxy>,
    /// Where it is deployed, where the source says so for all of it: an ARN that is written out then means the same as one that
    /// is put together from the deployment's own region and account.
    pub deployment: Option<Deployment>,
}

/// The region and the account that something is deployed into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployment {
    /// `eu-west-1`.
    pub region: String,
    /// `123456789012`.
    pub account: String,
}

/// What something is called by others.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Identity {
    /// By the id, name or ARN that the account knows it by.
    Known(String),
    /// By the address of the resource that creates it in this source, where the account has not named it yet.
    Created(String),
    /// By nothing that is in view.
    Open(OpenIdentity),
}

/// Something of which what is written does not tell what it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OpenIdentity {
    /// Why not.
    pub reason: String,
    /// Whoever applies the source gives it, or somebody else made it: it exists before anything that the source makes.
    pub from_outside: bool,
    /// The value is the whole of what is given, so that another one with the same reason is the same thing.
    pub whole: bool,
}

/// One proxy with all that surrounds it.
#[derive(Clone, Debug)]
pub struct Proxy {
    /// The full address in its source: `module.db.aws_db_proxy.this`, a logical id, the name in a live account.
    pub address: String,
    /// Where it is defined.
    pub origin: Origin,
    /// `DBProxyName`.
    pub name: Evidence<String>,
    /// `EngineFamily`.
    pub engine_family: Evidence<EngineFamily>,
    /// `RequireTLS`; absent means false.
    pub require_tls: Evidence<bool>,
    /// `DebugLogging`; absent means false.
    pub debug_logging: Evidence<bool>,
    /// `DefaultAuthScheme`; absent means `NONE`.
    pub default_auth: Evidence<DefaultAuth>,
    /// `Auth`, one entry for each secret; an empty list is stated as such.
    pub auth: Evidence<Vec<AuthEntry>>,
    /// The role that the proxy assumes.
    pub role: Evidence<Role>,
    /// The region that the proxy itself names, whatever the others are in.
    pub region: Evidence<String>,
    /// The account that it is deployed into.
    pub account: Evidence<String>,
    /// `VpcSubnetIds`.
    pub subnets: Evidence<Vec<Subnet>>,
    /// The network it stands in, as far as anything in view tells.
    pub vpc: Evidence<Vpc>,
    /// `VpcSecurityGroupIds`. Absent means the VPC's default group: then one group with `is_default`.
    pub security_groups: Evidence<Vec<SecurityGroup>>,
    /// The default target group's connection pool.
    pub pool: Pool,
    /// The endpoints beside the built-in one.
    pub endpoints: Evidence<Vec<Endpoint>>,
    /// The one target.
    pub database: Evidence<Database>,
    /// Everything in view that may connect, or is meant to.
    pub consumers: Evidence<Vec<Consumer>>,
    /// Tags of the proxy.
    pub tags: Evidence<BTreeMap<String, String>>,
    /// Security groups that the database admits and that are those of other proxies in view.
    pub other_proxies: Vec<Identity>,
    /// Security groups that the database admits and that cannot be the proxy's, though one of the two has no name in the account:
    /// the same source names the one and makes the other.
    pub strangers: Vec<Identity>,
    /// What else in view stands in a security group by which the database admits this proxy or another one.
    pub wearers: Vec<Wearer>,
    /// Connections without TLS that the metrics of an account show.
    pub clear_text: ClearText,
    /// Whether an account shows it, and no code.
    pub is_live: bool,
}

/// Whether connections without TLS were seen in the two weeks before an account was read. Silence is not evidence of TLS.
#[derive(Clone, Debug)]
pub struct ClearText {
    /// From clients to the proxy.
    pub clients: Evidence<bool>,
    /// From the proxy to the database.
    pub database: Evidence<bool>,
}

/// `DefaultAuthScheme`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DefaultAuth {
    /// `NONE`: each auth entry decides.
    None,
    /// `IAM_AUTH`: end-to-end IAM, no secret needed.
    Iam,
    /// A value that AWS does not know.
    Other(String),
}

/// One entry of `Auth`.
#[derive(Clone, Debug)]
pub struct AuthEntry {
    /// Where the entry stands.
    pub origin: Origin,
    /// `AuthScheme`; only `SECRETS` exists.
    pub scheme: Evidence<String>,
    /// `IAMAuth`; absent fails the rule.
    pub iam: Evidence<IamAuth>,
    /// `ClientPasswordAuthType`, for clients that log in with a password.
    pub client_password: Evidence<String>,
    /// `UserName`: must not be set beside a secret.
    pub user_name: Evidence<String>,
    /// The secret that the proxy logs in with.
    pub secret: Evidence<Secret>,
    /// The other entries in view, of this proxy or another, that use the same secret.
    pub shared_with: Vec<SecretUse>,
    /// The only entry of the only proxy in view: whatever its secret is, nothing here shares it.
    pub alone: bool,
}

/// `IAMAuth` of an auth entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IamAuth {
    /// Clients log in with the database password.
    Disabled,
    /// Clients must present an IAM token.
    Required,
    /// Either; SQL Server only.
    Enabled,
    /// A value that AWS does not know.
    Other(String),
}

/// Another place that uses a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretUse {
    /// The address of the proxy.
    pub proxy: String,
    /// The auth entry.
    pub origin: Origin,
}

/// A secret that holds the credentials of one database user. Its value is never read.
#[derive(Clone, Debug)]
pub struct Secret {
    /// How to tell it from another one.
    pub identity: Identity,
    /// Where it is defined, or where it is named when it is defined elsewhere.
    pub origin: Origin,
    /// Its name.
    pub name: Evidence<String>,
    /// The database user that it holds.
    pub username: Evidence<String>,
    /// How its password comes to be.
    pub password: Evidence<PasswordSource>,
    /// True for the master user's secret, one that RDS manages among them.
    pub is_master: Evidence<bool>,
    /// The key that encrypts it.
    pub key: Evidence<SecretKey>,
    /// The policy of that key, where it is made here: each that something in view puts on it, of which one stays.
    pub key_policies: Evidence<Vec<Policy>>,
    /// Its resource policy; `None` is a secret that is seen to have none.
    pub policy: Evidence<Option<Policy>>,
    /// Further policies that something in view puts on it, or may put: Secrets Manager keeps the last one, whichever that is.
    pub further_policies: Vec<Evidence<Policy>>,
    /// Whether the policy was put with `BlockPublicPolicy`. A live account does not show it.
    pub block_public_policy: Evidence<bool>,
}

/// How the password of a secret comes to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordSource {
    /// Made by Secrets Manager or a write-only argument: stands in no file and no state.
    Generated,
    /// Made by a resource that keeps it in the state.
    InState,
    /// Written in the source.
    Plaintext,
    /// Managed by RDS.
    ManagedByRds,
}

/// The key that encrypts a secret.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SecretKey {
    /// `aws/secretsmanager`.
    AwsManaged,
    /// A customer-managed key.
    Customer(Identity),
}

/// A role.
#[derive(Clone, Debug)]
pub struct Role {
    /// How to tell it from another one.
    pub identity: Identity,
    /// Where it is defined, or named.
    pub origin: Origin,
    /// Its name.
    pub name: Evidence<String>,
    /// Who may assume it.
    pub trust: Evidence<Policy>,
    /// All inline and attached policies.
    pub policies: Evidence<Vec<Policy>>,
}

/// Connection pool of the default target group.
#[derive(Clone, Debug)]
pub struct Pool {
    /// `MaxConnectionsPercent`, 1 to 100.
    pub max_connections_percent: Evidence<u32>,
    /// `MaxIdleConnectionsPercent`, 0 to the above.
    pub max_idle_connections_percent: Evidence<u32>,
    /// `ConnectionBorrowTimeout` in seconds, 0 to 300.
    pub borrow_timeout: Evidence<u32>,
    /// `SessionPinningFilters`.
    pub pinning_filters: Evidence<Vec<String>>,
    /// `InitQuery`: stored in clear.
    pub init_query: Evidence<String>,
    /// `IdleClientTimeout` of the proxy in seconds, 1 to 28,800.
    pub idle_client_timeout: Evidence<u32>,
}

/// An endpoint beside the built-in one.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// The full address in its source, its name in a live account.
    pub address: String,
    /// Where it is defined.
    pub origin: Origin,
    /// `DBProxyEndpointName`.
    pub name: Evidence<String>,
    /// `TargetRole`: `READ_WRITE` or `READ_ONLY`.
    pub target_role: Evidence<String>,
    /// Absent means the VPC's default group.
    pub security_groups: Evidence<Vec<SecurityGroup>>,
    /// Its subnets.
    pub subnets: Evidence<Vec<Subnet>>,
}

/// Something in view that stands in a security group and can open connections: a function, a service, a machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wearer {
    /// Its full address in its source.
    pub address: String,
    /// Where it is defined.
    pub origin: Origin,
    /// The group.
    pub group: Identity,
    /// Why it may not stand in the group at all.
    pub in_doubt: Option<String>,
}

/// Instance or cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatabaseKind {
    /// `DBInstanceIdentifier`.
    Instance,
    /// `DBClusterIdentifier`.
    Cluster,
}

/// The database behind the proxy.
#[derive(Clone, Debug)]
pub struct Database {
    /// Instance or cluster.
    pub kind: DatabaseKind,
    /// The full address in its source, or what it is called by where it is defined elsewhere.
    pub address: String,
    /// Where it is defined, or named.
    pub origin: Origin,
    /// The address that creates it, where something in view does and the target takes the identifier from there.
    pub created: Option<String>,
    /// `DBInstanceIdentifier` or `DBClusterIdentifier`; not visible where it is created and AWS makes one up.
    pub identifier: Evidence<String>,
    /// `db-…` or `cluster-…`.
    pub resource_id: Evidence<String>,
    /// As the API calls it: `postgres`, `aurora-mysql`, `sqlserver-se`.
    pub engine: Evidence<String>,
    /// As the API gives it: `16.4`, `8.0.mysql_aurora.3.05.2`.
    pub version: Evidence<String>,
    /// `provisioned`, `serverless` (v1).
    pub engine_mode: Evidence<String>,
    /// The database's own port.
    pub port: Evidence<u16>,
    /// The VPC of its subnet group.
    pub vpc: Evidence<Identity>,
    /// Its groups with their rules.
    pub security_groups: Evidence<Vec<SecurityGroup>>,
    /// The parameter group that decides whether clear text is refused.
    pub parameter_group: Evidence<ParameterGroup>,
    /// True for a read replica.
    pub is_replica: Evidence<bool>,
    /// Whether IAM database authentication is on.
    pub iam_enabled: Evidence<bool>,
}

/// A parameter group of the kind that holds the engine's TLS parameter.
#[derive(Clone, Debug)]
pub struct ParameterGroup {
    /// Its name, or the address that creates it.
    pub identity: Identity,
    /// Where it is defined, or named.
    pub origin: Origin,
    /// `postgres16`, `aurora-mysql8.0`.
    pub family: Evidence<String>,
    /// Whether it makes the database refuse clear text, the engine's default for its version counted in.
    pub forces_tls: Evidence<bool>,
    /// Whether the database has taken it over (`ParameterApplyStatus` is `in-sync`). Only a live account shows it.
    pub in_sync: Evidence<bool>,
    /// `read_only` of MySQL and MariaDB, which the proxy does not support.
    pub read_only: Evidence<bool>,
}

/// A function, or a role, that may connect.
#[derive(Clone, Debug)]
pub struct Consumer {
    /// The full address of the function, or of the role, in its source; what it is called by where it is defined elsewhere.
    pub address: String,
    /// Where it is defined, or named.
    pub origin: Origin,
    /// The function's name; of a role that belongs to no function in view, the role's name.
    pub function: Evidence<String>,
    /// The role it runs under.
    pub role: Evidence<Identity>,
    /// The grants of `rds-db:connect` that it holds.
    pub grants: Vec<ConnectGrant>,
    /// The groups it connects from.
    pub security_groups: Evidence<Vec<Identity>>,
    /// The VPC it runs in; stated as `None` for one that runs outside any.
    pub vpc: Evidence<Option<Identity>>,
}

/// One grant of `rds-db:connect`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectGrant {
    /// Where it stands.
    pub origin: Origin,
    /// `arn:<partition>:rds-db:<region>:<account>:dbuser:<proxy>/user`.
    pub resource: crate::domain::symbolic::SymbolicString,
}
