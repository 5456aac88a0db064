//! A limit of the service: no proxy in a VPC that enforces encryption controls.

use super::{Example, Rule, Sample, Seen, pages, walk};
use crate::domain::finding::{Group, RuleInfo, Severity, Verdicts};
use crate::domain::limits::{Limits, network};
use crate::domain::posture::Proxy;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "vpc-encryption-enforced",
        group: Group::Limit,
        severity: Severity::High,
        summary: "the proxy's VPC has its encryption controls in enforce mode",
        why: "RDS Proxy cannot be used in a VPC that has encryption controls with enforce mode enabled.",
        fix: "Use a VPC whose encryption controls are off or in monitor mode (`aws ec2 describe-vpc-encryption-controls` tells).",
        references: &[pages::LIMITS],
    },
    example: Example {
        seen: Seen::InPart,
        bad: Sample {
            terraform: r#"resource "aws_vpc_encryption_control" "main" {
  vpc_id = "vpc-0a"
  mode   = "enforce"
}

resource "aws_db_proxy" "orders" {
  name           = "orders"
  vpc_subnet_ids = ["subnet-0a", "subnet-0b"]
}
"#,
            cloudformation: r#"Resources:
  Controls:
    Type: AWS::EC2::VPCEncryptionControl
    Properties:
      VpcId: vpc-0a
      Mode: enforce
  Orders:
    Type: AWS::RDS::DBProxy
    Properties:
      DBProxyName: orders
      VpcSubnetIds: [subnet-0a, subnet-0b]
"#,
        },
        good: Sample {
            terraform: r#"resource "aws_vpc_encryption_control" "main" {
  vpc_id = "vpc-0a"
  mode   = "monitor"
}

resource "aws_db_proxy" "orders" {
  name           = "orders"
  vpc_subnet_ids = ["subnet-0a", "subnet-0b"]
}
"#,
            cloudformation: r#"Resources:
  Controls:
    Type: AWS::EC2::VPCEncryptionControl
    Properties:
      VpcId: vpc-0a
      Mode: monitor
  Orders:
    Type: AWS::RDS::DBProxy
    Properties:
      DBProxyName: orders
      VpcSubnetIds: [subnet-0a, subnet-0b]
"#,
        },
    },
    check,
};

fn check(proxy: &Proxy, _: &Limits, verdicts: &mut Verdicts) {
    let Some(vpc) = walk::known("the VPC of the proxy", &proxy.vpc, verdicts) else {
        return;
    };
    let what = format!(
        "the mode of the encryption controls of the VPC {}",
        vpc.identity
    );
    let Some(mode) = walk::known(&what, &vpc.encryption_controls, verdicts) else {
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
    use super::super::samples::{check, of, stated};
    use super::*;
    use crate::domain::evidence::Evidence;
    use crate::domain::finding::Verdict::{Fail, Pass, Undetermined};

    #[test]
    fn refuses_enforce_mode_only() {
        check(
            &RULE,
            &[
                (
                    |proxy| of(&mut proxy.vpc).encryption_controls = stated("enforce".into()),
                    Fail,
                    "enforce mode",
                ),
                (
                    |proxy| of(&mut proxy.vpc).encryption_controls = stated("monitor".into()),
                    Pass,
                    "is monitor",
                ),
                (
                    |proxy| of(&mut proxy.vpc).encryption_controls = Evidence::NotVisible,
                    Undetermined,
                    "encryption controls of the VPC vpc-1 is not in view",
                ),
            ],
        );
    }
}
