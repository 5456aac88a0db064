//! Tests of the rule, one change at a time.

use super::*;
use crate::domain::evidence::Evidence;
use crate::domain::posture::{Identity, SecretKey};
use crate::domain::symbolic::{Symbol, SymbolicPart};
use crate::rules::fixtures::{
    check, condition, fails, hardened, passes, read_secret, stated, stays_open, value_mut,
    without_secrets,
};

fn allow<'a>(proxy: &'a mut Proxy, action: &str, resource: &str) -> &'a mut Statement {
    let policies = value_mut(&mut value_mut(&mut proxy.role).policies);
    policies[0].statements.push(Statement {
        actions: ElementScope::Only(vec![SymbolicString::text(action)]),
        resources: ElementScope::Only(vec![SymbolicString::text(resource)]),
        ..read_secret()
    });
    policies[0].statements.last_mut().unwrap()
}

/// Allows the role this action on this resource, without conditions.
fn may(proxy: &mut Proxy, action: &str, resource: &str) {
    allow(proxy, action, resource);
}

/// Allows the role to read the secret whose ARN ends in this text.
fn read(proxy: &mut Proxy, secret: &str) {
    let arn = format!("arn:aws:secretsmanager:eu-west-1:123456789012:secret:{secret}");
    allow(proxy, "secretsmanager:GetSecretValue", &arn);
}

#[test]
fn reads_its_own_secrets_only() {
    check(
        &RULE,
        &[
            fails(|proxy| read(proxy, "*"), "a wildcard"),
            fails(|proxy| read(proxy, "orders_rw-*"), "a wildcard"),
            passes(|proxy| read(proxy, "orders_rw-??????"), "nothing else"),
            passes(|proxy| read(proxy, "orders_rw-AbCdEf"), "nothing else"),
            fails(
                |proxy| read(proxy, "billing-AbCdEf"),
                "a secret that this proxy does not use",
            ),
        ],
    );
}

#[test]
fn does_nothing_else() {
    check(
        &RULE,
        &[
            fails(
                |proxy| may(proxy, "secretsmanager:GetSecretValue", "*"),
                "on *: a wildcard",
            ),
            fails(
                |proxy| {
                    may(
                        proxy,
                        "secretsmanager:GetSecretValue",
                        "arn:aws:secretsmanager:us-east-1:123456789012:secret:orders_rw-AbCdEf",
                    )
                },
                "a secret that this proxy does not use",
            ),
            fails(
                |proxy| may(proxy, "secretsmanager:*", "x"),
                "the proxy has no use for it",
            ),
            fails(
                |proxy| may(proxy, "s3:GetObject", "*"),
                "the proxy has no use for it",
            ),
            passes(
                |proxy| allow(proxy, "s3:GetObject", "*").effect = Effect::Deny,
                "nothing else",
            ),
            fails(
                |proxy| allow(proxy, "x", "*").actions = ElementScope::AllBut(vec![]),
                "NotAction",
            ),
            stays_open(
                |proxy| allow(proxy, "x", "*").actions = ElementScope::Only(vec![hidden()]),
                "var.x",
            ),
            stays_open(
                |proxy| value_mut(&mut proxy.role).policies = Evidence::NotVisible,
                "policies of the proxy's role is not in view",
            ),
        ],
    );
}

fn hidden() -> SymbolicString {
    SymbolicString(vec![SymbolicPart::Unknown("var.x".into())])
}

#[test]
fn a_secret_out_of_view_may_be_the_one() {
    check(
        &RULE,
        &[stays_open(
            |proxy| {
                proxy.auth = Evidence::NotVisible;
                read(proxy, "billing-AbCdEf");
            },
            "secrets of this proxy are not all known",
        )],
    );
}

/// Allows the role to decrypt with this key, through Secrets Manager only.
fn decrypt(proxy: &mut Proxy, key: &str) {
    let service = SymbolicString::text("secretsmanager.eu-west-1.amazonaws.com");
    let resource = format!("arn:aws:kms:eu-west-1:123456789012:key/{key}");
    allow(proxy, "kms:Decrypt", &resource).conditions =
        vec![condition("StringEquals", "kms:ViaService", service)];
}

