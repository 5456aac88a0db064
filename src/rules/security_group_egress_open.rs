//! Mission rule 4: the proxy may reach its database and nothing else.

use super::group_rules::RuleDirections;
use super::lookups::Guarded;
use super::{Example, FaultShown, Rule, group_rules, lookups, references};
use crate::domain::evidence::Evidence;
use crate::domain::finding::{Group, RuleInfo, Severity, Verdicts};
use crate::domain::limits::Limits;
use crate::domain::links::{PathTopic, RuleLinks, about, grants};
use crate::domain::posture::{Coverage, Database, GroupRule, Identity, Peer, Proxy};

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "security-group-egress-open",
        group: Group::Mission(4),
        severity: Severity::High,
        summary: "the proxy may reach more than its database",
        why: "EC2 gives a new security group a rule that allows all traffic to everywhere, until it is removed or an egress rule is given. \
              With it, nothing but the proxy's own configuration keeps the connection that carries the database's data on its way.",
        fix: "Allow one egress rule: TCP, the database's own port, to the database's security group. \
              In CloudFormation write it inline as `SecurityGroupEgress`, since only that is documented to remove the default rule.",
        references: &[
            references::GROUP_RULES,
            references::CLOUDFORMATION_GROUP,
            references::CREATING,
        ],
        links: RuleLinks {
            facts: &[
                grants("security_groups/*/egress"),
                grants("endpoints/*/security_groups/*/egress"),
                about("security_groups"),
            ],
            topic: Some(PathTopic::Egress),
            ..RuleLinks::NONE
        },
    },
    example: Example {
        seen: FaultShown::InCode,
        terraform: include_str!("samples/security-group-egress-open.tf"),
        cloudformation: include_str!("samples/security-group-egress-open.yaml"),
    },
    check,
};

fn check(proxy: &Proxy, _: &Limits, verdicts: &mut Verdicts) {
    let database = proxy.database.value();
    let port = database.and_then(|database| database.port.value()).copied();
    let way = RuleDirections {
        verb: "lets out to",
        port,
        listener: "the database listens on",
    };
    let groups = lookups::groups(proxy, verdicts);
    for guarded in &groups {
        group_rules::judge(guarded, &guarded.group.egress, way, verdicts);
        if let Some(database) = database {
            strangers(guarded, database, verdicts);
        }
    }
    let rules = groups.iter().flat_map(|guarded| &guarded.group.egress);
    let is_open = matches!(proxy.database, Evidence::Unresolved(..));
    if is_open && group_rules::is_written(rules.clone()) {
        // A group that resembles the database's may be a different one.
        verdicts.unknown("the database behind the proxy", &proxy.database);
    }
    let because = match port {
        _ if !group_rules::is_written(rules.clone()) => "no egress rule is written: the proxy and its endpoints reach nobody".into(),
        Some(port) => format!("every egress rule of the proxy and its endpoints names one group or one address, and port {port} of the database"),
        None => "every egress rule names one group and one TCP port (the database's own port is not in view)".into(),
    };
    verdicts.pass(
        because,
        &group_rules::rests_on(&proxy.security_groups, rules),
    );
}

/// Reports groups that are certainly not the database's.
fn strangers(guarded: &Guarded, database: &Database, verdicts: &mut Verdicts) {
    let Some(groups) = database.security_groups.value() else {
        return;
    };
    for rule in &guarded.group.egress {
        let Some(Peer::Group(peer)) = rule.peer.value() else {
            continue;
        };
        let surely_not = |group: &Identity| peer.same(group) == Some(false);
        let is_self = peer.same(&guarded.group.identity) == Some(true);
        if !is_self && groups.iter().all(|group| surely_not(&group.identity)) {
            stranger(guarded, rule, peer, verdicts);
        }
    }
}

