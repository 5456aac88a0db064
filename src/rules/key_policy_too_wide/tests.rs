//! Tests of the rule on the principals that a key policy admits.

use super::*;
use crate::domain::finding::Verdict::{Fail, Pass};
use crate::domain::symbolic::{Symbol, SymbolicPart};
use crate::rules::fixtures::{
    check, condition, fails, known, passes, place, stated, stays_open, value_mut, without_secrets,
};

fn lets_in(proxy: &mut Proxy, principals: Vec<Principal>) -> &mut Statement {
    let mut policy = Policy::of_key_by_default(place());
    policy.statements[0].principals = ElementScope::Only(principals);
    for entry in value_mut(&mut proxy.auth) {
        value_mut(&mut entry.secret).key_policies = stated(vec![policy.clone()]);
    }
    let secret = value_mut(&mut value_mut(&mut proxy.auth)[0].secret);
    &mut value_mut(&mut secret.key_policies)[0].statements[0]
}

fn aws(name: &str) -> Principal {
    Principal::Aws(SymbolicString::text(name))
}

fn created(proxy: &mut Proxy) {
    value_mut(&mut proxy.role).identity = Identity::Created("aws_iam_role.proxy".into());
}

fn root(parts: Vec<SymbolicPart>) -> Principal {
    let ends = [
        SymbolicPart::Text("arn:aws:iam::".into()),
        SymbolicPart::Text(":root".into()),
    ];
    let [start, end] = ends;
    Principal::Aws(SymbolicString([vec![start], parts, vec![end]].concat()))
}

#[test]
#[allow(clippy::too_many_lines, reason = "a table")]
fn a_key_is_for_its_account() {
    check(
        &RULE,
        &[
            passes(|_| (), "no key that is made here"),
            passes(without_secrets, "no secrets"),
            stays_open(|proxy| proxy.auth = Evidence::NotVisible, "auth entries"),
            passes(
                |proxy| {
                    lets_in(
                        proxy,
                        vec![root(vec![SymbolicPart::Thing(Symbol::Account)])],
                    );
                },
                "own account",
            ),
            passes(
                |proxy| {
                    lets_in(proxy, vec![aws("arn:aws:iam::123456789012:root")]);
                },
                "own account",
            ),
            fails(
                |proxy| {
                    lets_in(proxy, vec![aws("arn:aws:iam::210987654321:root")]);
                },
                "arn:aws:iam::210987654321:root, of another account, with kms:*",
            ),
            fails(
                |proxy| {
                    lets_in(proxy, vec![aws("123456789012"), aws("210987654321")]);
                },
                "lets in 210987654321, of another account",
            ),
            passes(
                |proxy| {
                    lets_in(proxy, vec![aws("arn:aws:iam::123456789012:role/admin")]);
                },
                "own account",
            ),
            fails(
                |proxy| {
                    lets_in(proxy, vec![Principal::Anyone]);
                },
                "lets in anyone with kms:*",
            ),
            fails(
                |proxy| {
                    lets_in(proxy, vec![]).principals = ElementScope::AllBut(vec![aws("1")]);
                },
                "NotPrincipal",
            ),
            stays_open(
                |proxy| {
                    lets_in(
                        proxy,
                        vec![Principal::Aws(SymbolicString(vec![SymbolicPart::Unknown(
                            "var.x".into(),
                        )]))],
                    );
                },
                "cannot be determined: var.x",
            ),
        ],
    );
}

