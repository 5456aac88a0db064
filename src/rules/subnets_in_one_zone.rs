//! A service limit: a proxy needs subnets in two zones.

use std::collections::BTreeSet;

use super::{Example, FaultShown, Rule, lookups, references};
use crate::domain::evidence::Origin;
use crate::domain::finding::{Group, RuleInfo, Severity, Verdicts};
use crate::domain::limits::Limits;
use crate::domain::links::{RuleLinks, about};
use crate::domain::posture::{Proxy, Subnet, ZonePlace};

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "subnets-in-one-zone",
        group: Group::Limit,
        severity: Severity::High,
        summary: "the proxy's subnets do not lie in two availability zones",
        why: "AWS asks for at least two subnets in different availability zones. CloudFormation checks the number but not the zones, Terraform checks neither, so the mistake shows only while deploying.",
        fix: "Add a subnet in another availability zone of the same VPC.",
        references: &[references::NETWORK],
        links: RuleLinks {
            facts: &[about("subnets")],
            ..RuleLinks::NONE
        },
    },
    example: Example {
        seen: FaultShown::InCode,
        terraform: include_str!("samples/subnets-in-one-zone.tf"),
        cloudformation: include_str!("samples/subnets-in-one-zone.yaml"),
    },
    check,
};

fn check(proxy: &Proxy, limits: &Limits, verdicts: &mut Verdicts) {
    let Some(subnets) = lookups::subnets(proxy, verdicts) else {
        return;
    };
    let origin = proxy.subnets.origin().unwrap_or(&proxy.origin);
    let open: Vec<_> = subnets.iter().filter(|subnet| is_open(subnet)).collect();
    let counted = subnets.iter().all(|subnet| subnet.uncounted.is_none());
    if counted && subnets.len() < limits.subnets {
        verdicts.fail(
            format!(
                "the proxy has {} of at least {} subnets",
                subnets.len(),
                limits.subnets
            ),
            origin,
        );
    } else if let Some(zones) = apart(subnets, limits.zones) {
        verdicts.pass(
            format!("the proxy's subnets lie in {zones}"),
            &proxy.subnets,
        );
    } else if counted && (open.is_empty() || all_at_one_place(subnets)) {
        verdicts.fail(
            format!(
                "all subnets of the proxy lie in {}: at least {} zones are needed",
                together(subnets),
                limits.zones
            ),
            origin,
        );
    } else {
        for subnet in open {
            undetermined(subnet, origin, verdicts);
        }
    }
}

fn undetermined(subnet: &Subnet, origin: &Origin, verdicts: &mut Verdicts) {
    match &subnet.uncounted {
        Some(reason) => verdicts.undetermined(
            format!("the number of the proxy's subnets cannot be determined: {reason}"),
            Some(origin),
        ),
        None => verdicts.unknown(
            &format!("the zone of the subnet {}", subnet.identity),
            &subnet.zone,
        ),
    }
}

/// Returns the zones of the subnets if there are enough: by name, or by their index in a list without duplicates.
fn apart(subnets: &[Subnet], least: usize) -> Option<String> {
    let zones: BTreeSet<_> = subnets.iter().filter_map(zone).collect();
    if zones.len() >= least {
        return Some(Vec::from_iter(zones).join(", "));
    }
    let places: BTreeSet<_> = subnets.iter().filter_map(place).collect();
    let lists: BTreeSet<_> = places.iter().map(|place| &place.list).collect();
    lists.into_iter().find_map(|list| {
        let number = places.iter().filter(|place| place.list == *list).count();
        (number >= least).then(|| format!("{number} zones of {list}"))
    })
}

fn all_at_one_place(subnets: &[Subnet]) -> bool {
    let places: Option<BTreeSet<_>> = subnets.iter().map(place).collect();
    places.is_some_and(|places| places.len() == 1)
}

/// Formats the zones if there are too few.
fn together(subnets: &[Subnet]) -> String {
    let zones: BTreeSet<_> = subnets.iter().filter_map(zone).collect();
    match subnets.iter().find_map(place) {
        Some(place) if zones.is_empty() => format!("zone {} of {}", place.index + 1, place.list),
        Some(_) | None => Vec::from_iter(zones).join(", "),
    }
}

