//! A service limit: some regions do not support RDS Proxy.

use std::collections::BTreeSet;

use super::{Example, FaultShown, Rule, lookups, references};
use crate::domain::evidence::Evidence;
use crate::domain::finding::{Group, RuleInfo, Severity, Verdicts};
use crate::domain::limits::{Limits, network};
use crate::domain::links::RuleLinks;
use crate::domain::posture::Proxy;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "region-unsupported",
        group: Group::Limit,
        severity: Severity::High,
        summary: "the proxy is meant for a region without RDS Proxy",
        why: "RDS Proxy is not available in Asia Pacific (Taipei) and Asia Pacific (New Zealand), as of autumn 2026. The deployment fails there.",
        fix: "Choose another region, or look up whether the service has come to this one since.",
        references: &[references::SUPPORTED],
        links: RuleLinks::NONE,
    },
    example: Example {
        seen: FaultShown::InCode,
        terraform: include_str!("samples/region-unsupported.tf"),
        cloudformation: include_str!("samples/region-unsupported.yaml"),
    },
    check,
};

fn check(proxy: &Proxy, _: &Limits, verdicts: &mut Verdicts) {
    if let Evidence::Stated(region, origin) = &proxy.region {
        return match network::region(region) {
            Ok(_) => verdicts.pass(format!("RDS Proxy is available in {region}"), &proxy.region),
            Err(broken) => verdicts.fail(broken.to_string(), origin),
        };
    }
    let Some(subnets) = lookups::subnets(proxy, verdicts) else {
        return;
    };
    let regions: BTreeSet<_> = subnets
        .iter()
        .filter_map(|subnet| subnet.zone.value())
        .map(|zone| network::region_of_zone(zone))
        .collect();
    let broken = regions
        .iter()
        .filter_map(|region| network::region(region).err());
    for broken in broken {
        verdicts.fail(
            broken.to_string(),
            proxy.subnets.origin().unwrap_or(&proxy.origin),
        );
    }
    if regions.is_empty() {
        return verdicts.undetermined(
            "the region is not in view, because no zone of the proxy's subnets is: `rdsproxy-gen audit --live` tells",
            None,
        );
    }
    let regions: Vec<_> = regions.into_iter().collect();
    verdicts.pass(
        format!("RDS Proxy is available in {}", regions.join(", ")),
        &proxy.subnets,
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::fixtures::{check, fails, stated, stays_open, value_mut};

    #[test]
    fn goes_by_the_zones_of_the_subnets() {
        check(
            &RULE,
            &[
                fails(
                    |proxy| {
                        value_mut(&mut proxy.subnets)[0].zone = stated("ap-southeast-6a".into())
                    },
                    "not available in the region ap-southeast-6",
                ),
                fails(
                    |proxy| proxy.region = stated("ap-east-2".into()),
                    "not available in the region ap-east-2",
                ),
                stays_open(
                    |proxy| {
                        value_mut(&mut proxy.subnets)
                            .iter_mut()
                            .for_each(|subnet| subnet.zone = Evidence::NotVisible)
                    },
                    "the region is not in view",
                ),
            ],
        );
    }
}
