//! A limit of the service: some regions have no RDS Proxy.

use std::collections::BTreeSet;

use super::{Example, Rule, Sample, Seen, pages, walk};
use crate::domain::evidence::Evidence;
use crate::domain::finding::{Group, RuleInfo, Severity, Verdicts};
use crate::domain::limits::{Limits, network};
use crate::domain::posture::Proxy;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "region-unsupported",
        group: Group::Limit,
        severity: Severity::High,
        summary: "the proxy is meant for a region without RDS Proxy",
        why: "RDS Proxy is not available in Asia Pacific (Taipei) and Asia Pacific (New Zealand), as of autumn 2026. The deployment fails there.",
        fix: "Choose another region, or look up whether the service has come to this one since.",
        references: &[pages::SUPPORTED],
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
  availability_zone = "ap-east-2a"
}

resource "aws_subnet" "b" {
  vpc_id            = "vpc-0a"
  cidr_block        = "10.0.1.0/24"
  availability_zone = "ap-east-2b"
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
      AvailabilityZone: ap-east-2a
  SubnetB:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: vpc-0a
      CidrBlock: 10.0.1.0/24
      AvailabilityZone: ap-east-2b
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
  availability_zone = "ap-northeast-1a"
}

resource "aws_subnet" "b" {
  vpc_id            = "vpc-0a"
  cidr_block        = "10.0.1.0/24"
  availability_zone = "ap-northeast-1c"
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
      AvailabilityZone: ap-northeast-1a
  SubnetB:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: vpc-0a
      CidrBlock: 10.0.1.0/24
      AvailabilityZone: ap-northeast-1c
"#,
        },
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
    let Some(subnets) = walk::subnets(proxy, verdicts) else {
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
    use super::super::samples::{check, of, stated};
    use super::*;
    use crate::domain::finding::Verdict::{Fail, Undetermined};

    #[test]
    fn goes_by_the_zones_of_the_subnets() {
        check(
            &RULE,
            &[
                (
                    |proxy| of(&mut proxy.subnets)[0].zone = stated("ap-southeast-6a".into()),
                    Fail,
                    "not available in the region ap-southeast-6",
                ),
                (
                    |proxy| proxy.region = stated("ap-east-2".into()),
                    Fail,
                    "not available in the region ap-east-2",
                ),
                (
                    |proxy| {
                        of(&mut proxy.subnets)
                            .iter_mut()
                            .for_each(|subnet| subnet.zone = Evidence::NotVisible)
                    },
                    Undetermined,
                    "the region is not in view",
                ),
            ],
        );
    }
}
