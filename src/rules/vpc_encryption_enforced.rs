//! A service limit: no proxy in a VPC that enforces encryption controls.

use super::{Example, FaultShown, Rule, lookups, references};
use crate::domain::finding::{Group, RuleInfo, Severity, Verdicts};
use crate::domain::limits::{Limits, network};
use crate::domain::links::RuleLinks;
use crate::domain::posture::Proxy;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "vpc-encryption-enforced",
        group: Group::Limit,
        severity: Severity::High,
        summary: "the proxy's VPC has its encryption controls in enforce mode",
        why: "RDS Proxy cannot be used in a VPC that has encryption controls with enforce mode enabled.",
        fix: "Use a VPC whose encryption controls are off or in monitor mode (`aws ec2 describe-vpc-encryption-controls` tells).",
        references: &[references::LIMITS],
        links: RuleLinks::NONE,
    },
    example: Example {
        seen: FaultShown::InPart,
        terraform: include_str!("samples/vpc-encryption-enforced.tf"),
        cloudformation: include_str!("samples/vpc-encryption-enforced.yaml"),
    },
    check,
};

fn check(proxy: &Proxy, _: &Limits, verdicts: &mut Verdicts) {
    let Some(vpc) = lookups::known("the VPC of the proxy", &proxy.vpc, verdicts) else {
        return;
    };
    let what = format!(
        "the mode of the encryption controls of the VPC {}",
        vpc.identity
    );
    let Some(mode) = lookups::known(&what, &vpc.encryption_controls, verdicts) else {
        return;
    };
    match network::encryption_controls(mode) {
        Ok(()) => verdicts.pass(format!("{what} is {mode}"), &vpc.encryption_controls),
        Err(broken) => verdicts.fail(
            broken.to_string(),
            vpc.encryption_controls.origin().unwrap_or(&proxy.origin),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::evidence::Evidence;
    use crate::rules::fixtures::{check, fails, passes, stated, stays_open, value_mut};

    #[test]
    fn refuses_enforce_mode_only() {
        check(
            &RULE,
            &[
                fails(
                    |proxy| {
                        value_mut(&mut proxy.vpc).encryption_controls = stated("enforce".into())
                    },
                    "enforce mode",
                ),
                passes(
                    |proxy| {
                        value_mut(&mut proxy.vpc).encryption_controls = stated("monitor".into())
                    },
                    "is monitor",
                ),
                stays_open(
                    |proxy| value_mut(&mut proxy.vpc).encryption_controls = Evidence::NotVisible,
                    "encryption controls of the VPC vpc-1 is not in view",
                ),
            ],
        );
    }
}
