//! A limit of the service: a proxy needs subnets in two zones.

use std::collections::BTreeSet;

use super::{Example, Rule, Sample, Seen, pages, walk};
use crate::domain::finding::{Group, RuleInfo, Severity, Verdicts};
use crate::domain::limits::Limits;
use crate::domain::posture::{Proxy, Subnet};

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "subnets-in-one-zone",
        group: Group::Limit,
        severity: Severity::High,
        summary: "the proxy's subnets do not lie in two availability zones",
        why: "AWS asks for at least two subnets in different availability zones. CloudFormation checks the number but not the zones, Terraform checks neither, so the mistake shows only while deploying.",
        fix: "Add a subnet in another availability zone of the same VPC.",
        references: &[pages::NETWORK],
    },
    example: Example {
        seen: Seen::InCode,
        bad: Sample {
            terraform: r#"resource "aws_db_proxy" "orders" {
  name           = "orders"
  vpc_subnet_ids = [aws_subnet.a.id, aws_subnet.b.id]
}

resource "aws_subnet" "a" {
  vpc_id            = "vpc-0a"
  cidr_block        = "10.0.0.0/24"
  availability_zone = "eu-west-1a"
}

resource "aws_subnet" "b" {
  vpc_id            = "vpc-0a"
  cidr_block        = "10.0.1.0/24"
  availability_zone = "eu-west-1a"
}
"#,
            cloudformation: r#"Resources:
  Orders:
    Type: AWS::RDS::DBProxy
    Properties:
      DBProxyName: orders
      VpcSubnetIds: [!Ref SubnetA, !Ref SubnetB]
  SubnetA:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: vpc-0a
      CidrBlock: 10.0.0.0/24
      AvailabilityZone: eu-west-1a
  SubnetB:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: vpc-0a
      CidrBlock: 10.0.1.0/24
      AvailabilityZone: eu-west-1a
"#,
        },
        good: Sample {
            terraform: r#"resource "aws_db_proxy" "orders" {
  name           = "orders"
  vpc_subnet_ids = [aws_subnet.a.id, aws_subnet.b.id]
}

resource "aws_subnet" "a" {
  vpc_id            = "vpc-0a"
  cidr_block        = "10.0.0.0/24"
  availability_zone = "eu-west-1a"
}

resource "aws_subnet" "b" {
  vpc_id            = "vpc-0a"
  cidr_block        = "10.0.1.0/24"
  availability_zone = "eu-west-1b"
}
"#,
            cloudformation: r#"Resources:
  Orders:
    Type: AWS::RDS::DBProxy
    Properties:
      DBProxyName: orders
      VpcSubnetIds: [!Ref SubnetA, !Ref SubnetB]
  SubnetA:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: vpc-0a
      CidrBlock: 10.0.0.0/24
      AvailabilityZone: eu-west-1a
  SubnetB:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: vpc-0a
      CidrBlock: 10.0.1.0/24
      AvailabilityZone: eu-west-1b
"#,
        },
    },
    check,
};

fn check(proxy: &Proxy, limits: &Limits, verdicts: &mut Verdicts) {
    let Some(subnets) = walk::subnets(proxy, verdicts) else {
        return;
    };
    let origin = proxy.subnets.origin().unwrap_or(&proxy.origin);
    let zones: BTreeSet<_> = subnets.iter().filter_map(zone).collect();
    let hidden: Vec<_> = subnets
        .iter()
        .filter(|subnet| zone(subnet).is_none())
        .collect();
    if subnets.len() < limits.subnets {
        verdicts.fail(
            format!(
                "the proxy has {} of at least {} subnets",
                subnets.len(),
                limits.subnets
            ),
            origin,
        );
    } else if zones.len() >= limits.zones {
        let zones: Vec<_> = zones.into_iter().collect();
        verdicts.pass(
            format!("the proxy's subnets lie in {}", zones.join(", ")),
            &proxy.subnets,
        );
    } else if hidden.is_empty() {
        let zones: Vec<_> = zones.into_iter().collect();
        verdicts.fail(
            format!(
                "all subnets of the proxy lie in {}: at least {} zones are needed",
                zones.join(", "),
                limits.zones
            ),
            origin,
        );
    } else {
        for subnet in hidden {
            verdicts.unknown(
                &format!("the zone of the subnet {}", subnet.identity),
                &subnet.zone,
            );
        }
    }
}

fn zone(subnet: &Subnet) -> Option<&str> {
    let zone = subnet.zone.value().or(subnet.zone_id.value());
    zone.map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::super::samples::{check, hardened, of, stated, unresolved};
    use super::*;
    use crate::domain::evidence::Evidence;
    use crate::domain::finding::Verdict::{Fail, Undetermined};

    fn hide(subnet: &mut Subnet) {
        subnet.zone = Evidence::NotVisible;
        subnet.zone_id = Evidence::NotVisible;
    }

    #[test]
    fn asks_for_two_zones() {
        check(
            &RULE,
            &[
                (
                    |proxy| {
                        of(&mut proxy.subnets).pop();
                    },
                    Fail,
                    "1 of at least 2 subnets",
                ),
                (
                    |proxy| of(&mut proxy.subnets)[1].zone = stated("eu-west-1a".into()),
                    Fail,
                    "all subnets of the proxy lie in eu-west-1a",
                ),
                (
                    |proxy| hide(&mut of(&mut proxy.subnets)[1]),
                    Undetermined,
                    "the zone of the subnet subnet-b is not in view",
                ),
                (
                    |proxy| proxy.subnets = unresolved(),
                    Undetermined,
                    "var.x has no value",
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
