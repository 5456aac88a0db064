//! A limit of the service: a target is named by its identifier, and by nothing else.

use super::{Example, Rule, Sample, Seen, pages, walk};
use crate::domain::finding::{Group, RuleInfo, Severity, Verdicts};
use crate::domain::limits::{Limits, names};
use crate::domain::posture::Proxy;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "database-identifier-invalid",
        group: Group::Limit,
        severity: Severity::High,
        summary: "the target is not named by a database identifier",
        why: "A target takes the DB instance or cluster identifier. The resource id (`db-…`, `cluster-…`), which policies want, its ARN, and the name of a database inside it are three other things, \
              and registering one of them fails.",
        fix: "Name the DB instance or cluster identifier, as the console lists it.",
        references: &[pages::REGISTER_TARGETS],
    },
    example: Example {
        seen: Seen::InCode,
        bad: Sample {
            terraform: r#"resource "aws_db_proxy" "orders" {
  name = "orders"
}

resource "aws_db_proxy_target" "orders" {
  db_proxy_name          = aws_db_proxy.orders.name
  target_group_name      = "default"
  db_instance_identifier = "db-ABCDEFGHIJKLMNOPQRSTUVWXYZ"
}
"#,
            cloudformation: r#"Resources:
  Orders:
    Type: AWS::RDS::DBProxy
    Properties:
      DBProxyName: orders
  Targets:
    Type: AWS::RDS::DBProxyTargetGroup
    Properties:
      DBProxyName: !Ref Orders
      TargetGroupName: default
      DBInstanceIdentifiers: [db-ABCDEFGHIJKLMNOPQRSTUVWXYZ]
"#,
        },
        good: Sample {
            terraform: r#"resource "aws_db_proxy" "orders" {
  name = "orders"
}

resource "aws_db_proxy_target" "orders" {
  db_proxy_name          = aws_db_proxy.orders.name
  target_group_name      = "default"
  db_instance_identifier = "orders"
}
"#,
            cloudformation: r#"Resources:
  Orders:
    Type: AWS::RDS::DBProxy
    Properties:
      DBProxyName: orders
  Targets:
    Type: AWS::RDS::DBProxyTargetGroup
    Properties:
      DBProxyName: !Ref Orders
      TargetGroupName: default
      DBInstanceIdentifiers: [orders]
"#,
        },
    },
    check,
};

fn check(proxy: &Proxy, _: &Limits, verdicts: &mut Verdicts) {
    let Some(database) = walk::database(proxy, verdicts) else {
        return;
    };
    // What creates the database could not do so by another name.
    if let (None, Some(address)) = (database.identifier.value(), &database.created) {
        return verdicts.not_applicable(format!(
            "the target takes the identifier from {address}, whichever it gets"
        ));
    }
    let Some(identifier) = walk::known(
        "the identifier of the database",
        &database.identifier,
        verdicts,
    ) else {
        return;
    };
    let origin = database.identifier.origin().unwrap_or(&database.origin);
    walk::refuse(names::database_identifier(identifier), origin, verdicts);
    verdicts.pass(
        format!("{identifier} is a database identifier"),
        &database.identifier,
    );
}

#[cfg(test)]
mod tests {
    use super::super::samples::{check, of, stated, unresolved};
    use super::*;
    use crate::domain::evidence::Evidence;
    use crate::domain::finding::Verdict::{Fail, Pass, Undetermined};

    #[test]
    fn tells_an_identifier_from_an_id() {
        check(
            &RULE,
            &[
                (
                    |proxy| {
                        of(&mut proxy.database).identifier =
                            stated("cluster-ABCDEFGHIJKLMNOPQRSTUVWXYZ".into())
                    },
                    Fail,
                    "an ARN or a resource id",
                ),
                (
                    |proxy| {
                        of(&mut proxy.database).identifier =
                            stated("arn:aws:rds:eu-west-1:123456789012:db:orders".into())
                    },
                    Fail,
                    "an ARN or a resource id",
                ),
                (
                    |proxy| {
                        of(&mut proxy.database).identifier = Evidence::NotVisible;
                        of(&mut proxy.database).created = Some("Store".into());
                    },
                    Pass,
                    "takes the identifier from Store, whichever",
                ),
                (
                    |proxy| of(&mut proxy.database).identifier = Evidence::NotVisible,
                    Undetermined,
                    "the identifier of the database is not in view",
                ),
                (
                    |proxy| of(&mut proxy.database).identifier = unresolved(),
                    Undetermined,
                    "the identifier of the database",
                ),
            ],
        );
    }
}
