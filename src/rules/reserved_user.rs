//! A limit of the service: the user that RDS Proxy makes for itself is not for applications.

use super::{Example, Rule, Sample, Seen, pages, walk};
use crate::domain::evidence::Evidence;
use crate::domain::finding::{Group, RuleInfo, Severity, Verdicts};
use crate::domain::limits::{Limits, names};
use crate::domain::posture::Proxy;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "reserved-user",
        group: Group::Limit,
        severity: Severity::High,
        summary: "a secret holds the user that RDS Proxy reserves for itself",
        why: "RDS creates the database user `rdsproxyadmin` when a target is registered, and relies on it. It must not be created, changed, dropped or used by anyone else.",
        fix: "Create a database user of your own for the application and put that one into the secret.",
        references: &[pages::PROXY, pages::LIMITS],
    },
    example: Example {
        seen: Seen::InCode,
        bad: Sample {
            terraform: r#"resource "aws_secretsmanager_secret" "orders" {
  name = "orders-app"
}

resource "aws_secretsmanager_secret_version" "orders" {
  secret_id                = aws_secretsmanager_secret.orders.id
  secret_string_wo         = jsonencode({ username = "rdsproxyadmin", password = var.password })
  secret_string_wo_version = 1
}

resource "aws_db_proxy" "orders" {
  name = "orders"

  auth {
    secret_arn = aws_secretsmanager_secret.orders.arn
  }
}
"#,
            cloudformation: r#"Resources:
  OrdersSecret:
    Type: AWS::SecretsManager::Secret
    Properties:
      GenerateSecretString:
        SecretStringTemplate: '{"username": "rdsproxyadmin"}'
        GenerateStringKey: password
  Orders:
    Type: AWS::RDS::DBProxy
    Properties:
      DBProxyName: orders
      Auth:
        - SecretArn: !Ref OrdersSecret
"#,
        },
        good: Sample {
            terraform: r#"resource "aws_secretsmanager_secret" "orders" {
  name = "orders-app"
}

resource "aws_secretsmanager_secret_version" "orders" {
  secret_id                = aws_secretsmanager_secret.orders.id
  secret_string_wo         = jsonencode({ username = "orders_rw", password = var.password })
  secret_string_wo_version = 1
}

resource "aws_db_proxy" "orders" {
  name = "orders"

  auth {
    secret_arn = aws_secretsmanager_secret.orders.arn
  }
}
"#,
            cloudformation: r#"Resources:
  OrdersSecret:
    Type: AWS::SecretsManager::Secret
    Properties:
      GenerateSecretString:
        SecretStringTemplate: '{"username": "orders_rw"}'
        GenerateStringKey: password
  Orders:
    Type: AWS::RDS::DBProxy
    Properties:
      DBProxyName: orders
      Auth:
        - SecretArn: !Ref OrdersSecret
"#,
        },
    },
    check,
};

fn check(proxy: &Proxy, _: &Limits, verdicts: &mut Verdicts) {
    let secrets = walk::secrets(proxy, verdicts);
    for (entry, secret) in &secrets {
        let name = walk::secret_name(secret);
        match &secret.username {
            Evidence::Stated(user, _) | Evidence::Defaulted(user) => {
                let origin = secret.username.origin().unwrap_or(&entry.origin);
                walk::refuse(names::database_user(user), origin, verdicts);
            }
            Evidence::Unresolved(..) | Evidence::NotVisible => {
                verdicts.unknown(
                    &format!("the database user of the secret {name}"),
                    &secret.username,
                );
            }
        }
    }
    if secrets.is_empty() {
        return walk::without_secrets(proxy, verdicts);
    }
    verdicts.pass("no secret holds the user rdsproxyadmin", &proxy.auth);
}

#[cfg(test)]
mod tests {
    use super::super::samples::{check, of, stated, without_secrets};
    use super::*;
    use crate::domain::finding::Verdict::{Fail, Pass, Undetermined};

    fn user(proxy: &mut Proxy, user: Evidence<String>) {
        of(&mut of(&mut proxy.auth)[0].secret).username = user;
    }

    #[test]
    fn refuses_the_proxys_own_user() {
        check(
            &RULE,
            &[
                (
                    |proxy| user(proxy, stated("rdsproxyadmin".into())),
                    Fail,
                    "the user `rdsproxyadmin` is reserved",
                ),
                (
                    |proxy| user(proxy, Evidence::NotVisible),
                    Undetermined,
                    "is not in view",
                ),
                (without_secrets, Pass, "no secrets"),
            ],
        );
    }
}
