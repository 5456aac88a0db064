//! The parts of a blueprint.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::engine::ParameterGroupKind;
use crate::domain::names::{
    DatabaseName, FunctionName, KeyArn, RoleName, SchemaName, SecretArn, SecurityGroupId, UserName,
};
use crate::domain::settings::{SettingValue, Settings};
use crate::domain::spec::{Access, Spec};

/// The names of the created resources. All are derived from the names in the spec and respect the length limits of
/// their services.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreatedNames {
    /// The name of the role that the proxy assumes.
    pub role: String,
    /// The name of the proxy's security group.
    pub security_group: String,
    /// The alias of the created key, including `alias/`.
    pub key_alias: String,
    /// The name of the read-only endpoint.
    pub read_only_endpoint: String,
    /// The name of the log group, which AWS prescribes.
    pub log_group: String,
    /// The name of the inline policy that lets a consumer's role connect.
    pub connect_policy: String,
    /// The name of the inline policy of the proxy's role.
    pub role_policy: String,
    /// The name prefix of the alarms and the detection rule.
    pub alarms: String,
}

/// A name that is derived from the name of the proxy.
#[derive(Clone, Copy, Debug)]
pub struct NameForm {
    /// What has the name, as generated code calls it.
    pub key: &'static str,
    /// The end of the name.
    pub suffix: &'static str,
    /// The limit of its service, in characters. A longer name is cut, and a digest keeps it apart from others.
    pub longest: usize,
}

/// The forms of names: of the role and the security group, of the read-only endpoint, of the policies that let
/// consumers connect, and the prefix of alarms and rules.
///
/// Source of the limits: IAM API Reference (64 for a role, 128 for a policy), RDS API Reference (63 for an endpoint).
/// The name of an EventBridge rule has at most 64 characters (PutRule), and the suffix `-weakening-call` takes 15 of
/// them.
pub const NAME_FORMS: [NameForm; 4] = [
    NameForm {
        key: "proxy",
        suffix: "-rds-proxy",
        longest: 64,
    },
    NameForm {
        key: "read_only_endpoint",
        suffix: "-read-only",
        longest: 63,
    },
    NameForm {
        key: "connect",
        suffix: "-connect",
        longest: 128,
    },
    NameForm {
        key: "alarms",
        suffix: "",
        longest: 49,
    },
];

/// A database user that clients may connect as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserPlan {
    /// The name, exactly as in the database.
    pub name: UserName,
    /// The database inside the server.
    pub database: DatabaseName,
    /// The schema, for engines that have schemas.
    pub schema: Option<SchemaName>,
    /// The access that the user has to the schema or database.
    pub access: Access,
    /// The secret with the user's credentials.
    pub secret: SecretPlan,
}

/// The secret of a database user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretPlan {
    /// No secret: the proxy uses end-to-end IAM.
    None,
    /// A created secret, with a generated password and a resource policy.
    Create {
        /// The name of the secret: `rdsproxy/<proxy>/<user>`.
        name: String,
    },
    /// An existing secret, whose own policy is left unchanged.
    Existing {
        /// The complete ARN of the secret.
        arn: SecretArn,
        /// The customer-managed key of the secret, if it has one.
        key: Option<KeyArn>,
    },
}

/// The key that encrypts created secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyPlan {
    /// No key is needed, since no secret is created.
    None,
    /// A created key with the alias [`CreatedNames::key_alias`].
    Create,
    /// An existing key, given by its ARN.
    Existing(KeyArn),
}

/// A function that connects to the proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsumerPlan {
    /// The name of the function.
    pub function: FunctionName,
    /// The execution role of the function.
    pub role: RoleName,
    /// The security groups from which it connects.
    pub security_group_ids: Vec<SecurityGroupId>,
    /// The database users it may connect as.
    pub users: Vec<UserName>,
}

/// The users that one role may connect as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectPlan {
    /// The name of the role.
    pub role: RoleName,
    /// The database users, sorted by name.
    pub users: Vec<UserName>,
}

/// The means by which the database refuses connections without TLS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TlsPlan {
    /// The current parameter group of the database enforces TLS.
    Enforced,
    /// A generated parameter group enforces TLS once it is attached to the database.
    CreateGroup(ParameterGroupPlan),
}

/// A parameter group to create.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParameterGroupPlan {
    /// The name of the parameter group.
    pub name: String,
    /// The parameter group family, such as `postgres16`.
    pub family: String,
    /// The kind of group: for an instance or for a cluster.
    pub kind: ParameterGroupKind,
    /// The TLS parameter, such as `rds.force_ssl`.
    pub parameter: &'static str,
    /// The value of the TLS parameter, such as `1`.
    pub value: &'static str,
    /// The apply method, `immediate` or `pending-reboot`. With a proxy attached, both need a reboot.
    pub apply_method: &'static str,
}

/// The settings of the connection pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolPlan {
    /// The value of each setting.
    pub settings: Settings<SettingValue>,
    /// True if `SET` statements do not pin a session.
    pub exclude_variable_sets: bool,
}

/// Returns one plan for each role: the inline policy belongs to the role, which two functions may share.
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
