//! Tests of the rule on the connection from proxy to database.

use super::*;
use crate::rules::fixtures::{check, fails, passes, stated, stays_open, unresolved, value_mut};

fn group(proxy: &mut Proxy) -> &mut ParameterGroup {
    value_mut(&mut value_mut(&mut proxy.database).parameter_group)
}

#[test]
fn what_the_database_is_seen_to_do_decides() {
    check(
        &RULE,
        &[
            passes(
                |proxy| proxy.require_tls = stated(false),
                "refuse clear text, whatever RequireTLS says",
            ),
            passes(
                |proxy| proxy.require_tls = unresolved(),
                "whatever RequireTLS says",
            ),
            fails(
                |proxy| group(proxy).forces_tls = stated(false),
                "turns rds.force_ssl off",
            ),
            fails(
                |proxy| group(proxy).forces_tls = Evidence::Defaulted(false),
                "engine's default",
            ),
            passes(
                |proxy| group(proxy).forces_tls = Evidence::Defaulted(true),
                "orders-16",
            ),
            fails(
                |proxy| group(proxy).in_sync = stated(false),
                "restart the database",
            ),
            passes(
                |proxy| group(proxy).in_sync = Evidence::NotVisible,
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
            stays_open(
                |proxy| proxy.database = Evidence::NotVisible,
                "`rdsproxy-gen audit --live`",
            ),
            stays_open(
                |proxy| value_mut(&mut proxy.database).parameter_group = Evidence::NotVisible,
                "audit --live",
            ),
            stays_open(
                |proxy| {
                    proxy.clear_text.database = stated(true);
                    proxy.database = Evidence::NotVisible;
                },
                "CloudWatch saw connections to it without TLS",
            ),
            stays_open(
                |proxy| {
                    group(proxy).forces_tls = Evidence::NotVisible;
                    group(proxy).identity = Identity::Known("default".into());
                },
                "that AWS provides sets rds.force_ssl is not in view: `rdsproxy-gen audit --live`",
            ),
            stays_open(
                |proxy| group(proxy).forces_tls = Evidence::NotVisible,
                "describe-db-parameters --db-parameter-group-name orders-16",
            ),
            fails(
                |proxy| {
                    proxy.require_tls = stated(false);
                    proxy.database = Evidence::NotVisible;
                },
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
            fails(
                |proxy| {
                    proxy.require_tls = stated(false);
                    group(proxy).in_sync = stated(false);
                },
                "restart the database",
            ),
            fails(
                |proxy| {
                    proxy.require_tls = stated(false);
                    group(proxy).forces_tls = unresolved();
                },
                "nothing at the proxy requires TLS",
            ),
            stays_open(
                |proxy| {
                    proxy.require_tls = unresolved();
                    group(proxy).forces_tls = unresolved();
                },
                "RequireTLS cannot be determined",
            ),
        ],
    );
}
