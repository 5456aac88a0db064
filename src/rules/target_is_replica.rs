//! A limit of the service: a proxy serves the writer only.

use super::{Example, Rule, Sample, Seen, pages, walk};
use crate::domain::evidence::Evidence;
use crate::domain::finding::{Group, RuleInfo, Severity, Verdicts};
use crate::domain::limits::Limits;
use crate::domain::posture::Proxy;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "target-is-replica",
        group: Group::Limit,
        severity: Severity::High,
        summary: "the proxy's target is a read replica",
        why: "RDS Proxy can be associated with the writer DB instance only, not with a read replica.",
        fix: "Register the source instance as the target. For readers use an Aurora or Multi-AZ DB cluster with a read-only endpoint.",
        references: &[pages::LIMITS, pages::REGISTER_TARGETS],
    },
    example: Example {
        seen: Seen::InCode,
        bad: Sample {
            terraform: r#"resource "aws_db_proxy" "orders" {
  name          = "orders"
  engine_family = "POSTGRESQL"
}

resource "aws_db_proxy_target" "orders" {
  db_proxy_name         = aws_db_proxy.orders.name
  target_group_name     = "default"
  db_instance_identifier = aws_db_instance.replica.identifier
}

resource "aws_db_instance" "replica" {
  identifier          = "orders-replica"
  engine              = "postgres"
  replicate_source_db = "orders"
}
"#,
            cloudformation: r#"Resources:
  Orders:
    Type: AWS::RDS::DBProxy
    Properties:
      DBProxyName: orders
      EngineFamily: POSTGRESQL
  Targets:
    Type: AWS::RDS::DBProxyTargetGroup
    Properties:
      DBProxyName: !Ref Orders
      TargetGroupName: default
      DBInstanceIdentifiers: [!Ref Database]
  Database:
    Type: AWS::RDS::DBInstance
    Properties:
      Engine: postgres
      SourceDBInstanceIdentifier: orders
"#,
        },
        good: Sample {
            terraform: r#"resource "aws_db_proxy" "orders" {
  name          = "orders"
  engine_family = "POSTGRESQL"
}

resource "aws_db_proxy_target" "orders" {
  db_proxy_name         = aws_db_proxy.orders.name
  target_group_name     = "default"
  db_instance_identifier = aws_db_instance.orders.identifier
}

resource "aws_db_instance" "orders" {
  identifier = "orders"
  engine     = "postgres"
}
"#,
            cloudformation: r#"Resources:
  Orders:
    Type: AWS::RDS::DBProxy
    Properties:
      DBProxyName: orders
      EngineFamily: POSTGRESQL
  Targets:
    Type: AWS::RDS::DBProxyTargetGroup
    Properties:
      DBProxyName: !Ref Orders
      TargetGroupName: default
      DBInstanceIdentifiers: [!Ref Database]
  Database:
    Type: AWS::RDS::DBInstance
    Properties:
      Engine: postgres
"#,
        },
    },
    check,
};

fn check(proxy: &Proxy, _: &Limits, verdicts: &mut Verdicts) {
    let Some(database) = walk::database(proxy, verdicts) else {
        return;
    };
    let name = walk::database_name(database);
    match &database.is_replica {
        Evidence::Stated(false, _) | Evidence::Defaulted(false) => {
            verdicts.pass(
                format!("the database {name} is not a read replica"),
                &database.is_replica,
            );
        }
        Evidence::Stated(true, _) | Evidence::Defaulted(true) => verdicts.fail(
            format!("the target {name} is a read replica: a proxy serves the writer only"),
            database.is_replica.origin().unwrap_or(&database.origin),
        ),
        Evidence::Unresolved(..) | Evidence::NotVisible => verdicts.unknown(
            &format!("whether the database {name} is a read replica"),
            &database.is_replica,
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{check, of, stated};
    use super::*;
    use crate::domain::finding::Verdict::{Fail, Undetermined};

    #[test]
    fn refuses_a_replica() {
        check(
            &RULE,
            &[
                (
                    |proxy| of(&mut proxy.database).is_replica = stated(true),
                    Fail,
                    "the target orders is a read replica",
                ),
                (
                    |proxy| of(&mut proxy.database).is_replica = Evidence::NotVisible,
                    Undetermined,
                    "not in view",
                ),
                (
                    |proxy| proxy.database = Evidence::NotVisible,
                    Undetermined,
                    "not in view",
                ),
            ],
        );
    }
}
