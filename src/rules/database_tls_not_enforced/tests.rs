//! Tests of the rule on the connection from proxy to database.

use super::*;
use crate::domain::finding::Verdict::{Fail, Pass, Undetermined};
use crate::rules::fixtures::{check, of, stated, unresolved};

fn group(proxy: &mut Proxy) -> &mut ParameterGroup {
    of(&mut of(&mut proxy.database).parameter_group)
}

#[test]
fn what_the_database_is_seen_to_do_decides() {
    check(
        &RULE,
        &[
            (
                |proxy| proxy.require_tls = stated(false),
                Pass,
                "refuse clear text, whatever RequireTLS says",
            ),
            (
                |proxy| proxy.require_tls = unresolved(),
                Pass,
                "whatever RequireTLS says",
            ),
            (
                |proxy| group(proxy).forces_tls = stated(false),
                Fail,
                "turns rds.force_ssl off",
            ),
            (
                |proxy| group(proxy).forces_tls = Evidence::Defaulted(false),
                Fail,
                "engine's default",
            ),
            (
                |proxy| group(proxy).forces_tls = Evidence::Defaulted(true),
                Pass,
                "orders-16",
            ),
            (
                |proxy| group(proxy).in_sync = stated(false),
                Fail,
                "restart the database",
            ),
            (
                |proxy| group(proxy).in_sync = Evidence::NotVisible,
                Pass,
                "refuse clear text",
            ),
        ],
    );
}

#[test]
fn names_what_settles_an_open_question() {
    check(
        &RULE,
        &[
            (
                |proxy| proxy.database = Evidence::NotVisible,
                Undetermined,
                "`rdsproxy-gen audit --live`",
            ),
            (
                |proxy| of(&mut proxy.database).parameter_group = Evidence::NotVisible,
                Undetermined,
                "audit --live",
            ),
            (
                |proxy| {
                    proxy.clear_text.database = stated(true);
                    proxy.database = Evidence::NotVisible;
                },
                Undetermined,
                "CloudWatch saw connections to it without TLS",
            ),
            (
                |proxy| {
                    group(proxy).forces_tls = Evidence::NotVisible;
                    group(proxy).identity = Identity::Known("default".into());
                },
                Undetermined,
                "that AWS provides sets rds.force_ssl is not in view: `rdsproxy-gen audit --live`",
            ),
            (
                |proxy| group(proxy).forces_tls = Evidence::NotVisible,
                Undetermined,
                "describe-db-parameters --db-parameter-group-name orders-16",
            ),
            (
                |proxy| {
                    proxy.require_tls = stated(false);
                    proxy.database = Evidence::NotVisible;
                },
                Fail,
                "nothing at the proxy",
            ),
        ],
    );
}

#[test]
fn what_requires_nothing_and_shows_nothing_fails() {
    check(
        &RULE,
        &[
            (
                |proxy| {
                    proxy.require_tls = stated(false);
                    group(proxy).in_sync = stated(false);
                },
                Fail,
                "restart the database",
            ),
            (
                |proxy| {
                    proxy.require_tls = stated(false);
                    group(proxy).forces_tls = unresolved();
                },
                Fail,
                "nothing at the proxy requires TLS",
            ),
            (
                |proxy| {
                    proxy.require_tls = unresolved();
                    group(proxy).forces_tls = unresolved();
                },
                Undetermined,
                "RequireTLS cannot be determined",
            ),
        ],
    );
}
