//! Mission rule 3: one secret per database user, used once.

use super::{Example, Rule, Sample, Seen, pages, walk};
use crate::domain::finding::{Group, RuleInfo, Severity, Verdicts};
use crate::domain::limits::Limits;
use crate::domain::posture::{AuthEntry, Proxy, Secret};

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "secret-shared",
        group: Group::Mission(3),
        severity: Severity::High,
        summary: "a secret is used by more than one auth entry or proxy",
        why: "Whoever gets hold of a shared secret gets everything that it opens, and rotating or revoking it hits all of its users at once. \
              AWS permits to reuse a secret; that each database user has one of its own, used by one proxy, is a rule of this tool.",
        fix: "Give each database user, on each database, a secret of its own, and name it in exactly one auth entry. \
              Where engine and provider allow it, end-to-end IAM authentication does without secrets.",
        references: &[pages::SECRETS, pages::IAM_SETUP],
    },
    example: Example {
        seen: Seen::InCode,
        bad: Sample {
            terraform: r#"resource "aws_secretsmanager_secret" "app" {
  name = "app"
}

resource "aws_db_proxy" "orders" {
  name = "orders"

  auth {
    auth_scheme = "SECRETS"
    iam_auth    = "REQUIRED"
    secret_arn  = aws_secretsmanager_secret.app.arn
  }
}

resource "aws_db_proxy" "billing" {
  name = "billing"

  auth {
    auth_scheme = "SECRETS"
    iam_auth    = "REQUIRED"
    secret_arn  = aws_secretsmanager_secret.app.arn
  }
}
"#,
            cloudformation: r#"Resources:
  AppSecret:
    Type: AWS::SecretsManager::Secret
    Properties:
      Name: app
  Orders:
    Type: AWS::RDS::DBProxy
    Properties:
      DBProxyName: orders
      Auth:
        - AuthScheme: SECRETS
          IAMAuth: REQUIRED
          SecretArn: !Ref AppSecret
  Billing:
    Type: AWS::RDS::DBProxy
    Properties:
      DBProxyName: billing
      Auth:
        - AuthScheme: SECRETS
          IAMAuth: REQUIRED
          SecretArn: !Ref AppSecret
"#,
        },
        good: Sample {
            terraform: r#"resource "aws_secretsmanager_secret" "orders" {
  name = "orders-app"
}

resource "aws_secretsmanager_secret" "billing" {
  name = "billing-app"
}

resource "aws_db_proxy" "orders" {
  name = "orders"

  auth {
    auth_scheme = "SECRETS"
    iam_auth    = "REQUIRED"
    secret_arn  = aws_secretsmanager_secret.orders.arn
  }
}

resource "aws_db_proxy" "billing" {
  name = "billing"

  auth {
    auth_scheme = "SECRETS"
    iam_auth    = "REQUIRED"
    secret_arn  = aws_secretsmanager_secret.billing.arn
  }
}
"#,
            cloudformation: r#"Resources:
  OrdersSecret:
    Type: AWS::SecretsManager::Secret
    Properties:
      Name: orders-app
  BillingSecret:
    Type: AWS::SecretsManager::Secret
    Properties:
      Name: billing-app
  Orders:
    Type: AWS::RDS::DBProxy
    Properties:
      DBProxyName: orders
      Auth:
        - AuthScheme: SECRETS
          IAMAuth: REQUIRED
          SecretArn: !Ref OrdersSecret
  Billing:
    Type: AWS::RDS::DBProxy
    Properties:
      DBProxyName: billing
      Auth:
        - AuthScheme: SECRETS
          IAMAuth: REQUIRED
          SecretArn: !Ref BillingSecret
"#,
        },
    },
    check,
};

fn check(proxy: &Proxy, _: &Limits, verdicts: &mut Verdicts) {
    let secrets = walk::secrets(proxy, verdicts);
    for (entry, secret) in &secrets {
        shared(proxy, (entry, secret), verdicts);
    }
    if secrets.is_empty() {
        return walk::without_secrets(proxy, verdicts);
    }
    verdicts.pass(
        format!(
            "each of the {} secrets is used by one auth entry only, as far as was read",
            secrets.len()
        ),
        &proxy.auth,
    );
}

fn shared(proxy: &Proxy, (entry, secret): (&AuthEntry, &Secret), verdicts: &mut Verdicts) {
    for other in &entry.shared_with {
        let place = if other.proxy == proxy.address {
            format!("another auth entry of this proxy ({})", other.origin)
        } else {
            format!("the proxy {} ({})", other.proxy, other.origin)
        };
        verdicts.fail(
            format!(
                "the secret {} is also used by {place}",
                walk::secret_name(secret)
            ),
            entry.secret.origin().unwrap_or(&entry.origin),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{check, of, place, unresolved, without_secrets};
    use super::*;
    use crate::domain::evidence::Evidence;
    use crate::domain::finding::Verdict::{Fail, Pass, Undetermined};
    use crate::domain::posture::SecretUse;

    fn share(proxy: &mut Proxy, with: &str) {
        of(&mut proxy.auth)[0].shared_with = vec![SecretUse {
            proxy: with.into(),
            origin: place(),
        }];
    }

    #[test]
    fn names_who_else_uses_the_secret() {
        check(
            &RULE,
            &[
                (
                    |proxy| share(proxy, "aws_db_proxy.billing"),
                    Fail,
                    "orders_rw (user orders_rw) is also used by the proxy aws_db_proxy.billing",
                ),
                (
                    |proxy| share(proxy, "aws_db_proxy.orders"),
                    Fail,
                    "another auth entry of this proxy",
                ),
                (without_secrets, Pass, "no secrets"),
                (
                    |proxy| of(&mut proxy.auth)[1].secret = unresolved(),
                    Undetermined,
                    "var.x has no value",
                ),
                (
                    |proxy| proxy.auth = Evidence::NotVisible,
                    Undetermined,
                    "not in view",
                ),
            ],
        );
    }
}