#[test]
fn decrypts_with_its_own_key_through_secrets_manager() {
    check(
        &RULE,
        &[
            fails(
                |proxy| {
                    may(
                        proxy,
                        "kms:Decrypt",
                        "arn:aws:kms:eu-west-1:123456789012:key/1234abcd",
                    )
                },
                "without kms:ViaService",
            ),
            passes(|proxy| decrypt(proxy, "1234abcd"), "nothing else"),
            fails(|proxy| decrypt(proxy, "*"), "a wildcard"),
            fails(
                |proxy| decrypt(proxy, "other"),
                "a key that does not encrypt",
            ),
            stays_open(
                |proxy| {
                    let created = Identity::Created("aws_kms_key.x".into());
                    value_mut(&mut value_mut(&mut proxy.auth)[0].secret).key =
                        stated(SecretKey::Customer(created));
                    decrypt(proxy, "other");
                },
                "keys of this proxy's secrets are not all known",
            ),
        ],
    );
}

#[test]
fn one_statement_is_one_finding() {
    let own = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders_rw-AbCdEf";
    let severity_of = |actions: &[&str], resource: &str| {
        let mut proxy = hardened();
        let actions = actions
            .iter()
            .map(|action| SymbolicString::text(*action))
            .collect();
        allow(&mut proxy, "", resource).actions = ElementScope::Only(actions);
        let report = RULE.judge(&proxy, &Limits::SERVICE);
        assert_eq!(report.findings.len(), 1, "{:#?}", report.findings);
        (
            report.findings[0].severity,
            report.findings[0].message.clone(),
        )
    };
    let metadata = [
        "secretsmanager:DescribeSecret",
        "secretsmanager:GetSecretValue",
        "secretsmanager:ListSecretVersionIds",
        "secretsmanager:GetResourcePolicy",
    ];
    let (severity, message) = severity_of(&metadata, own);
    assert_eq!(severity, Severity::Low);
    assert!(
        message.contains("secretsmanager:DescribeSecret, secretsmanager:ListSecretVersionIds, secretsmanager:GetResourcePolicy: the proxy has no use"),
        "{message}"
    );
    for (actions, resource) in [
        (&metadata[..1], "*"),
        (
            &[
                "secretsmanager:DescribeSecret",
                "secretsmanager:PutSecretValue",
            ][..],
            own,
        ),
        (&["secretsmanager:*"][..], own),
    ] {
        assert_eq!(
            severity_of(actions, resource).0,
            Severity::High,
            "{actions:?}"
        );
    }
}

#[test]
fn what_belongs_to_another_service_is_granted_to_nobody() {
    fn both(proxy: &mut Proxy, action: &str, resources: [SymbolicPart; 2]) {
        let resources = resources.map(|part| SymbolicString(vec![part])).to_vec();
        allow(proxy, action, "").resources = ElementScope::Only(resources);
    }
    check(
        &RULE,
        &[
            passes(
                |proxy| {
                    let other = "arn:aws:ssm:eu-west-1:123456789012:parameter/*";
                    may(proxy, "secretsmanager:GetSecretValue", other);
                },
                "nothing else",
            ),
            passes(
                |proxy| {
                    let secret = SymbolicPart::Thing(Symbol::Secret("orders_rw".into()));
                    let key = SymbolicPart::Thing(Symbol::SecretsKey);
                    both(proxy, "secretsmanager:GetSecretValue", [secret, key]);
                },
                "nothing else",
            ),
            fails(
                |proxy| {
                    let secret = SymbolicPart::Thing(Symbol::Secret("orders_rw".into()));
                    let other = SymbolicPart::Text("arn:aws:kms:*:*:key/*".into());
                    both(proxy, "kms:Decrypt", [secret, other]);
                },
                "a wildcard covers more than the key",
            ),
        ],
    );
}

#[test]
fn connects_only_under_end_to_end_iam() {
    check(
        &RULE,
        &[
            passes(without_secrets, "nothing else"),
            fails(
                |proxy| {
                    allow(proxy, "rds-db:connect", "*");
                },
                "only end-to-end IAM needs it",
            ),
            fails(
                |proxy| {
                    without_secrets(proxy);
                    allow(
                        proxy,
                        "rds-db:connect",
                        "arn:aws:rds-db:eu-west-1:123456789012:dbuser:db-ABCDEFGHIJKLMNOPQRSTUVWXYZ/*",
                    );
                },
                "more than one user",
            ),
            fails(
                |proxy| {
                    without_secrets(proxy);
                    allow(
                        proxy,
                        "rds-db:connect",
                        "arn:aws:rds-db:eu-west-1:123456789012:dbuser:db-OTHER/app",
                    );
                },
                "another database",
            ),
        ],
    );
}
