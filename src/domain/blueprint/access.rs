//! The IAM policies of a blueprint, in the shared policy model.

use super::Blueprint;
use super::plan::{KeyPlan, SecretPlan, UserPlan};
use crate::domain::evidence::Origin;
use crate::domain::iam::{Condition, Effect, ElementScope, Policy, Principal, Statement};
use crate::domain::names::{RoleName, UserName};
use crate::domain::posture::ConnectGrant;
use crate::domain::symbolic::{Symbol, SymbolicPart, SymbolicString};

const READ_SECRET: &str = "secretsmanager:GetSecretValue";
const CONNECT: &str = "rds-db:connect";
const RDS: &str = "rds.amazonaws.com";

/// Returns the trust policy of the proxy's role: only RDS may assume it. It has no condition, since RDS Proxy is
/// documented to support no global condition keys.
/// Source: RDS User Guide, "Setting up AWS Identity and Access Management policies for RDS Proxy".
pub(super) fn trust_policy() -> Policy {
    policy(vec![Statement {
        principals: ElementScope::Only(vec![Principal::Service(SymbolicString::text(RDS))]),
        ..allow("sts:AssumeRole", Vec::new())
    }])
}

/// Returns the permissions of the proxy's role.
pub(super) fn role_policy(blueprint: &Blueprint) -> Policy {
    if blueprint.uses_secrets() {
        return policy(secret_statements(blueprint));
    }
    let users = blueprint
        .users
        .iter()
        .map(|user| database_user(blueprint, &user.name))
        .collect();
    policy(vec![allow(CONNECT, users)])
}

fn secret_statements(blueprint: &Blueprint) -> Vec<Statement> {
    let secrets = blueprint.users.iter().filter_map(secret_arn).collect();
    let mut statements = vec![allow(READ_SECRET, secrets)];
    let keys = keys(blueprint);
    if !keys.is_empty() {
        let service = SymbolicString(vec![
            SymbolicPart::Text("secretsmanager.".into()),
            SymbolicPart::Thing(Symbol::Region),
            SymbolicPart::Text(".".into()),
            SymbolicPart::Thing(Symbol::UrlSuffix),
        ]);
        statements.push(Statement {
            conditions: vec![condition("StringEquals", "kms:ViaService", vec![service])],
            ..allow("kms:Decrypt", keys)
        });
    }
    statements
}

fn secret_arn(user: &UserPlan) -> Option<SymbolicString> {
    match &user.secret {
        SecretPlan::None => None,
        SecretPlan::Create { .. } => {
            Some(SymbolicString::thing(Symbol::Secret(user.name.to_string())))
        }
        SecretPlan::Existing { arn, .. } => Some(SymbolicString::thing(Symbol::Secret(
            arn.secret_name().to_owned(),
        ))),
    }
}

fn keys(blueprint: &Blueprint) -> Vec<SymbolicString> {
    let mut keys = match blueprint.key {
        KeyPlan::None => Vec::new(),
        KeyPlan::Create | KeyPlan::Existing(_) => vec![SymbolicString::thing(Symbol::SecretsKey)],
    };
    for user in &blueprint.users {
        if let SecretPlan::Existing { key: Some(key), .. } = &user.secret
            // A key that also encrypts created secrets is listed above.
            && blueprint.key != KeyPlan::Existing(key.clone())
        {
            keys.push(SymbolicString::text(key.as_str()));
        }
    }
    keys.sort();
    keys.dedup();
    keys
}

/// Returns the resource policy of a secret: the proxy's role and, from this account only, the RDS service may read it;
/// requests without TLS are denied.
pub(super) fn secret_policy(blueprint: &Blueprint) -> Policy {
    let everything = || vec![SymbolicString::text("*")];
    let mut statements = vec![
        Statement {
            principals: ElementScope::Only(vec![Principal::Aws(SymbolicString::thing(
                Symbol::ProxyRole,
            ))]),
            ..allow(READ_SECRET, everything())
        },
        Statement {
            principals: ElementScope::Only(vec![Principal::Service(SymbolicString::text(RDS))]),
            conditions: vec![condition(
                "StringEquals",
                "aws:SourceAccount",
                vec![SymbolicString::thing(Symbol::Account)],
            )],
            ..allow(READ_SECRET, everything())
        },
        deny(condition(
            "Bool",
            "aws:SecureTransport",
            vec![SymbolicString::text("false")],
        )),
    ];
    if blueprint.strict_secret_policy {
        let mut readers = vec![SymbolicString::thing(Symbol::ProxyRole)];
        readers.extend(
            blueprint
                .secret_readers
                .iter()
                .map(|arn| SymbolicString::text(arn.as_str())),
        );
        readers.sort();
        statements.push(deny(condition("ArnNotEquals", "aws:PrincipalArn", readers)));
    }
    policy(statements)
}

/// Returns the grants of a role: the database users it may connect as, on this proxy only.
pub(super) fn connect_grants(blueprint: &Blueprint, role: &RoleName) -> Vec<ConnectGrant> {
    let users = blueprint
        .connects
        .iter()
        .filter(|plan| plan.role == *role)
        .flat_map(|plan| &plan.users);
    users
        .map(|user| ConnectGrant {
            origin: origin(),
            resource: database_arn(vec![
                SymbolicPart::Thing(Symbol::ProxyId),
                SymbolicPart::Text(format!("/{user}")),
            ]),
        })
        .collect()
}

fn database_user(blueprint: &Blueprint, user: &UserName) -> SymbolicString {
    let id = blueprint
        .database
        .resource_id
        .as_ref()
        .map(ToString::to_string)
        .unwrap_or_default();
    database_arn(vec![SymbolicPart::Text(format!("{id}/{user}"))])
}

/// Builds `arn:<partition>:rds-db:<region>:<account>:dbuser:` followed by `rest`.
fn database_arn(rest: Vec<SymbolicPart>) -> SymbolicString {
    let mut parts = vec![
        SymbolicPart::Text("arn:".into()),
        SymbolicPart::Thing(Symbol::Partition),
        SymbolicPart::Text(":rds-db:".into()),
        SymbolicPart::Thing(Symbol::Region),
        SymbolicPart::Text(":".into()),
        SymbolicPart::Thing(Symbol::Account),
        SymbolicPart::Text(":dbuser:".into()),
    ];
    for part in rest {
        match (parts.last_mut(), part) {
            (Some(SymbolicPart::Text(text)), SymbolicPart::Text(more)) => text.push_str(&more),
            (_, part) => parts.push(part),
        }
    }
    SymbolicString(parts)
}

fn policy(statements: Vec<Statement>) -> Policy {
    Policy {
        origin: origin(),
        statements,
    }
}

fn allow(action: &str, resources: Vec<SymbolicString>) -> Statement {
    Statement {
        origin: origin(),
        effect: Effect::Allow,
        actions: ElementScope::Only(vec![SymbolicString::text(action)]),
        resources: ElementScope::Only(resources),
        ..Statement::default()
    }
}

fn deny(condition: Condition) -> Statement {
    Statement {
        effect: Effect::Deny,
        principals: ElementScope::Only(vec![Principal::Anyone]),
        conditions: vec![condition],
        ..allow(READ_SECRET, vec![SymbolicString::text("*")])
    }
}

fn condition(operator: &str, key: &str, values: Vec<SymbolicString>) -> Condition {
    Condition {
        operator: operator.to_owned(),
        key: key.to_owned(),
        values,
    }
}

/// The document name in the origin of everything a blueprint states.
const DOCUMENT: &str = "blueprint";

pub(super) fn origin() -> Origin {
    Origin::document(DOCUMENT)
}