/// True if the subnet's zone is unknown, or the subnet represents an unknown number of others.
fn is_open(subnet: &Subnet) -> bool {
    zone(subnet).is_none() || subnet.uncounted.is_some()
}

fn place(subnet: &Subnet) -> Option<&ZonePlace> {
    subnet
        .zone_place
        .as_ref()
        .filter(|_| zone(subnet).is_none())
}

fn zone(subnet: &Subnet) -> Option<&str> {
    let zone = subnet.zone.value().or(subnet.zone_id.value());
    zone.map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::evidence::Evidence;
    use crate::domain::finding::Verdict::Fail;
    use crate::rules::fixtures::{
        check, fails, hardened, passes, stated, stays_open, unresolved, value_mut,
    };

    fn hide(subnet: &mut Subnet) {
        subnet.zone = Evidence::NotVisible;
        subnet.zone_id = Evidence::NotVisible;
    }

    #[test]
    fn asks_for_two_zones() {
        check(
            &RULE,
            &[
                fails(
                    |proxy| {
                        value_mut(&mut proxy.subnets).pop();
                    },
                    "1 of at least 2 subnets",
                ),
                fails(
                    |proxy| value_mut(&mut proxy.subnets)[1].zone = stated("eu-west-1a".into()),
                    "all subnets of the proxy lie in eu-west-1a",
                ),
                stays_open(
                    |proxy| hide(&mut value_mut(&mut proxy.subnets)[1]),
                    "the zone of the subnet subnet-b is not in view",
                ),
                stays_open(|proxy| proxy.subnets = unresolved(), "var.x has no value"),
            ],
        );
    }

    /// Assigns the two subnets these indexes of a list of zones.
    fn place_at(proxy: &mut Proxy, places: [(&str, usize); 2]) {
        for (subnet, (list, index)) in value_mut(&mut proxy.subnets).iter_mut().zip(places) {
            hide(subnet);
            let list = list.to_owned();
            subnet.zone_place = Some(ZonePlace { list, index });
        }
    }

    #[test]
    fn places_of_one_list_of_zones_are_zones() {
        check(
            &RULE,
            &[
                passes(
                    |proxy| place_at(proxy, [("Fn::GetAZs", 0), ("Fn::GetAZs", 1)]),
                    "2 zones of Fn::GetAZs",
                ),
                fails(
                    |proxy| place_at(proxy, [("Fn::GetAZs", 1), ("Fn::GetAZs", 1)]),
                    "all subnets of the proxy lie in zone 2 of Fn::GetAZs",
                ),
                stays_open(
                    |proxy| place_at(proxy, [("a", 0), ("b", 1)]),
                    "the zone of the subnet subnet-a",
                ),
            ],
        );
    }

    #[test]
    fn a_list_of_unknown_length_is_not_counted() {
        check(
            &RULE,
            &[
                stays_open(
                    |proxy| {
                        value_mut(&mut proxy.subnets).pop();
                        value_mut(&mut proxy.subnets)[0].uncounted =
                            Some("var.x has no value".into());
                    },
                    "the number of the proxy's subnets cannot be determined: var.x has no value",
                ),
                passes(
                    |proxy| {
                        let third = value_mut(&mut proxy.subnets)[0].clone();
                        value_mut(&mut proxy.subnets).push(third);
                        hide(&mut value_mut(&mut proxy.subnets)[2]);
                        value_mut(&mut proxy.subnets)[2].uncounted =
                            Some("var.x has no value".into());
                    },
                    "eu-west-1a, eu-west-1b",
                ),
            ],
        );
    }

    #[test]
    fn a_policy_can_ask_for_more() {
        let limits = Limits {
            zones: 3,
            ..Limits::SERVICE
        };
        let report = RULE.judge(&hardened(), &limits);
        assert_eq!(report.verdict(RULE.info.id), Fail);
    }
}
