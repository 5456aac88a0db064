//! The parts of a blueprint.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::engine::ParameterGroupKind;
use crate::domain::names::{
    DatabaseName, FunctionName, KeyArn, RoleName, SchemaName, SecretArn, SecurityGroupId, UserName,
};
use crate::domain::spec::{Access, Spec};

/// What the created things are called. All follow from the names in the spec and fit the limits of their services.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreatedNames {
    /// The role that the proxy assumes.
    pub role: String,
    /// The proxy's security group.
    pub security_group: String,
    /// The created key's alias, with `alias/`.
    pub key_alias: String,
    /// The endpoint that goes to readers.
    pub read_only_endpoint: String,
    /// The log group, which AWS fixes.
    pub log_group: String,
    /// The inline policy that lets a consumer's role connect.
    pub connect_policy: String,
    /// The inline policy of the proxy's role.
    pub role_policy: String,
    /// Prefix of alarms and of the detection rule.
    pub alarms: String,
}

/// A database user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserPlan {
    /// Exactly as the database knows it.
    pub name: UserName,
    /// Database inside the server.
    pub database: DatabaseName,
    /// Schema, for the engines that have them.
    pub schema: Option<SchemaName>,
    /// What it may do.
    pub access: Access,
    /// Its secret.
    pub secret: SecretPlan,
}

/// A user's secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretPlan {
    /// End-to-end IAM: there is none.
    None,
    /// It is created, with a generated password and a resource policy.
    Create {
        /// `rdsproxy/<proxy>/<user>`.
        name: String,
    },
    /// It exists, with a policy of its own, and is left alone.
    Existing {
        /// Its whole ARN.
        arn: SecretArn,
        /// Its customer-managed key, where it has one.
        key: Option<KeyArn>,
    },
}

/// The key that encrypts created secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyPlan {
    /// No secret is created.
    None,
    /// It is created, under [`CreatedNames::key_alias`].
    Create,
    /// It exists.
    Existing(KeyArn),
}

/// A function that connects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsumerPlan {
    /// Its name.
    pub function: FunctionName,
    /// The role it runs under.
    pub role: RoleName,
    /// The groups it connects from.
    pub security_group_ids: Vec<SecurityGroupId>,
    /// The users it may connect as.
    pub users: Vec<UserName>,
}

/// What one role may connect as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectPlan {
    /// The role.
    pub role: RoleName,
    /// The users, sorted.
    pub users: Vec<UserName>,
}

/// Who makes the database refuse clear text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TlsPlan {
    /// Its parameter group does already.
    Enforced,
    /// A generated one, which somebody attaches to the database.
    CreateGroup(ParameterGroupPlan),
}

/// A parameter group to be created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParameterGroupPlan {
    /// Its name.
    pub name: String,
    /// `postgres16`.
    pub family: String,
    /// Of an instance or a cluster.
    pub kind: ParameterGroupKind,
    /// `rds.force_ssl`.
    pub parameter: &'static str,
    /// `1`.
    pub value: &'static str,
    /// `immediate` or `pending-reboot`. With a proxy attached a reboot is needed in both cases.
    pub apply_method: &'static str,
}

/// The connection pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolPlan {
    /// 1 to 100.
    pub max_connections_percent: u32,
    /// 0 to the above.
    pub max_idle_connections_percent: u32,
    /// Seconds, 0 to 300.
    pub borrow_timeout: u32,
    /// Seconds, 1 to 28,800.
    pub idle_client_timeout: u32,
    /// Whether `SET` leaves a session unpinned.
    pub exclude_variable_sets: bool,
}

/// One policy for each role: an inline policy belongs to the role, and two functions may share one.
pub(super) fn connects(spec: &Spec) -> Vec<ConnectPlan> {
    let mut by_role: BTreeMap<&RoleName, BTreeSet<&UserName>> = BTreeMap::new();
    for consumer in &spec.consumers {
        by_role
            .entry(&consumer.role)
            .or_default()
            .extend(&consumer.users);
    }
    by_role
        .into_iter()
        .map(|(role, users)| ConnectPlan {
            role: role.clone(),
            users: users.into_iter().cloned().collect(),
        })
        .collect()
}
