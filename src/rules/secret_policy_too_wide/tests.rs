//! Tests of the rule, one change at a time.

use super::*;
use crate::domain::symbolic::{Symbol, SymbolicPart};
use crate::rules::fixtures::{
    check, condition, fails, passes, read_secret, stays_open, unresolved, value_mut,
    without_secrets,
};

/// Adds a statement that allows this principal to read.
fn let_in(proxy: &mut Proxy, principal: Principal) -> &mut Statement {
    let secret = value_mut(&mut value_mut(&mut proxy.auth)[0].secret);
    let policy = value_mut(&mut secret.policy).as_mut().unwrap();
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
            fails(
                |proxy| {
                    let_in(proxy, Principal::Anyone);
                },
                "orders_rw (user orders_rw) lets in anyone",
            ),
            fails(
                |proxy| aws(proxy, "arn:aws:iam::123456789012:root"),
                "every principal of that account",
            ),
            fails(
                |proxy| aws(proxy, "123456789012"),
                "every principal of that account",
            ),
            fails(
                |proxy| aws(proxy, "arn:aws:iam::210987654321:role/reader"),
                "another account",
            ),
            fails(
                |proxy| aws(proxy, "arn:aws:iam::123456789012:role/*"),
                "every principal that matches",
            ),
            passes(
                |proxy| aws(proxy, "arn:aws:iam::123456789012:role/rotation"),
                "single principals",
            ),
            fails(
                |proxy| let_in(proxy, Principal::Anyone).principals = ElementScope::AllBut(vec![]),
                "NotPrincipal",
            ),
            stays_open(
                |proxy| {
                    let_in(
                        proxy,
                        Principal::Aws(SymbolicString(vec![SymbolicPart::Unknown("var.x".into())])),
                    );
                },
                "var.x",
            ),
            fails(
                |proxy| {
                    let_in(
                        proxy,
                        Principal::Service(SymbolicString::text("lambda.amazonaws.com")),
                    );
                },
                "the service lambda.amazonaws.com",
            ),
            passes(
                |proxy| {
                    let conditions = vec![condition(
                        "ArnEquals",
                        "aws:PrincipalArn",
                        SymbolicString::thing(Symbol::ProxyRole),
                    )];
                    let_in(proxy, Principal::Anyone).conditions = conditions;
                },
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
            fails(
                |proxy| {
                    rds(proxy);
                },
                "on behalf of any account",
            ),
            fails(
                |proxy| {
                    rds(proxy).conditions = vec![condition(
                        "StringLike",
                        "aws:SourceAccount",
                        SymbolicString::text("*"),
                    )]
                },
                "any account",
            ),
            fails(
                |proxy| {
                    rds(proxy).conditions = vec![condition(
                        "StringEqualsIfExists",
                        "aws:SourceAccount",
                        SymbolicString::text("123456789012"),
                    )]
                },
                "any account",
            ),
            passes(
                |proxy| {
                    rds(proxy).conditions = vec![condition(
                        "ArnLike",
                        "AWS:SourceArn",
                        SymbolicString::text("arn:aws:rds:eu-west-1:123456789012:*"),
                    )]
                },
                "single",
            ),
            stays_open(
                |proxy| {
                    rds(proxy).conditions = vec![condition(
                        "StringEquals",
                        "aws:SourceAccount",
                        SymbolicString(vec![SymbolicPart::Unknown("var.x".into())]),
                    )]
                },
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
            fails(
                |proxy| {
                    let_in(
                        proxy,
                        Principal::Aws(SymbolicString::thing(Symbol::ProxyRole)),
                    )
                    .actions = ElementScope::Only(vec![SymbolicString::text("secretsmanager:*")])
                },
                "the proxy needs secretsmanager:GetSecretValue only",
            ),
            stays_open(
                |proxy| value_mut(&mut value_mut(&mut proxy.auth)[0].secret).policy = unresolved(),
                "var.x has no value",
            ),
            passes(without_secrets, "no secrets"),
        ],
    );
}