#[test]
fn the_only_account_of_a_policy_is_its_own() {
    check(
        &RULE,
        &[
            passes(
                |proxy| {
                    created(proxy);
                    lets_in(proxy, vec![aws("arn:aws:iam::210987654321:root")]);
                },
                "own account",
            ),
            stays_open(
                |proxy| {
                    created(proxy);
                    lets_in(proxy, vec![aws("123456789012"), aws("210987654321")]);
                },
                "whether 123456789012 is the account",
            ),
            stays_open(
                |proxy| {
                    created(proxy);
                    let own = root(vec![SymbolicPart::Thing(Symbol::Account)]);
                    lets_in(proxy, vec![own, aws("arn:aws:iam::210987654321:root")]);
                },
                "whether 210987654321 is the account",
            ),
            passes(
                |proxy| {
                    created(proxy);
                    let own = root(vec![SymbolicPart::Thing(Symbol::Account)]);
                    lets_in(
                        proxy,
                        vec![own, aws("arn:aws:iam::210987654321:role/admin")],
                    );
                },
                "own account",
            ),
        ],
    );
}

#[test]
fn conditions_say_who_anyone_and_a_service_are() {
    let cases: &[(&str, &str, &str, bool)] = &[
        ("*", "kms:CallerAccount", "123456789012", true),
        ("*", "kms:CallerAccount", "210987654321", false),
        ("*", "kms:CallerAccount", "*", false),
        (
            "*",
            "aws:PrincipalArn",
            "arn:aws:iam::123456789012:role/a",
            true,
        ),
        (
            "*",
            "kms:ViaService",
            "secretsmanager.eu-west-1.amazonaws.com",
            false,
        ),
        ("*", "aws:PrincipalOrgID", "o-1", false),
        ("logs", "aws:SourceAccount", "123456789012", true),
        (
            "logs",
            "kms:EncryptionContext:aws:logs:arn",
            "arn:aws:logs:*:1:*",
            true,
        ),
        ("logs", "kms:EncryptionContext:aws:logs:arn", "*", false),
        ("logs", "aws:SourceIp", "10.0.0.1", false),
    ];
    for (who, key, value, holds) in cases {
        let mut proxy = crate::rules::fixtures::hardened();
        let principal = match *who {
            "*" => Principal::Anyone,
            service => Principal::Service(SymbolicString::text(format!("{service}.amazonaws.com"))),
        };
        let statement = lets_in(&mut proxy, vec![principal]);
        statement.conditions = vec![condition("StringLike", key, SymbolicString::text(*value))];
        let report = RULE.judge(&proxy, &Limits::SERVICE);
        let verdict = if *holds { Pass } else { Fail };
        assert_eq!(report.verdict(RULE.info.id), verdict, "{who} {key} {value}");
    }
}

#[test]
fn what_only_shows_a_key_is_no_matter_and_a_key_is_judged_once() {
    let mut proxy = crate::rules::fixtures::hardened();
    let statement = lets_in(&mut proxy, vec![Principal::Anyone]);
    statement.actions = ElementScope::Only(vec![
        SymbolicString::text("kms:Describe*"),
        SymbolicString::text("kms:GetKeyPolicy"),
    ]);
    assert_eq!(
        RULE.judge(&proxy, &Limits::SERVICE).verdict(RULE.info.id),
        Pass
    );
    lets_in(&mut proxy, vec![Principal::Anyone]);
    assert_eq!(RULE.judge(&proxy, &Limits::SERVICE).findings.len(), 1);
    value_mut(&mut value_mut(&mut proxy.auth)[1].secret).key =
        stated(SecretKey::Customer(known("key/other")));
    assert_eq!(RULE.judge(&proxy, &Limits::SERVICE).findings.len(), 2);
}

#[test]
fn the_account_of_the_proxy_is_known_by_its_deployment_too() {
    for (account, verdict) in [("210987654321", Pass), ("123456789012", Fail)] {
        let mut proxy = crate::rules::fixtures::hardened();
        proxy.role = Evidence::NotVisible;
        proxy.account = Evidence::Defaulted(account.to_owned());
        lets_in(&mut proxy, vec![aws("arn:aws:iam::210987654321:root")]);
        let report = RULE.judge(&proxy, &Limits::SERVICE);
        assert_eq!(report.verdict(RULE.info.id), verdict, "{account}");
    }
}
