//! Tests of the rule on the peers that may reach the database.

use super::*;
use crate::domain::evidence::Evidence;
use crate::domain::finding::Verdict::{Fail, Pass};
use crate::domain::posture::{GroupMember, Identity, OpenIdentity};
use crate::rules::fixtures::{
    check, fails, known, passes, place, rule, stated, stays_open, value_mut,
};

fn admit(proxy: &mut Proxy, port: u16, peer: Peer) {
    let group = &mut value_mut(&mut value_mut(&mut proxy.database).security_groups)[0];
    group.ingress.push(rule(port, peer));
}

#[test]
fn another_proxy_goes_around_nothing() {
    let mut proxy = crate::rules::fixtures::hardened();
    admit(&mut proxy, 6432, Peer::Group(known("sg-other-proxy")));
    for (others, verdict) in [(vec![], Fail), (vec![known("sg-other-proxy")], Pass)] {
        proxy.other_proxies = others;
        assert_eq!(
            RULE.judge(&proxy, &Limits::SERVICE).verdict(RULE.info.id),
            verdict
        );
    }
}

#[test]
fn admits_the_proxy_only() {
    check(
        &RULE,
        &[
            fails(
                |proxy| admit(proxy, 6432, Peer::Group(known("sg-function"))),
                "admits members of sg-function",
            ),
            fails(
                |proxy| admit(proxy, 6432, Peer::Cidr("10.0.0.0/8".into())),
                "every address in 10.0.0.0/8",
            ),
            passes(
                |proxy| admit(proxy, 22, Peer::Group(known("sg-function"))),
                "admit the proxy only",
            ),
            stays_open(
                |proxy| {
                    admit(
                        proxy,
                        6432,
                        Peer::Group(Identity::Created("aws_security_group.x".into())),
                    )
                },
                "aws_security_group.x",
            ),
            stays_open(
                |proxy| value_mut(&mut proxy.database).security_groups = Evidence::NotVisible,
                "groups of the database is not in view",
            ),
            stays_open(
                |proxy| proxy.database = Evidence::NotVisible,
                "database behind the proxy is not in view",
            ),
        ],
    );
}

fn wear(proxy: &mut Proxy, group: &str, in_doubt: Option<String>) {
    proxy.group_members.push(GroupMember {
        address: "aws_lambda_function.worker".into(),
        origin: place(),
        group: known(group),
        in_doubt,
    });
}

fn open(reason: &str, from_outside: bool) -> Identity {
    Identity::Open(OpenIdentity {
        reason: reason.into(),
        from_outside,
        whole: from_outside,
    })
}

fn made(proxy: &mut Proxy) {
    let group = Identity::Created("aws_security_group.proxy".into());
    value_mut(&mut proxy.security_groups)[0].identity = group.clone();
    value_mut(&mut value_mut(&mut proxy.database).security_groups)[0].ingress[0].peer =
        stated(Peer::Group(group));
}

#[test]
fn whoever_stands_in_the_proxys_group_is_admitted_as_well() {
    check(
        &RULE,
        &[
            fails(
                |proxy| wear(proxy, "sg-proxy", None),
                "not the proxy alone stands in that group: aws_lambda_function.worker (main.tf:1:1)",
            ),
            passes(|proxy| wear(proxy, "sg-other", None), "proxy only"),
            stays_open(
                |proxy| wear(proxy, "sg-proxy", Some("module.x is given it".into())),
                "module.x is given it",
            ),
            stays_open(
                |proxy| value_mut(&mut proxy.security_groups)[0].is_default = stated(true),
                "what else stands in it is not in view",
            ),
        ],
    );
}

#[test]
fn what_comes_from_outside_is_not_what_is_made_here() {
    check(
        &RULE,
        &[
            fails(
                |proxy| {
                    made(proxy);
                    admit(proxy, 6432, Peer::Group(open("var.x", true)));
                },
                "members of a group that is not known (var.x)",
            ),
            stays_open(
                |proxy| {
                    made(proxy);
                    admit(proxy, 6432, Peer::Group(open("var.x", false)));
                },
                "var.x",
            ),
            passes(
                |proxy| {
                    value_mut(&mut proxy.security_groups)[0].identity = open("var.x", true);
                    let group =
                        &mut value_mut(&mut value_mut(&mut proxy.database).security_groups)[0];
                    group.ingress[0].peer = stated(Peer::Group(open("var.x", true)));
                },
                "the proxy only",
            ),
            stays_open(
                |proxy| {
                    value_mut(&mut proxy.security_groups)[0].identity = open("var.x", true);
                    admit(proxy, 6432, Peer::Group(open("var.y", true)));
                },
                "var.y",
            ),
            fails(
                |proxy| {
                    made(proxy);
                    admit(proxy, 6432, Peer::Group(known("sg-web")));
                    proxy.strangers.push(known("sg-web"));
                },
                "sg-web",
            ),
            passes(
                |proxy| {
                    value_mut(&mut value_mut(&mut proxy.database).security_groups)[0]
                        .ingress
                        .clear()
                },
                "admits anybody",
            ),
        ],
    );
}
