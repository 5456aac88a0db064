//! A service limit: no proxy in a VPC with dedicated tenancy.

use super::{Example, FaultShown, Rule, lookups, references};
use crate::domain::finding::{Group, RuleInfo, Severity, Verdicts};
use crate::domain::limits::{Limits, network};
use crate::domain::links::RuleLinks;
use crate::domain::posture::Proxy;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "vpc-tenancy-dedicated",
        group: Group::Limit,
        severity: Severity::High,
        summary: "the proxy's VPC has dedicated tenancy",
        why: "RDS Proxy does not work in a VPC whose instance tenancy is `dedicated`.",
        fix: "Use a VPC whose instance tenancy is `default`.",
        references: &[references::LIMITS],
        links: RuleLinks::NONE,
    },
    example: Example {
        seen: FaultShown::InCode,
        terraform: include_str!("samples/vpc-tenancy-dedicated.tf"),
        cloudformation: include_str!("samples/vpc-tenancy-dedicated.yaml"),
    },
    check,
};

fn check(proxy: &Proxy, _: &Limits, verdicts: &mut Verdicts) {
    let Some(vpc) = lookups::known("the VPC of the proxy", &proxy.vpc, verdicts) else {
        return;
    };
    let what = format!("the tenancy of the VPC {}", vpc.identity);
    let Some(tenancy) = lookups::known(&what, &vpc.tenancy, verdicts) else {
        return;
    };
    match network::tenancy(tenancy) {
        Ok(()) => verdicts.pass(format!("{what} is {tenancy}"), &vpc.tenancy),
        Err(broken) => verdicts.fail(
            broken.to_string(),
            vpc.tenancy.origin().unwrap_or(&proxy.origin),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::evidence::Evidence;
    use crate::rules::fixtures::{check, fails, stated, stays_open, unresolved, value_mut};

    #[test]
    fn refuses_dedicated_tenancy() {
        check(
            &RULE,
            &[
                fails(
                    |proxy| value_mut(&mut proxy.vpc).tenancy = stated("dedicated".into()),
                    "dedicated tenancy",
                ),
                stays_open(
                    |proxy| value_mut(&mut proxy.vpc).tenancy = unresolved(),
                    "the tenancy of the VPC vpc-1",
                ),
                stays_open(
                    |proxy| proxy.vpc = Evidence::NotVisible,
                    "the VPC of the proxy is not in view",
                ),
            ],
        );
    }
}
