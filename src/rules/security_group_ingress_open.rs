//! Mission rule 4: only the consumers' security groups may reach the proxy, and only its port.

use super::group_rules::RuleDirections;
use super::{Example, FaultShown, Rule, group_rules, lookups, references};
use crate::domain::finding::{Group, RuleInfo, Severity, Verdicts};
use crate::domain::limits::Limits;
use crate::domain::links::{PathTopic, RuleLinks, about, grants};
use crate::domain::posture::Proxy;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "security-group-ingress-open",
        group: Group::Mission(4),
        severity: Severity::High,
        summary: "more than the consumers' security groups may reach the proxy, or more than its port",
        why: "Whatever may open a connection to the proxy may try to log in, and adds to what a stolen token or password is worth. \
              A range of addresses or a prefix list covers unintended machines; a security group covers exactly its members.",
        fix: "For each consumer, allow one TCP port (3306 for MySQL and MariaDB, 5432 for PostgreSQL) from the consumer's security group. \
              Do the same at every further endpoint: each has groups of its own.",
        references: &[
            references::GROUP_RULES,
            references::CREATING,
            references::CREATE_ENDPOINT,
        ],
        links: RuleLinks {
            facts: &[
                grants("security_groups/*/ingress"),
                grants("endpoints/*/security_groups/*/ingress"),
                about("security_groups"),
            ],
            topic: Some(PathTopic::Ingress),
            ..RuleLinks::NONE
        },
    },
    example: Example {
        seen: FaultShown::InCode,
        terraform: include_str!("samples/security-group-ingress-open.tf"),
        cloudformation: include_str!("samples/security-group-ingress-open.yaml"),
    },
    check,
};

fn check(proxy: &Proxy, _: &Limits, verdicts: &mut Verdicts) {
    let way = RuleDirections {
        verb: "lets in",
        port: client_port(proxy),
        listener: "the proxy listens on",
    };
    let groups = lookups::groups(proxy, verdicts);
    for guarded in &groups {
        group_rules::judge(guarded, &guarded.group.ingress, way, verdicts);
    }
    let rules = groups.iter().flat_map(|guarded| &guarded.group.ingress);
    let because = if group_rules::is_written(rules.clone()) {
        "every ingress rule of the proxy and its endpoints names one group and one TCP port"
    } else {
        "no ingress rule is written: nobody is let in to the proxy and its endpoints"
    };
    verdicts.pass(
        because,
        &group_rules::rests_on(&proxy.security_groups, rules),
    );
}

/// Returns the port of the proxy; `None` if AWS documents none, so that any single port is accepted.
fn client_port(proxy: &Proxy) -> Option<u16> {
    let family = proxy.engine_family.value()?.traits();
    family.is_port_documented.then_some(family.proxy_port)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::engine::EngineFamily;
    use crate::domain::evidence::Evidence;
    use crate::domain::posture::{Coverage, GroupRule, Peer, Ports, Protocol, SecurityGroup};
    use crate::rules::fixtures::{
        check, endpoint, fails, known, passes, rule, stated, stays_open, unresolved, value_mut,
    };

    fn group(proxy: &mut Proxy) -> &mut SecurityGroup {
        &mut value_mut(&mut proxy.security_groups)[0]
    }

    fn first(proxy: &mut Proxy) -> &mut GroupRule {
        &mut group(proxy).ingress[0]
    }

    fn peer(proxy: &mut Proxy, peer: Peer) {
        first(proxy).peer = stated(peer);
    }

    fn cidr(proxy: &mut Proxy, range: &str) {
        peer(proxy, Peer::Cidr(range.into()));
    }

    fn ports(proxy: &mut Proxy, from: u16, to: u16) {
        first(proxy).ports = stated(Ports { from, to });
    }

    #[test]
    fn admits_one_group() {
        check(
            &RULE,
            &[
                fails(
                    |proxy| cidr(proxy, "0.0.0.0/0"),
                    "0.0.0.0/0 (the whole internet) with TCP on port 5432",
                ),
                fails(|proxy| cidr(proxy, "::/0"), "whole internet"),
                fails(
                    |proxy| cidr(proxy, "10.0.0.0/16"),
                    "every address in 10.0.0.0/16",
                ),
                passes(|proxy| cidr(proxy, "10.0.0.7/32"), "one TCP port"),
                passes(|proxy| cidr(proxy, "127.0.0.1/32"), "nobody is let in"),
                fails(
                    |proxy| cidr(proxy, "everywhere"),
                    "not a range of addresses",
                ),
                fails(
                    |proxy| cidr(proxy, "aws_subnet.app[*].cidr_block"),
                    "whatever gets an address in that range",
                ),
                fails(
                    |proxy| cidr(proxy, "Net.CidrBlock"),
                    "whatever gets an address in that range",
                ),
                fails(
                    |proxy| peer(proxy, Peer::PrefixList("pl-1".into())),
                    "prefix list pl-1",
                ),
                passes(
                    |proxy| peer(proxy, Peer::Group(known("sg-proxy"))),
                    "one TCP port",
                ),
                fails(
                    |proxy| peer(proxy, Peer::Group(known("210987654321/sg-1"))),
                    "the account 210987654321",
                ),
                passes(
                    |proxy| group(proxy).ingress.clear(),
                    "no ingress rule is written",
                ),
            ],
        );
    }

    #[test]
    fn admits_one_port() {
        check(
            &RULE,
            &[
                fails(
                    |proxy| first(proxy).protocol = stated(Protocol::All),
                    "only TCP is needed",
                ),
                fails(
                    |proxy| ports(proxy, 0, 65535),
                    "all ports: the proxy listens on port 5432 only",
                ),
                fails(
                    |proxy| ports(proxy, 3306, 3306),
                    "listens on port 5432 only",
                ),
            ],
        );
    }

    #[test]
    fn any_single_port_may_be_right_for_sql_server() {
        check(
            &RULE,
            &[
                passes(
                    |proxy| proxy.engine_family = stated(EngineFamily::SqlServer),
                    "one TCP port",
                ),
                fails(
                    |proxy| {
                        proxy.engine_family = stated(EngineFamily::SqlServer);
                        first(proxy).ports = stated(Ports {
                            from: 1433,
                            to: 1434,
                        });
                    },
                    "one port is enough",
                ),
            ],
        );
    }

    #[test]
    fn what_is_not_in_view_stays_open() {
        check(
            &RULE,
            &[
                stays_open(
                    |proxy| first(proxy).peer = unresolved(),
                    "var.x has no value",
                ),
                stays_open(
                    |proxy| proxy.security_groups = Evidence::NotVisible,
                    "not in view",
                ),
                stays_open(
                    |proxy| {
                        group(proxy).coverage =
                            Coverage::Partial("sg-proxy is defined elsewhere".into())
                    },
                    "sg-proxy is defined elsewhere",
                ),
                fails(
                    |proxy| {
                        group(proxy).coverage = Coverage::Partial("defined elsewhere".into());
                        peer(proxy, Peer::Cidr("0.0.0.0/0".into()));
                    },
                    "whole internet",
                ),
            ],
        );
    }

    #[test]
    fn endpoints_count_too() {
        check(
            &RULE,
            &[fails(
                |proxy| {
                    let mut open = endpoint("orders-ro");
                    value_mut(&mut open.security_groups)[0].ingress =
                        vec![rule(5432, Peer::Cidr("0.0.0.0/0".into()))];
                    value_mut(&mut proxy.endpoints).push(open);
                },
                "of the endpoint orders-ro lets in",
            )],
        );
    }
}
