//! A limit of the service: no proxy for a database that its parameter group makes read-only.

use super::{Example, Rule, Sample, Seen, pages, walk};
use crate::domain::engine::EngineFamily;
use crate::domain::evidence::Evidence;
use crate::domain::finding::{Group, RuleInfo, Severity, Verdicts};
use crate::domain::limits::Limits;
use crate::domain::posture::Proxy;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "parameter-group-read-only",
        group: Group::Limit,
        severity: Severity::High,
        summary: "the database's parameter group makes it read-only",
        why: "For MySQL and MariaDB, RDS Proxy does not serve a database whose parameter group sets `read_only` to 1.",
        fix: "Remove `read_only` from the database's parameter group and restart the database.",
        references: &[pages::LIMITS],
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
  db_instance_identifier = aws_db_instance.orders.identifier
}

resource "aws_db_instance" "orders" {
  identifier           = "orders"
  engine               = "mysql"
  engine_version       = "8.0.40"
  parameter_group_name = aws_db_parameter_group.orders.name
}

resource "aws_db_parameter_group" "orders" {
  name   = "orders"
  family = "mysql8.0"

  parameter {
    name  = "read_only"
    value = "1"
  }
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
      DBInstanceIdentifiers: [!Ref Database]
  Database:
    Type: AWS::RDS::DBInstance
    Properties:
      Engine: mysql
      EngineVersion: "8.0.40"
      DBParameterGroupName: !Ref Parameters
  Parameters:
    Type: AWS::RDS::DBParameterGroup
    Properties:
      Description: Parameters of the orders database
      Family: mysql8.0
      Parameters:
        read_only: "1"
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
  db_instance_identifier = aws_db_instance.orders.identifier
}

resource "aws_db_instance" "orders" {
  identifier           = "orders"
  engine               = "mysql"
  engine_version       = "8.0.40"
  parameter_group_name = aws_db_parameter_group.orders.name
}

resource "aws_db_parameter_group" "orders" {
  name   = "orders"
  family = "mysql8.0"

  parameter {
    name  = "require_secure_transport"
    value = "1"
  }
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
      DBInstanceIdentifiers: [!Ref Database]
  Database:
    Type: AWS::RDS::DBInstance
    Properties:
      Engine: mysql
      EngineVersion: "8.0.40"
      DBParameterGroupName: !Ref Parameters
  Parameters:
    Type: AWS::RDS::DBParameterGroup
    Properties:
      Description: Parameters of the orders database
      Family: mysql8.0
      Parameters:
        require_secure_transport: "1"
"#,
        },
    },
    check,
};

fn check(proxy: &Proxy, _: &Limits, verdicts: &mut Verdicts) {
    if let Some(EngineFamily::PostgreSql | EngineFamily::SqlServer) = proxy.engine_family.value() {
        return verdicts.not_applicable("the parameter read_only concerns MySQL and MariaDB only");
    }
    let Some(database) = walk::database(proxy, verdicts) else {
        return;
    };
    let Some(group) = walk::known(
        "the parameter group of the database",
        &database.parameter_group,
        verdicts,
    ) else {
        return;
    };
    let name = &group.identity;
    match &group.read_only {
        Evidence::Stated(false, _) | Evidence::Defaulted(false) => {
            verdicts.pass(
                format!("the parameter group {name} does not make the database read-only"),
                &group.read_only,
            );
        }
        Evidence::Stated(true, _) | Evidence::Defaulted(true) => verdicts.fail(
            format!("the parameter group {name} sets read_only, which RDS Proxy does not support"),
            group.read_only.origin().unwrap_or(&group.origin),
        ),
        Evidence::Unresolved(..) | Evidence::NotVisible => verdicts.unknown(
            &format!("whether the parameter group {name} sets read_only"),
            &group.read_only,
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{check, of, stated};
    use super::*;
    use crate::domain::finding::Verdict::{Fail, Pass, Undetermined};

    fn set(proxy: &mut Proxy, read_only: Evidence<bool>) {
        proxy.engine_family = stated(EngineFamily::MySql);
        of(&mut of(&mut proxy.database).parameter_group).read_only = read_only;
    }

    #[test]
    fn concerns_mysql_only() {
        check(
            &RULE,
            &[
                (
                    |proxy| set(proxy, stated(true)),
                    Fail,
                    "the parameter group orders-16 sets read_only",
                ),
                (
                    |proxy| set(proxy, Evidence::Defaulted(false)),
                    Pass,
                    "does not make the database read-only",
                ),
                (
                    |proxy| set(proxy, Evidence::NotVisible),
                    Undetermined,
                    "sets read_only is not in view",
                ),
                (
                    |proxy| {
                        set(proxy, stated(true));
                        proxy.engine_family = stated(EngineFamily::PostgreSql);
                    },
                    Pass,
                    "MySQL and MariaDB only",
                ),
            ],
        );
    }
}
