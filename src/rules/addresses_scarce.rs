//! A remark: a proxy needs free addresses for scaling.

use super::{Example, FaultShown, Rule, lookups, references};
use crate::domain::evidence::Evidence;
use crate::domain::finding::{Group, RuleInfo, Severity, Verdicts};
use crate::domain::limits::{Limits, network};
use crate::domain::links::RuleLinks;
use crate::domain::posture::{Proxy, Subnet};

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "addresses-scarce",
        group: Group::Limit,
        severity: Severity::Note,
        summary: "a subnet of the proxy has few free addresses",
        why: "A proxy takes more addresses as its database and its load grow. AWS recommends 10 free addresses for a database class up to xlarge, up to 110 for 24xlarge, \
              3 more for each further endpoint, and as many again for each reader. Without them the proxy cannot scale, and RDS reports the event RDS-EVENT-0243.",
        fix: "Use larger subnets, or subnets that other services do not fill.",
        references: &[references::NETWORK],
        links: RuleLinks::NONE,
    },
    example: Example {
        seen: FaultShown::InPart,
        terraform: include_str!("samples/addresses-scarce.tf"),
        cloudformation: include_str!("samples/addresses-scarce.yaml"),
    },
    check,
};

fn check(proxy: &Proxy, limits: &Limits, verdicts: &mut Verdicts) {
    let endpoints = u32::try_from(proxy.endpoints.entries().len()).unwrap_or(u32::MAX);
    let further = endpoints.saturating_mul(network::FREE_ADDRESSES_PER_ENDPOINT);
    let wanted = limits.free_addresses.saturating_add(further);
    for subnet in lookups::subnets(proxy, verdicts).unwrap_or_default() {
        judge(proxy, subnet, wanted, verdicts);
    }
    verdicts.pass(
        format!("every subnet has at least {wanted} free addresses (larger database classes and readers want more)"),
        &proxy.subnets,
    );
}

fn judge(proxy: &Proxy, subnet: &Subnet, wanted: u32, verdicts: &mut Verdicts) {
    let name = &subnet.identity;
    match &subnet.free_addresses {
        Evidence::Stated(free, _) | Evidence::Defaulted(free) if *free < wanted => verdicts.fail(
            format!(
                "the subnet {name} has {free} free addresses: the proxy wants at least {wanted}"
            ),
            proxy.subnets.origin().unwrap_or(&proxy.origin),
        ),
        Evidence::Stated(..) | Evidence::Defaulted(_) => {}
        Evidence::Unresolved(..) | Evidence::NotVisible => verdicts.unknown(
            &format!("the number of free addresses of the subnet {name}"),
            &subnet.free_addresses,
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::fixtures::{check, endpoint, fails, passes, stated, stays_open, value_mut};

    fn free(proxy: &mut Proxy, free: u32) {
        value_mut(&mut proxy.subnets)[0].free_addresses = stated(free);
    }

    #[test]
    fn counts_the_endpoints_in() {
        check(
            &RULE,
            &[
                passes(|proxy| free(proxy, 10), "at least 10"),
                fails(
                    |proxy| free(proxy, 9),
                    "the subnet subnet-a has 9 free addresses",
                ),
                fails(
                    |proxy| {
                        free(proxy, 12);
                        value_mut(&mut proxy.endpoints).push(endpoint("orders-2"));
                    },
                    "at least 13",
                ),
                stays_open(
                    |proxy| value_mut(&mut proxy.subnets)[0].free_addresses = Evidence::NotVisible,
                    "free addresses of the subnet subnet-a",
                ),
            ],
        );
    }
}
