//! Tests of the rule, one change at a time.

use super::*;
use crate::domain::finding::Verdict::{Fail, Pass, Undetermined};
use crate::domain::symbolic::{Symbol, SymbolicPart};
use crate::rules::fixtures::{check, condition, of, read_secret, unresolved, without_secrets};

/// Adds a statement that allows this principal to read.
fn let_in(proxy: &mut Proxy, principal: Principal) -> &mut Statement {
    let secret = of(&mut of(&mut proxy.auth)[0].secret);
    let policy = of(&mut secret.policy).as_mut().unwrap();
    policy.statements.insert(
        0,
        Statement {
            principals: ElementScope::Only(vec![principal]),
            ..read_secret()
        },
    );
    &mut policy.statements[0]
}

fn aws(proxy: &mut Proxy, name: &str) {
    let_in(proxy, Principal::Aws(SymbolicString::text(name)));
}

fn rds(proxy: &mut Proxy) -> &mut Statement {
    let_in(
        proxy,
        Principal::Service(SymbolicString::text("rds.amazonaws.com")),
    )
}

#[test]
fn lets_in_single_principals_only() {
    check(
        &RULE,
        &[
            (
                |proxy| {
                    let_in(proxy, Principal::Anyone);
                },
                Fail,
                "orders_rw (user orders_rw) lets in anyone",
            ),
            (
                |proxy| aws(proxy, "arn:aws:iam::123456789012:root"),
                Fail,
                "every principal of that account",
            ),
            (
                |proxy| aws(proxy, "123456789012"),
                Fail,
                "every principal of that account",
            ),
            (
                |proxy| aws(proxy, "arn:aws:iam::210987654321:role/reader"),
                Fail,
                "another account",
            ),
            (
                |proxy| aws(proxy, "arn:aws:iam::123456789012:role/*"),
                Fail,
                "every principal that matches",
            ),
            (
                |proxy| aws(proxy, "arn:aws:iam::123456789012:role/rotation"),
                Pass,
                "single principals",
            ),
            (
                |proxy| let_in(proxy, Principal::Anyone).principals = ElementScope::AllBut(vec![]),
                Fail,
                "NotPrincipal",
            ),
            (
                |proxy| {
                    let_in(
                        proxy,
                        Principal::Aws(SymbolicString(vec![SymbolicPart::Unknown("var.x".into())])),
                    );
                },
                Undetermined,
                "var.x",
            ),
            (
                |proxy| {
                    let_in(
                        proxy,
                        Principal::Service(SymbolicString::text("lambda.amazonaws.com")),
                    );
                },
                Fail,
                "the service lambda.amazonaws.com",
            ),
            (
                |proxy| {
                    let conditions = vec![condition(
                        "ArnEquals",
                        "aws:PrincipalArn",
                        SymbolicString::thing(Symbol::ProxyRole),
                    )];
                    let_in(proxy, Principal::Anyone).conditions = conditions;
                },
                Pass,
                "single principals",
            ),
        ],
    );
}

#[test]
fn a_service_needs_a_source() {
    check(
        &RULE,
        &[
            (
                |proxy| {
                    rds(proxy);
                },
                Fail,
                "on behalf of any account",
            ),
            (
                |proxy| {
                    rds(proxy).conditions = vec![condition(
                        "StringLike",
                        "aws:SourceAccount",
                        SymbolicString::text("*"),
                    )]
                },
                Fail,
                "any account",
            ),
            (
                |proxy| {
                    rds(proxy).conditions = vec![condition(
                        "StringEqualsIfExists",
                        "aws:SourceAccount",
                        SymbolicString::text("123456789012"),
                    )]
                },
                Fail,
                "any account",
            ),
            (
                |proxy| {
                    rds(proxy).conditions = vec![condition(
                        "ArnLike",
                        "AWS:SourceArn",
                        SymbolicString::text("arn:aws:rds:eu-west-1:123456789012:*"),
                    )]
                },
                Pass,
                "single",
            ),
            (
                |proxy| {
                    rds(proxy).conditions = vec![condition(
                        "StringEquals",
                        "aws:SourceAccount",
                        SymbolicString(vec![SymbolicPart::Unknown("var.x".into())]),
                    )]
                },
                Undetermined,
                "on whose behalf",
            ),
        ],
    );
}

#[test]
fn the_proxy_only_reads() {
    check(
        &RULE,
        &[
            (
                |proxy| {
                    let_in(
                        proxy,
                        Principal::Aws(SymbolicString::thing(Symbol::ProxyRole)),
                    )
                    .actions = ElementScope::Only(vec![SymbolicString::text("secretsmanager:*")])
                },
                Fail,
                "the proxy needs secretsmanager:GetSecretValue only",
            ),
            (
                |proxy| of(&mut of(&mut proxy.auth)[0].secret).policy = unresolved(),
                Undetermined,
                "var.x has no value",
            ),
            (without_secrets, Pass, "no secrets"),
        ],
    );
}
