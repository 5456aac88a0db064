//! A limit of the service: no proxy for Aurora Serverless v1.

use super::{Example, Rule, Sample, Seen, pages, walk};
use crate::domain::finding::{Group, RuleInfo, Severity, Verdicts};
use crate::domain::limits::Limits;
use crate::domain::posture::{DatabaseKind, Proxy};

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "serverless-v1",
        group: Group::Limit,
        severity: Severity::High,
        summary: "the database is Aurora Serverless v1",
        why: "RDS Proxy does not serve Aurora Serverless v1 (engine mode `serverless`). Aurora Serverless v2 and provisioned clusters are served.",
        fix: "Move the cluster to Aurora Serverless v2 (engine mode `provisioned` with a serverless v2 scaling configuration).",
        references: &[pages::LIMITS, pages::SUPPORTED],
    },
    example: Example {
        seen: Seen::InCode,
        bad: Sample {
            terraform: r#"resource "aws_db_proxy" "orders" {
  name          = "orders"
  engine_family = "MYSQL"
}

resource "aws_db_proxy_target" "orders" {
  db_proxy_name         = aws_db_proxy.orders.name
  target_group_name     = "default"
  db_cluster_identifier = aws_rds_cluster.orders.cluster_identifier
}

resource "aws_rds_cluster" "orders" {
  cluster_identifier = "orders"
  engine             = "aurora-mysql"
  engine_mode        = "serverless"
}
"#,
            cloudformation: r#"Resources:
  Orders:
    Type: AWS::RDS::DBProxy
    Properties:
      DBProxyName: orders
      EngineFamily: MYSQL
  Targets:
    Type: AWS::RDS::DBProxyTargetGroup
    Properties:
      DBProxyName: !Ref Orders
      TargetGroupName: default
      DBClusterIdentifiers: [!Ref Database]
  Database:
    Type: AWS::RDS::DBCluster
    Properties:
      Engine: aurora-mysql
      EngineMode: serverless
"#,
        },
        good: Sample {
            terraform: r#"resource "aws_db_proxy" "orders" {
  name          = "orders"
  engine_family = "MYSQL"
}

resource "aws_db_proxy_target" "orders" {
  db_proxy_name         = aws_db_proxy.orders.name
  target_group_name     = "default"
  db_cluster_identifier = aws_rds_cluster.orders.cluster_identifier
}

resource "aws_rds_cluster" "orders" {
  cluster_identifier = "orders"
  engine             = "aurora-mysql"
  engine_mode        = "provisioned"
}
"#,
            cloudformation: r#"Resources:
  Orders:
    Type: AWS::RDS::DBProxy
    Properties:
      DBProxyName: orders
      EngineFamily: MYSQL
  Targets:
    Type: AWS::RDS::DBProxyTargetGroup
    Properties:
      DBProxyName: !Ref Orders
      TargetGroupName: default
      DBClusterIdentifiers: [!Ref Database]
  Database:
    Type: AWS::RDS::DBCluster
    Properties:
      Engine: aurora-mysql
      EngineMode: provisioned
"#,
        },
    },
    check,
};

fn check(proxy: &Proxy, _: &Limits, verdicts: &mut Verdicts) {
    let Some(database) = walk::database(proxy, verdicts) else {
        return;
    };
    if database.kind == DatabaseKind::Instance {
        return verdicts.not_applicable("the database is an instance, not a cluster");
    }
    let name = walk::database_name(database);
    let what = format!("the engine mode of the cluster {name}");
    match walk::known(&what, &database.engine_mode, verdicts).map(String::as_str) {
        Some("serverless") => verdicts.fail(
            format!("the cluster {name} is Aurora Serverless v1, which RDS Proxy does not serve"),
            database.engine_mode.origin().unwrap_or(&database.origin),
        ),
        Some(mode) => verdicts.pass(format!("{what} is {mode}"), &database.engine_mode),
        None => {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{check, of, stated};
    use super::*;
    use crate::domain::evidence::Evidence;
    use crate::domain::finding::Verdict::{Fail, Pass, Undetermined};

    fn mode(proxy: &mut Proxy, mode: Evidence<String>) {
        let database = of(&mut proxy.database);
        database.kind = DatabaseKind::Cluster;
        database.engine_mode = mode;
    }

    #[test]
    fn refuses_version_1_only() {
        check(
            &RULE,
            &[
                (
                    |proxy| mode(proxy, stated("serverless".into())),
                    Fail,
                    "the cluster orders is Aurora Serverless v1",
                ),
                (
                    |proxy| mode(proxy, stated("provisioned".into())),
                    Pass,
                    "is provisioned",
                ),
                (
                    |proxy| mode(proxy, Evidence::NotVisible),
                    Undetermined,
                    "engine mode of the cluster orders is not in view",
                ),
            ],
        );
    }
}
