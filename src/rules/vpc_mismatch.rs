//! A service limit: proxy and database must be in one VPC.

use super::{Example, FaultShown, Rule, lookups, references};
use crate::domain::evidence::{Evidence, Origin};
use crate::domain::finding::{Group, RuleInfo, Severity, Verdicts};
use crate::domain::limits::Limits;
use crate::domain::links::{RuleLinks, about};
use crate::domain::posture::{Identity, Proxy};

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "vpc-mismatch",
        group: Group::Limit,
        severity: Severity::High,
        summary: "the proxy is not in the VPC of its database",
        why: "RDS Proxy must be in the same VPC as the database, and all of its subnets belong to that VPC. Only further endpoints may stand in other VPCs.",
        fix: "Choose subnets of the database's VPC. For consumers in another VPC add an endpoint there.",
        references: &[
            references::LIMITS,
            references::NETWORK,
            references::ENDPOINTS,
        ],
        links: RuleLinks {
            facts: &[about("subnets")],
            ..RuleLinks::NONE
        },
    },
    example: Example {
        seen: FaultShown::InCode,
        terraform: include_str!("samples/vpc-mismatch.tf"),
        cloudformation: include_str!("samples/vpc-mismatch.yaml"),
    },
    check,
};

/// A resource and its VPC.
struct VpcMember<'a> {
    what: String,
    vpc: &'a Evidence<Identity>,
    origin: &'a Origin,
}

fn check(proxy: &Proxy, _: &Limits, verdicts: &mut Verdicts) {
    let subnets = lookups::subnets(proxy, verdicts).unwrap_or_default();
    let origin = proxy.subnets.origin().unwrap_or(&proxy.origin);
    let standing = subnets.iter().map(|subnet| VpcMember {
        what: format!("the subnet {}", subnet.identity),
        vpc: &subnet.vpc,
        origin,
    });
    let database = lookups::database(proxy, verdicts).map(|database| VpcMember {
        what: format!("the database {}", lookups::database_name(database)),
        vpc: &database.vpc,
        origin: &database.origin,
    });
    let all: Vec<_> = standing.chain(database).collect();
    compare(proxy, &all, verdicts);
    verdicts.pass(
        "the proxy's subnets and its database belong to one VPC",
        &proxy.subnets,
    );
}

/// Compares all with the proxy's VPC; if that is unknown, with the first known one.
fn compare(proxy: &Proxy, all: &[VpcMember], verdicts: &mut Verdicts) {
    let own = proxy.vpc.value().map(|vpc| &vpc.identity);
    let Some(vpc) = own.or_else(|| all.iter().find_map(|one| one.vpc.value())) else {
        return verdicts.undetermined(
            "no VPC of the proxy's subnets or of its database is in view",
            None,
        );
    };
    for VpcMember {
        what,
        vpc: other,
        origin,
    } in all
    {
        match other.value().map(|other| vpc.same(other)) {
            Some(Some(true)) => {}
            Some(Some(false)) => verdicts.fail(
                format!(
                    "{what} belongs to the VPC {}, other parts of the proxy to {vpc}",
                    other.value().map_or("", Identity::text)
                ),
                origin,
            ),
            Some(None) => verdicts.undetermined(
                format!("whether {what} belongs to the VPC {vpc} cannot be determined"),
                Some(origin),
            ),
            None => verdicts.unknown(
                &format!("the VPC of {}", what.trim_start_matches("the ")),
                other,
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::fixtures::{check, fails, known, stated, stays_open, value_mut};

    #[test]
    fn compares_subnets_and_database() {
        check(
            &RULE,
            &[
                fails(
                    |proxy| value_mut(&mut proxy.database).vpc = stated(known("vpc-2")),
                    "the database orders belongs to the VPC vpc-2",
                ),
                fails(
                    |proxy| value_mut(&mut proxy.subnets)[1].vpc = stated(known("vpc-2")),
                    "the subnet subnet-b belongs to the VPC vpc-2",
                ),
                stays_open(
                    |proxy| {
                        value_mut(&mut proxy.database).vpc =
                            stated(Identity::Created("aws_vpc.main".into()))
                    },
                    "cannot be determined",
                ),
                stays_open(
                    |proxy| value_mut(&mut proxy.database).vpc = Evidence::NotVisible,
                    "the VPC of database orders is not in view",
                ),
                stays_open(
                    |proxy| proxy.database = Evidence::NotVisible,
                    "database behind the proxy is not in view",
                ),
            ],
        );
    }
}
