//! The rule, one change at a time.

use super::super::samples::{check, condition, of, read_secret, stated, without_secrets};
use super::*;
use crate::domain::evidence::Evidence;
use crate::domain::finding::Verdict::{Fail, Pass, Undetermined};
use crate::domain::posture::{Identity, SecretKey};
use crate::domain::term::Part;

fn allow<'a>(proxy: &'a mut Proxy, action: &str, resource: &str) -> &'a mut Statement {
    let policies = of(&mut of(&mut proxy.role).policies);
    policies[0].statements.push(Statement {
        actions: Scope::Only(vec![Term::text(action)]),
        resources: Scope::Only(vec![Term::text(resource)]),
        ..read_secret()
    });
    policies[0].statements.last_mut().unwrap()
}

fn read(proxy: &mut Proxy, resource: &str) {
    allow(proxy, "secretsmanager:GetSecretValue", resource);
}

#[test]
fn reads_its_own_secrets_only() {
    check(
        &RULE,
        &[
            (|proxy| read(proxy, "*"), Fail, "on *: a wildcard"),
            (
                |proxy| {
                    read(
                        proxy,
                        "arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders_rw-*",
                    )
                },
                Fail,
                "a wildcard",
            ),
            (
                |proxy| {
                    read(
                        proxy,
                        "arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders_rw-??????",
                    )
                },
                Pass,
                "nothing else",
            ),
            (
                |proxy| {
                    read(
                        proxy,
                        "arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders_rw-AbCdEf",
                    )
                },
                Pass,
                "nothing else",
            ),
            (
                |proxy| {
                    read(
                        proxy,
                        "arn:aws:secretsmanager:eu-west-1:123456789012:secret:billing-AbCdEf",
                    )
                },
                Fail,
                "a secret that this proxy does not use",
            ),
            (
                |proxy| {
                    read(
                        proxy,
                        "arn:aws:secretsmanager:us-east-1:123456789012:secret:orders_rw-AbCdEf",
                    )
                },
                Fail,
                "a secret that this proxy does not use",
            ),
            (
                |proxy| {
                    allow(proxy, "secretsmanager:*", "x");
                },
                Fail,
                "the proxy has no use for it",
            ),
            (
                |proxy| {
                    allow(proxy, "s3:GetObject", "*");
                },
                Fail,
                "the proxy has no use for it",
            ),
            (
                |proxy| allow(proxy, "s3:GetObject", "*").effect = Effect::Deny,
                Pass,
                "nothing else",
            ),
            (
                |proxy| allow(proxy, "x", "*").actions = Scope::AllBut(vec![]),
                Fail,
                "NotAction",
            ),
            (
                |proxy| {
                    allow(proxy, "x", "*").actions =
                        Scope::Only(vec![Term(vec![Part::Unknown("var.x".into())])])
                },
                Undetermined,
                "var.x",
            ),
            (
                |proxy| of(&mut proxy.role).policies = Evidence::NotVisible,
                Undetermined,
                "policies of the proxy's role is not in view",
            ),
        ],
    );
}

#[test]
fn a_secret_out_of_view_may_be_the_one() {
    check(
        &RULE,
        &[(
            |proxy| {
                proxy.auth = Evidence::NotVisible;
                read(
                    proxy,
                    "arn:aws:secretsmanager:eu-west-1:123456789012:secret:billing-AbCdEf",
                );
            },
            Undetermined,
            "secrets of this proxy are not all known",
        )],
    );
}

#[test]
fn decrypts_with_its_own_key_through_secrets_manager() {
    const KEY: &str = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd";
    check(
        &RULE,
        &[
            (
                |proxy| {
                    allow(proxy, "kms:Decrypt", KEY);
                },
                Fail,
                "without kms:ViaService",
            ),
            (
                |proxy| {
                    allow(proxy, "kms:Decrypt", KEY).conditions = vec![condition(
                        "StringEquals",
                        "kms:ViaService",
                        Term::text("secretsmanager.eu-west-1.amazonaws.com"),
                    )]
                },
                Pass,
                "nothing else",
            ),
            (
                |proxy| {
                    allow(proxy, "kms:Decrypt", "*").conditions = vec![condition(
                        "StringEquals",
                        "kms:ViaService",
                        Term::text("secretsmanager.eu-west-1.amazonaws.com"),
                    )]
                },
                Fail,
                "a wildcard",
            ),
            (
                |proxy| {
                    allow(
                        proxy,
                        "kms:Decrypt",
                        "arn:aws:kms:eu-west-1:123456789012:key/other",
                    )
                    .conditions = vec![condition(
                        "StringEquals",
                        "kms:ViaService",
                        Term::text("secretsmanager.eu-west-1.amazonaws.com"),
                    )]
                },
                Fail,
                "a key that does not encrypt",
            ),
            (
                |proxy| {
                    of(&mut of(&mut proxy.auth)[0].secret).key = stated(SecretKey::Customer(
                        Identity::Created("aws_kms_key.x".into()),
                    ));
                    let conditions = vec![condition(
                        "StringEquals",
                        "kms:ViaService",
                        Term::text("secretsmanager.eu-west-1.amazonaws.com"),
                    )];
                    allow(
                        proxy,
                        "kms:Decrypt",
                        "arn:aws:kms:eu-west-1:123456789012:key/other",
                    )
                    .conditions = conditions;
                },
                Undetermined,
                "keys of this proxy's secrets are not all known",
            ),
        ],
    );
}

#[test]
fn connects_only_under_end_to_end_iam() {
    check(
        &RULE,
        &[
            (without_secrets, Pass, "nothing else"),
            (
                |proxy| {
                    allow(proxy, "rds-db:connect", "*");
                },
                Fail,
                "only end-to-end IAM needs it",
            ),
            (
                |proxy| {
                    without_secrets(proxy);
                    allow(
                        proxy,
                        "rds-db:connect",
                        "arn:aws:rds-db:eu-west-1:123456789012:dbuser:db-ABCDEFGHIJKLMNOPQRSTUVWXYZ/*",
                    );
                },
                Fail,
                "more than one user",
            ),
            (
                |proxy| {
                    without_secrets(proxy);
                    allow(
                        proxy,
                        "rds-db:connect",
                        "arn:aws:rds-db:eu-west-1:123456789012:dbuser:db-OTHER/app",
                    );
                },
                Fail,
                "another database",
            ),
        ],
    );
}
