//! A service limit: some zones do not support RDS Proxy.

use super::{Example, FaultShown, Rule, lookups, references};
use crate::domain::evidence::Evidence;
use crate::domain::finding::{Group, RuleInfo, Severity, Verdicts};
use crate::domain::limits::{Limits, network};
use crate::domain::links::{RuleLinks, about};
use crate::domain::posture::{Proxy, Subnet};

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "zone-unsupported",
        group: Group::Limit,
        severity: Severity::High,
        summary: "a subnet lies in a zone without RDS Proxy",
        why: "RDS Proxy is not available in the zones use1-az3 and usw1-az2. These are zone ids: the zone name that belongs to one differs from account to account. \
              AWS returns only the supported subnets, so that Terraform sees a difference on every plan and wants to replace the proxy.",
        fix: "Look up the id of each subnet's zone (`aws ec2 describe-subnets`, AvailabilityZoneId) and choose subnets in other zones.",
        references: &[references::LIMITS],
        links: RuleLinks {
            facts: &[about("subnets")],
            ..RuleLinks::NONE
        },
    },
    example: Example {
        seen: FaultShown::InCode,
        terraform: include_str!("samples/zone-unsupported.tf"),
        cloudformation: include_str!("samples/zone-unsupported.yaml"),
    },
    check,
};

/// Regions with zones that do not support RDS Proxy: in other regions the zone's name is sufficient.
const REGIONS: &[&str] = &["us-east-1", "us-west-1"];

fn check(proxy: &Proxy, _: &Limits, verdicts: &mut Verdicts) {
    for subnet in lookups::subnets(proxy, verdicts).unwrap_or_default() {
        judge(proxy, subnet, verdicts);
    }
    verdicts.pass("every subnet lies in a zone with RDS Proxy", &proxy.subnets);
}

fn judge(proxy: &Proxy, subnet: &Subnet, verdicts: &mut Verdicts) {
    match &subnet.zone_id {
        Evidence::Stated(zone, _) | Evidence::Defaulted(zone) => {
            if let Err(broken) = network::zone_id(zone) {
                let origin = subnet.zone_id.origin().unwrap_or(&proxy.origin);
                verdicts.fail(format!("the subnet {}: {broken}", subnet.identity), origin);
            }
        }
        Evidence::Unresolved(..) | Evidence::NotVisible => {
            let region = subnet
                .zone
                .value()
                .map(|zone| network::region_of_zone(zone));
            if region.is_none_or(|region| REGIONS.contains(&region)) {
                verdicts.unknown(
                    &format!("the zone id of the subnet {}", subnet.identity),
                    &subnet.zone_id,
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::fixtures::{check, fails, passes, stated, stays_open, value_mut};

    fn set(proxy: &mut Proxy, zone: Evidence<String>, id: Evidence<String>) {
        let subnet = &mut value_mut(&mut proxy.subnets)[0];
        subnet.zone = zone;
        subnet.zone_id = id;
    }

    #[test]
    fn goes_by_the_id_of_the_zone() {
        check(
            &RULE,
            &[
                fails(
                    |proxy| {
                        set(
                            proxy,
                            stated("us-east-1e".into()),
                            stated("use1-az3".into()),
                        )
                    },
                    "not available in the zone use1-az3",
                ),
                stays_open(
                    |proxy| set(proxy, stated("us-east-1e".into()), Evidence::NotVisible),
                    "the zone id of the subnet subnet-a",
                ),
                passes(
                    |proxy| set(proxy, stated("eu-west-1a".into()), Evidence::NotVisible),
                    "every subnet",
                ),
                stays_open(
                    |proxy| set(proxy, Evidence::NotVisible, Evidence::NotVisible),
                    "zone id",
                ),
            ],
        );
    }
}
