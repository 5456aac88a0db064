//! What a grant reaches.

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
    let arn = |last: Vec<Part>| {
        let front = Part::Text("arn:aws:rds-db:eu-west-1:123456789012:dbuser:".to_owned());
        Term(std::iter::once(front).chain(last).collect())
    };
    let text = |text: &str| Part::Text(text.to_owned());
    let cases = [
        (
            arn(vec![Part::Thing(Thing::ProxyId), text("/orders_rw")]),
            true,
        ),
        (arn(vec![Part::Unknown("no value".to_owned())]), true),
        (
            Term::text("arn:aws:rds-db:eu-west-1:123456789012:dbuser:*/*"),
            true,
        ),
        (
            Term::text("arn:aws:rds-db:eu-west-1:123456789012:dbuser:prx-*/orders_rw"),
            true,
        ),
        (Term::text("*"), true),
        (Term::text("arn:aws:rds-db:*"), true),
        (
            Term::text("arn:aws:rds-db:eu-west-1:123456789012:dbuser:prx-0other/orders_rw"),
            false,
        ),
        // What belongs to another service connects to nothing.
        (
            Term::text("arn:aws:ssm:eu-west-1:123456789012:parameter/lake/*"),
            false,
        ),
        (
            Term::text("arn:aws:secretsmanager:eu-west-1:123456789012:secret:*"),
            false,
        ),
        (Term::text("arn:aws:rds:eu-west-1:123456789012:db:*"), false),
        // Meant for a user, with the wrong prefix: the rule tells.
        (
            Term::text("arn:aws:rds:eu-west-1:123456789012:dbuser:*/*"),
            true,
        ),
        (Term::text("arn:aws:*:eu-west-1:123456789012:*"), true),
        (
            arn(vec![
                Part::Thing(Thing::DatabaseResourceId),
                text("/orders_rw"),
            ]),
            false,
        ),
    ];
    for (resource, expected) in cases {
        assert_eq!(covers_proxy(&resource), expected, "{resource}");
    }
}
