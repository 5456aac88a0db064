//! Users, consumers and their roles in the template context.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use super::logical_id::logical_id;
use super::secret_kind;
use crate::domain::blueprint::{Blueprint, ConnectPlan, SecretPlan, UserPlan};
use crate::domain::spec::Access;

#[derive(Clone, Serialize, JsonSchema)]
pub(super) struct UserContext {
    pub(super) name: String,
    /// Letters and digits only, and unique: CloudFormation's logical ids take nothing else.
    pub(super) logical_id: String,
    pub(super) database: String,
    /// The schema; `public` or `dbo` where none is given and the engine has schemas; `null` where it has none.
    pub(super) schema: Option<String>,
    /// `read-write`, `read-only`.
    pub(super) access: &'static str,
    pub(super) secret: SecretContext,
}

#[derive(Clone, Serialize, JsonSchema)]
pub(super) struct SecretContext {
    /// `create`, `existing`, `none`.
    pub(super) kind: &'static str,
    /// Of a created one.
    pub(super) name: Option<String>,
    /// Of an existing one.
    pub(super) arn: Option<String>,
    /// Customer-managed key of an existing one.
    pub(super) key: Option<String>,
    /// The JSON of a created one, without the password.
    pub(super) template: String,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct ConsumerContext {
    function: String,
    role: String,
    security_group_ids: Vec<String>,
    users: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Connect {
    role: String,
    logical_id: String,
    /// The functions that run under the role.
    functions: Vec<String>,
    users: Vec<String>,
}

pub(super) fn users(blueprint: &Blueprint) -> Vec<UserContext> {
    blueprint
        .users
        .iter()
        .map(|user| one_user(blueprint, user))
        .collect()
}

fn one_user(blueprint: &Blueprint, user: &UserPlan) -> UserContext {
    let usual = blueprint.engine().family.traits().default_schema;
    UserContext {
        name: user.name.to_string(),
        logical_id: logical_id(user.name.as_str(), '_'),
        database: user.database.to_string(),
        schema: usual.map(|usual| {
            user.schema
                .as_ref()
                .map_or_else(|| usual.to_owned(), ToString::to_string)
        }),
        access: match user.access {
            Access::ReadWrite => "read-write",
            Access::ReadOnly => "read-only",
        },
        secret: secret(user),
    }
}

fn secret(user: &UserPlan) -> SecretContext {
    let (name, arn, key) = match &user.secret {
        SecretPlan::None => (None, None, None),
        SecretPlan::Create { name } => (Some(name.clone()), None, None),
        SecretPlan::Existing { arn, key } => (
            None,
            Some(arn.to_string()),
            key.as_ref().map(ToString::to_string),
        ),
    };
    // Only what never changes: any change to it generates a new password.
    let template = json!({ "username": user.name.as_str() });
    SecretContext {
        kind: secret_kind(&user.secret),
        name,
        arn,
        key,
        template: template.to_string(),
    }
}

pub(super) fn consumers(blueprint: &Blueprint) -> Vec<ConsumerContext> {
    blueprint
        .consumers
        .iter()
        .map(|consumer| ConsumerContext {
            function: consumer.function.to_string(),
            role: consumer.role.to_string(),
            security_group_ids: consumer
                .security_group_ids
                .iter()
                .map(ToString::to_string)
                .collect(),
            users: consumer.users.iter().map(ToString::to_string).collect(),
        })
        .collect()
}

pub(super) fn connects(blueprint: &Blueprint) -> Vec<Connect> {
    let one = |connect: &ConnectPlan| Connect {
        role: connect.role.to_string(),
        logical_id: logical_id(connect.role.as_str(), '-'),
        functions: blueprint
            .consumers
            .iter()
            .filter(|consumer| consumer.role == connect.role)
            .map(|consumer| consumer.function.to_string())
            .collect(),
        users: connect.users.iter().map(ToString::to_string).collect(),
    };
    blueprint.connects.iter().map(one).collect()
}