fn stranger(guarded: &Guarded, rule: &GroupRule, peer: &Identity, verdicts: &mut Verdicts) {
    let partial = match &guarded.group.coverage {
        Coverage::Complete => "",
        Coverage::Partial(_) => " (further rules may exist)",
    };
    verdicts.fail(
        format!(
            "the security group {} of {} lets out to {}, which is not a group of the database{partial}",
            lookups::group_name(guarded.group),
            guarded.of,
            Peer::Group(peer.clone()),
        ),
        &rule.origin,
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::posture::{Ports, Protocol, SecurityGroup};
    use crate::rules::fixtures::{
        check, fails, known, passes, place, rule, stated, stays_open, value_mut,
    };

    fn group(proxy: &mut Proxy) -> &mut SecurityGroup {
        &mut value_mut(&mut proxy.security_groups)[0]
    }

    fn everything() -> GroupRule {
        GroupRule {
            origin: place(),
            protocol: Evidence::Defaulted(Protocol::All),
            ports: Evidence::Defaulted(Ports { from: 0, to: 65535 }),
            peer: Evidence::Defaulted(Peer::Cidr("0.0.0.0/0".into())),
            implied: true,
            in_doubt: None,
        }
    }

    #[test]
    fn whose_group_it_is_depends_on_the_database() {
        check(
            &RULE,
            &[
                stays_open(
                    |proxy| proxy.database = Evidence::Unresolved("not read".into(), place()),
                    "the database behind the proxy cannot be determined: not read",
                ),
                passes(
                    |proxy| {
                        proxy.database = Evidence::Unresolved("not read".into(), place());
                        group(proxy).egress.clear();
                    },
                    "no egress rule is written",
                ),
                passes(
                    |proxy| proxy.database = Evidence::NotVisible,
                    "the database's own port is not in view",
                ),
            ],
        );
    }

    #[test]
    fn allows_the_database_only() {
        check(
            &RULE,
            &[
                fails(
                    |proxy| group(proxy).egress = vec![everything()],
                    "a rule that AWS adds because none is written",
                ),
                fails(
                    |proxy| {
                        group(proxy)
                            .egress
                            .push(rule(443, Peer::Cidr("10.0.0.0/8".into())))
                    },
                    "10.0.0.0/8",
                ),
                fails(
                    |proxy| {
                        group(proxy)
                            .egress
                            .push(rule(6432, Peer::Group(known("sg-other"))))
                    },
                    "sg-other, which is not a group of the database",
                ),
                fails(
                    |proxy| value_mut(&mut proxy.database).port = stated(5432),
                    "the database listens on port 5432 only",
                ),
                passes(
                    |proxy| value_mut(&mut proxy.database).port = Evidence::NotVisible,
                    "own port is not in view",
                ),
                passes(
                    |proxy| proxy.database = Evidence::NotVisible,
                    "own port is not in view",
                ),
                stays_open(
                    |proxy| group(proxy).coverage = Coverage::Partial("a module adds rules".into()),
                    "a module adds rules",
                ),
                stays_open(
                    |proxy| proxy.endpoints = Evidence::NotVisible,
                    "endpoints is not in view",
                ),
            ],
        );
    }

    #[test]
    fn a_rule_that_nobody_wrote_is_told_as_such() {
        check(
            &RULE,
            &[
                stays_open(
                    |proxy| {
                        group(proxy).egress.push(GroupRule {
                            in_doubt: Some(("a rule stands alone".into(), place())),
                            ..everything()
                        });
                    },
                    "(a rule stands alone): the security group sg-proxy of the proxy lets out to 0.0.0.0/0 (the whole internet) with all protocols on all ports (the rule that AWS adds to a group without egress rules)",
                ),
                passes(
                    |proxy| group(proxy).egress.clear(),
                    "no egress rule is written",
                ),
                passes(
                    |proxy| {
                        group(proxy).egress = vec![rule(6432, Peer::Cidr("127.0.0.1/32".into()))]
                    },
                    "reach nobody",
                ),
            ],
        );
    }
}
