//! Beyond the six: a password must stand in no file and in no state.

use super::{Example, Rule, Sample, Seen, pages, walk};
use crate::domain::evidence::Evidence;
use crate::domain::finding::{Group, RuleInfo, Severity, Verdicts};
use crate::domain::limits::Limits;
use crate::domain::posture::{PasswordSource, Proxy, Secret};

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "password-in-plaintext",
        group: Group::Beyond,
        severity: Severity::High,
        summary: "a database password stands in the code or in the Terraform state",
        why: "Code and state are read by more people and machines than the secret is, and are kept in histories and backups that outlive the password. \
              In Terraform, `secret_string` and the `random_password` resource store the value in the state in clear.",
        fix: "In Terraform (1.11 or later), set the value with the write-only argument `secret_string_wo`, from an ephemeral random password. \
              In CloudFormation, use `GenerateSecretString`. Then change the password that was exposed.",
        references: &[pages::WRITE_ONLY, pages::GENERATED_SECRET],
    },
    example: Example {
        seen: Seen::InCode,
        bad: Sample {
            terraform: r#"resource "aws_secretsmanager_secret" "orders" {
  name = "orders-app"
}

resource "aws_secretsmanager_secret_version" "orders" {
  secret_id     = aws_secretsmanager_secret.orders.id
  secret_string = jsonencode({ username = "orders_rw", password = "correct-horse" })
}

resource "aws_db_proxy" "orders" {
  name = "orders"

  auth {
    auth_scheme = "SECRETS"
    iam_auth    = "REQUIRED"
    secret_arn  = aws_secretsmanager_secret.orders.arn
  }
}
"#,
            cloudformation: r#"Resources:
  OrdersSecret:
    Type: AWS::SecretsManager::Secret
    Properties:
      SecretString: '{"username": "orders_rw", "password": "correct-horse"}'
  Orders:
    Type: AWS::RDS::DBProxy
    Properties:
      DBProxyName: orders
      Auth:
        - AuthScheme: SECRETS
          IAMAuth: REQUIRED
          SecretArn: !Ref OrdersSecret
"#,
        },
        good: Sample {
            terraform: r#"ephemeral "aws_secretsmanager_random_password" "orders" {
  password_length     = 40
  exclude_punctuation = true
}

resource "aws_secretsmanager_secret" "orders" {
  name = "orders-app"
}

resource "aws_secretsmanager_secret_version" "orders" {
  secret_id                = aws_secretsmanager_secret.orders.id
  secret_string_wo_version = 1

  secret_string_wo = jsonencode({
    username = "orders_rw"
    password = ephemeral.aws_secretsmanager_random_password.orders.random_password
  })
}

resource "aws_db_proxy" "orders" {
  name = "orders"

  auth {
    auth_scheme = "SECRETS"
    iam_auth    = "REQUIRED"
    secret_arn  = aws_secretsmanager_secret.orders.arn
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
        PasswordLength: 40
        ExcludePunctuation: true
  Orders:
    Type: AWS::RDS::DBProxy
    Properties:
      DBProxyName: orders
      Auth:
        - AuthScheme: SECRETS
          IAMAuth: REQUIRED
          SecretArn: !Ref OrdersSecret
"#,
        },
    },
    check,
};

fn check(proxy: &Proxy, _: &Limits, verdicts: &mut Verdicts) {
    if proxy.is_live {
        return verdicts.not_applicable("an account shows no code in which a password could stand");
    }
    let secrets = walk::secrets(proxy, verdicts);
    for (_, secret) in &secrets {
        judge(secret, verdicts);
    }
    if secrets.is_empty() {
        return walk::without_secrets(proxy, verdicts);
    }
    verdicts.pass(
        "no password of the proxy's secrets stands in code or state",
        &proxy.auth,
    );
}

fn judge(secret: &Secret, verdicts: &mut Verdicts) {
    let name = walk::secret_name(secret);
    let origin = secret.password.origin().unwrap_or(&secret.origin);
    match &secret.password {
        Evidence::Stated(source, _) | Evidence::Defaulted(source) => match source {
            PasswordSource::Generated | PasswordSource::ManagedByRds => {}
            PasswordSource::InState => verdicts.fail(
                format!(
                    "the password of the secret {name} is kept in the Terraform state in clear"
                ),
                origin,
            ),
            PasswordSource::Plaintext => verdicts.fail(
                format!("the password of the secret {name} is written in the code"),
                origin,
            ),
        },
        Evidence::Unresolved(..) | Evidence::NotVisible => verdicts.unknown(
            &format!("how the password of the secret {name} comes to be"),
            &secret.password,
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{check, of, stated, without_secrets};
    use super::*;
    use crate::domain::finding::Verdict::{Fail, Pass, Undetermined};

    fn set(proxy: &mut Proxy, password: Evidence<PasswordSource>) {
        of(&mut of(&mut proxy.auth)[0].secret).password = password;
    }

    #[test]
    fn tells_where_the_password_stands() {
        check(
            &RULE,
            &[
                (
                    |proxy| set(proxy, stated(PasswordSource::Plaintext)),
                    Fail,
                    "is written in the code",
                ),
                (
                    |proxy| {
                        proxy.is_live = true;
                        set(proxy, Evidence::NotVisible);
                    },
                    Pass,
                    "no code in which a password could stand",
                ),
                (
                    |proxy| set(proxy, stated(PasswordSource::InState)),
                    Fail,
                    "in the Terraform state",
                ),
                (
                    |proxy| set(proxy, stated(PasswordSource::ManagedByRds)),
                    Pass,
                    "no password",
                ),
                (
                    |proxy| set(proxy, Evidence::NotVisible),
                    Undetermined,
                    "how the password of the secret orders_rw",
                ),
                (without_secrets, Pass, "no secrets"),
            ],
        );
    }
}
