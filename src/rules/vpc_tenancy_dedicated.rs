//! A limit of the service: no proxy in a VPC with dedicated tenancy.

use super::{Example, Rule, Sample, Seen, pages, walk};
use crate::domain::finding::{Group, RuleInfo, Severity, Verdicts};
use crate::domain::limits::{Limits, network};
use crate::domain::posture::Proxy;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "vpc-tenancy-dedicated",
        group: Group::Limit,
        severity: Severity::High,
        summary: "the proxy's VPC has dedicated tenancy",
        why: "RDS Proxy does not work in a VPC whose instance tenancy is `dedicated`.",
        fix: "Use a VPC whose instance tenancy is `default`.",
        references: &[pages::LIMITS],
    },
    example: Example {
        seen: Seen::InCode,
        bad: Sample {
            terraform: r#"resource "aws_vpc" "main" {
  cidr_block       = "10.0.0.0/16"
  instance_tenancy = "dedicated"
}

resource "aws_subnet" "a" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.0.0/24"
}

resource "aws_db_proxy" "orders" {
  name           = "orders"
  vpc_subnet_ids = [aws_subnet.a.id]
}
"#,
            cloudformation: r#"Resources:
  Network:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: 10.0.0.0/16
      InstanceTenancy: dedicated
  SubnetA:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Network
      CidrBlock: 10.0.0.0/24
  Orders:
    Type: AWS::RDS::DBProxy
    Properties:
      DBProxyName: orders
      VpcSubnetIds: [!Ref SubnetA]
"#,
        },
        good: Sample {
            terraform: r#"resource "aws_vpc" "main" {
  cidr_block       = "10.0.0.0/16"
  instance_tenancy = "default"
}

resource "aws_subnet" "a" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.0.0/24"
}

resource "aws_db_proxy" "orders" {
  name           = "orders"
  vpc_subnet_ids = [aws_subnet.a.id]
}
"#,
            cloudformation: r#"Resources:
  Network:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: 10.0.0.0/16
      InstanceTenancy: default
  SubnetA:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Network
      CidrBlock: 10.0.0.0/24
  Orders:
    Type: AWS::RDS::DBProxy
    Properties:
      DBProxyName: orders
      VpcSubnetIds: [!Ref SubnetA]
"#,
        },
    },
    check,
};

fn check(proxy: &Proxy, _: &Limits, verdicts: &mut Verdicts) {
    let Some(vpc) = walk::known("the VPC of the proxy", &proxy.vpc, verdicts) else {
        return;
    };
    let what = format!("the tenancy of the VPC {}", vpc.identity);
    let Some(tenancy) = walk::known(&what, &vpc.tenancy, verdicts) else {
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
    use super::super::samples::{check, of, stated, unresolved};
    use super::*;
    use crate::domain::evidence::Evidence;
    use crate::domain::finding::Verdict::{Fail, Undetermined};

    #[test]
    fn refuses_dedicated_tenancy() {
        check(
            &RULE,
            &[
                (
                    |proxy| of(&mut proxy.vpc).tenancy = stated("dedicated".into()),
                    Fail,
                    "dedicated tenancy",
                ),
                (
                    |proxy| of(&mut proxy.vpc).tenancy = unresolved(),
                    Undetermined,
                    "the tenancy of the VPC vpc-1",
                ),
                (
                    |proxy| proxy.vpc = Evidence::NotVisible,
                    Undetermined,
                    "the VPC of the proxy is not in view",
                ),
            ],
        );
    }
}
