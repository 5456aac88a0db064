//! Tests of the proxies that a grant covers.

use super::super::grants::{CONNECT, matches};
use super::*;

#[test]
fn actions_match_with_wildcards() {
    let cases = [
        ("rds-db:connect", true),
        ("RDS-DB:Connect", true),
        ("rds-db:*", true),
        ("*", true),
        ("rds*:c?nnect", true),
        ("rds:*", false),
        ("rds-db:connect?", false),
        ("", false),
    ];
    for (pattern, expected) in cases {
        assert_eq!(matches(pattern, CONNECT), expected, "{pattern}");
    }
}

#[test]
fn a_grant_reaches_the_proxy_by_its_id_or_by_a_wildcard() {
    let arn = |last: Vec<SymbolicPart>| {
        let front = SymbolicPart::Text("arn:aws:rds-db:eu-west-1:123456789012:dbuser:".to_owned());
        SymbolicString(std::iter::once(front).chain(last).collect())
    };
    let text = |text: &str| SymbolicPart::Text(text.to_owned());
    let cases = [
        (
            arn(vec![
                SymbolicPart::Thing(Symbol::ProxyId),
                text("/orders_rw"),
            ]),
            true,
        ),
        (
            arn(vec![SymbolicPart::Unknown("no value".to_owned())]),
            true,
        ),
        (
            SymbolicString::text("arn:aws:rds-db:eu-west-1:123456789012:dbuser:*/*"),
            true,
        ),
        (
            SymbolicString::text("arn:aws:rds-db:eu-west-1:123456789012:dbuser:prx-*/orders_rw"),
            true,
        ),
        (SymbolicString::text("*"), true),
        (SymbolicString::text("arn:aws:rds-db:*"), true),
        (
            SymbolicString::text(
                "arn:aws:rds-db:eu-west-1:123456789012:dbuser:prx-0other/orders_rw",
            ),
            false,
        ),
        // A resource of another service does not allow any connection.
        (
            SymbolicString::text("arn:aws:ssm:eu-west-1:123456789012:parameter/lake/*"),
            false,
        ),
        (
            SymbolicString::text("arn:aws:secretsmanager:eu-west-1:123456789012:secret:*"),
            false,
        ),
        (
            SymbolicString::text("arn:aws:rds:eu-west-1:123456789012:db:*"),
            false,
        ),
        // Intended for a user, with the wrong prefix: a rule reports it.
        (
            SymbolicString::text("arn:aws:rds:eu-west-1:123456789012:dbuser:*/*"),
            true,
        ),
        (
            SymbolicString::text("arn:aws:*:eu-west-1:123456789012:*"),
            true,
        ),
        (
            arn(vec![
                SymbolicPart::Thing(Symbol::DatabaseResourceId),
                text("/orders_rw"),
            ]),
            false,
        ),
    ];
    for (resource, expected) in cases {
        assert_eq!(covers_proxy(&resource), expected, "{resource}");
    }
}
