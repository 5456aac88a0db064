//! Who may do what: the policies of the intent, in the common shape.

use super::Blueprint;
use super::plan::{KeyPlan, SecretPlan, UserPlan};
use crate::domain::evidence::Origin;
use crate::domain::iam::{Condition, Effect, Policy, Principal, Scope, Statement};
use crate::domain::names::{RoleName, UserName};
use crate::domain::posture::ConnectGrant;
use crate::domain::term::{Part, Term, Thing};

const READ_SECRET: &str = "secretsmanager:GetSecretValue";
const CONNECT: &str = "rds-db:connect";
const RDS: &str = "rds.amazonaws.com";

/// Only RDS may assume the role. No condition: RDS Proxy documents that it supports no global condition keys.
/// Source: RDS User Guide, "Setting up AWS Identity and Access Management policies for RDS Proxy".
pub(super) fn trust_policy() -> Policy {
    policy(vec![Statement {
        principals: Scope::Only(vec![Principal::Service(Term::text(RDS))]),
        ..allow("sts:AssumeRole", Vec::new())
    }])
}

/// What the proxy's role may do.
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
        let service = Term(vec![
            Part::Text("secretsmanager.".into()),
            Part::Thing(Thing::Region),
            Part::Text(".".into()),
            Part::Thing(Thing::UrlSuffix),
        ]);
        statements.push(Statement {
            conditions: vec![condition("StringEquals", "kms:ViaService", vec![service])],
            ..allow("kms:Decrypt", keys)
        });
    }
    statements
}

fn secret_arn(user: &UserPlan) -> Option<Term> {
    match &user.secret {
        SecretPlan::None => None,
        SecretPlan::Create { .. } => Some(Term::thing(Thing::Secret(user.name.to_string()))),
        SecretPlan::Existing { arn, .. } => {
            Some(Term::thing(Thing::Secret(arn.secret_name().to_owned())))
        }
    }
}

fn keys(blueprint: &Blueprint) -> Vec<Term> {
    let mut keys = match blueprint.key {
        KeyPlan::None => Vec::new(),
        KeyPlan::Create | KeyPlan::Existing(_) => vec![Term::thing(Thing::SecretsKey)],
    };
    for user in &blueprint.users {
        if let SecretPlan::Existing { key: Some(key), .. } = &user.secret
            // The key that encrypts created secrets too is named once.
            && blueprint.key != KeyPlan::Existing(key.clone())
        {
            keys.push(Term::text(key.as_str()));
        }
    }
    keys.sort();
    keys.dedup();
    keys
}

/// The secret's own policy: the proxy's role and, from this account only, the service may read; nobody in clear text.
pub(super) fn secret_policy(blueprint: &Blueprint) -> Policy {
    let everything = || vec![Term::text("*")];
    let mut statements = vec![
        Statement {
            principals: Scope::Only(vec![Principal::Aws(Term::thing(Thing::ProxyRole))]),
            ..allow(READ_SECRET, everything())
        },
        Statement {
            principals: Scope::Only(vec![Principal::Service(Term::text(RDS))]),
            conditions: vec![condition(
                "StringEquals",
                "aws:SourceAccount",
                vec![Term::thing(Thing::Account)],
            )],
            ..allow(READ_SECRET, everything())
        },
        deny(condition(
            "Bool",
            "aws:SecureTransport",
            vec![Term::text("false")],
        )),
    ];
    if blueprint.strict_secret_policy {
        let mut readers = vec![Term::thing(Thing::ProxyRole)];
        readers.extend(
            blueprint
                .secret_readers
                .iter()
                .map(|arn| Term::text(arn.as_str())),
        );
        readers.sort();
        statements.push(deny(condition("ArnNotEquals", "aws:PrincipalArn", readers)));
    }
    policy(statements)
}

/// What a role may connect as, on this proxy only.
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
                Part::Thing(Thing::ProxyId),
                Part::Text(format!("/{user}")),
            ]),
        })
        .collect()
}

fn database_user(blueprint: &Blueprint, user: &UserName) -> Term {
    let id = blueprint
        .database
        .resource_id
        .as_ref()
        .map(ToString::to_string)
        .unwrap_or_default();
    database_arn(vec![Part::Text(format!("{id}/{user}"))])
}

/// `arn:<partition>:rds-db:<region>:<account>:dbuser:…`
fn database_arn(rest: Vec<Part>) -> Term {
    let mut parts = vec![
        Part::Text("arn:".into()),
        Part::Thing(Thing::Partition),
        Part::Text(":rds-db:".into()),
        Part::Thing(Thing::Region),
        Part::Text(":".into()),
        Part::Thing(Thing::Account),
        Part::Text(":dbuser:".into()),
    ];
    for part in rest {
        match (parts.last_mut(), part) {
            (Some(Part::Text(text)), Part::Text(more)) => text.push_str(&more),
            (_, part) => parts.push(part),
        }
    }
    Term(parts)
}

fn policy(statements: Vec<Statement>) -> Policy {
    Policy {
        origin: origin(),
        statements,
    }
}

fn allow(action: &str, resources: Vec<Term>) -> Statement {
    Statement {
        origin: origin(),
        effect: Effect::Allow,
        actions: Scope::Only(vec![Term::text(action)]),
        resources: Scope::Only(resources),
        ..Statement::default()
    }
}

fn deny(condition: Condition) -> Statement {
    Statement {
        effect: Effect::Deny,
        principals: Scope::Only(vec![Principal::Anyone]),
        conditions: vec![condition],
        ..allow(READ_SECRET, vec![Term::text("*")])
    }
}

fn condition(operator: &str, key: &str, values: Vec<Term>) -> Condition {
    Condition {
        operator: operator.to_owned(),
        key: key.to_owned(),
        values,
    }
}

/// What an intent gives as its place.
const DOCUMENT: &str = "blueprint";

pub(super) fn origin() -> Origin {
    Origin::document(DOCUMENT)
}
