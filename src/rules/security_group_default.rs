//! Mission rule 4: a proxy must not use the VPC's default security group.

use super::lookups::Guarded;
use super::{Example, FaultShown, Rule, lookups, references};
use crate::domain::evidence::Evidence;
use crate::domain::finding::{Group, RuleInfo, Severity, Verdicts};
use crate::domain::limits::Limits;
use crate::domain::links::{PathTopic, RuleLinks, about};
use crate::domain::posture::Proxy;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "security-group-default",
        group: Group::Mission(4),
        severity: Severity::High,
        summary: "the proxy or one of its endpoints uses the VPC's default security group",
        why: "Every resource for which nobody chose a group joins the default group, and as AWS creates it, its members may reach each other on all ports. \
              An endpoint for which no group is given gets it silently.",
        fix: "Create a security group for this proxy alone and name it at the proxy and at each of its endpoints.",
        references: &[
            references::DEFAULT_GROUP,
            references::CREATE_ENDPOINT,
            references::CREATING,
        ],
        links: RuleLinks {
            facts: &[about("security_groups")],
            topic: Some(PathTopic::OwnGroup),
            ..RuleLinks::NONE
        },
    },
    example: Example {
        seen: FaultShown::InCode,
        terraform: include_str!("samples/security-group-default.tf"),
        cloudformation: include_str!("samples/security-group-default.yaml"),
    },
    check,
};

fn check(proxy: &Proxy, _: &Limits, verdicts: &mut Verdicts) {
    for guarded in lookups::groups(proxy, verdicts) {
        judge(proxy, &guarded, verdicts);
    }
    if proxy.security_groups.value().is_some_and(Vec::is_empty) {
        verdicts.fail(
            "the proxy names no security group, so that it gets the VPC's default group",
            proxy.security_groups.origin().unwrap_or(&proxy.origin),
        );
    }
    verdicts.pass(
        "the proxy and its endpoints have groups of their own",
        &proxy.security_groups,
    );
}

fn judge(proxy: &Proxy, guarded: &Guarded, verdicts: &mut Verdicts) {
    let group = guarded.group;
    let name = lookups::group_name(group);
    match &group.is_default {
        Evidence::Stated(false, _) | Evidence::Defaulted(false) => {}
        Evidence::Stated(true, origin) => verdicts.fail(
            format!(
                "{} uses {name}, the VPC's default security group",
                guarded.of
            ),
            origin,
        ),
        Evidence::Defaulted(true) => verdicts.fail(
            format!(
                "{} names no security group, so that it gets the VPC's default group",
                guarded.of
            ),
            if group.origin.file.is_empty() {
                &proxy.origin
            } else {
                &group.origin
            },
        ),
        Evidence::Unresolved(..) | Evidence::NotVisible => verdicts.unknown(
            &format!(
                "whether the security group {name} of {} is the VPC's default group",
                guarded.of
            ),
            &group.is_default,
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::fixtures::{check, endpoint, fails, stated, stays_open, value_mut};

    #[test]
    fn finds_the_default_group_at_the_proxy_and_its_endpoints() {
        check(
            &RULE,
            &[
                fails(
                    |proxy| value_mut(&mut proxy.security_groups)[0].is_default = stated(true),
                    "the proxy uses sg-proxy, the VPC's default",
                ),
                fails(
                    |proxy| {
                        value_mut(&mut proxy.security_groups)[0].is_default =
                            Evidence::Defaulted(true)
                    },
                    "the proxy names no security group",
                ),
                fails(
                    |proxy| value_mut(&mut proxy.security_groups).clear(),
                    "names no security group",
                ),
                fails(
                    |proxy| {
                        let mut readers = endpoint("orders-ro");
                        value_mut(&mut readers.security_groups)[0].is_default =
                            Evidence::Defaulted(true);
                        value_mut(&mut proxy.endpoints).push(readers);
                    },
                    "the endpoint orders-ro names no security group",
                ),
                stays_open(
                    |proxy| {
                        value_mut(&mut proxy.security_groups)[0].is_default = Evidence::NotVisible
                    },
                    "is the VPC's default group is not in view",
                ),
            ],
        );
    }
}
