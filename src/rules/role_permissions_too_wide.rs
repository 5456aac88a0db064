//! Beyond the six: the proxy's role may read this proxy's secrets, decrypt with their key, and nothing else.

use super::scope::{Fault, Ground};
use super::{Example, Rule, Sample, Seen, pages, walk};
use crate::domain::finding::{Group, RuleInfo, Severity, Verdicts};
use crate::domain::iam::{Effect, Scope, Statement};
use crate::domain::limits::Limits;
use crate::domain::posture::{Proxy, Role};
use crate::domain::term::Term;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "role-permissions-too-wide",
        group: Group::Beyond,
        severity: Severity::High,
        summary: "the proxy's role may do more than the proxy needs",
        why: "A proxy needs to read its own secrets and to decrypt them; under end-to-end IAM it needs to connect to its own database. \
              Everything beyond that is lost with the role, and whoever may change the proxy can point it at any secret that the role can read.",
        fix: "Allow `secretsmanager:GetSecretValue` on the full ARNs of this proxy's secrets, and `kms:Decrypt` on the ARN of their key with `kms:ViaService` set to Secrets Manager (only for a customer-managed key). \
              Under end-to-end IAM allow `rds-db:connect` on the database's resource id and each user. Remove the rest, managed policies included.",
        references: &[pages::IAM_SETUP, pages::SECRET_KEY],
    },
    example: Example {
        seen: Seen::InCode,
        bad: Sample {
            terraform: r#"resource "aws_db_proxy" "orders" {
  name     = "orders"
  role_arn = aws_iam_role.proxy.arn

  auth {
    auth_scheme = "SECRETS"
    iam_auth    = "REQUIRED"
    secret_arn  = aws_secretsmanager_secret.orders.arn
  }
}

resource "aws_secretsmanager_secret" "orders" {
  name = "orders-app"
}

resource "aws_iam_role" "proxy" {
  name               = "orders-proxy"
  assume_role_policy = "{}"
}

resource "aws_iam_role_policy" "proxy" {
  role = aws_iam_role.proxy.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "secretsmanager:GetSecretValue"
      Resource = "*"
    }]
  })
}
"#,
            cloudformation: r#"Resources:
  Orders:
    Type: AWS::RDS::DBProxy
    Properties:
      DBProxyName: orders
      RoleArn: !GetAtt ProxyRole.Arn
      Auth:
        - AuthScheme: SECRETS
          IAMAuth: REQUIRED
          SecretArn: !Ref OrdersSecret
  OrdersSecret:
    Type: AWS::SecretsManager::Secret
    Properties:
      Name: orders-app
  ProxyRole:
    Type: AWS::IAM::Role
    Properties:
      Policies:
        - PolicyName: read-secrets
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: secretsmanager:GetSecretValue
                Resource: "*"
"#,
        },
        good: Sample {
            terraform: r#"resource "aws_db_proxy" "orders" {
  name     = "orders"
  role_arn = aws_iam_role.proxy.arn

  auth {
    auth_scheme = "SECRETS"
    iam_auth    = "REQUIRED"
    secret_arn  = aws_secretsmanager_secret.orders.arn
  }
}

resource "aws_secretsmanager_secret" "orders" {
  name = "orders-app"
}

resource "aws_iam_role" "proxy" {
  name               = "orders-proxy"
  assume_role_policy = "{}"
}

resource "aws_iam_role_policy" "proxy" {
  role = aws_iam_role.proxy.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "secretsmanager:GetSecretValue"
      Resource = aws_secretsmanager_secret.orders.arn
    }]
  })
}
"#,
            cloudformation: r#"Resources:
  Orders:
    Type: AWS::RDS::DBProxy
    Properties:
      DBProxyName: orders
      RoleArn: !GetAtt ProxyRole.Arn
      Auth:
        - AuthScheme: SECRETS
          IAMAuth: REQUIRED
          SecretArn: !Ref OrdersSecret
  OrdersSecret:
    Type: AWS::SecretsManager::Secret
    Properties:
      Name: orders-app
  ProxyRole:
    Type: AWS::IAM::Role
    Properties:
      Policies:
        - PolicyName: read-secrets
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: secretsmanager:GetSecretValue
                Resource: !Ref OrdersSecret
"#,
        },
    },
    check,
};

fn check(proxy: &Proxy, _: &Limits, verdicts: &mut Verdicts) {
    let Some(role) = walk::known("the role of the proxy", &proxy.role, verdicts) else {
        return;
    };
    let Some(policies) = walk::known(
        "the list of policies of the proxy's role",
        &role.policies,
        verdicts,
    ) else {
        return;
    };
    let ground = Ground::of(proxy);
    let statements = policies.iter().flat_map(|policy| &policy.statements);
    for statement in statements.filter(|statement| statement.effect == Effect::Allow) {
        judge(role, (&ground, statement), verdicts);
    }
    verdicts.pass(
        format!("the role {} may read and decrypt this proxy's secrets, or connect to its database, and nothing else", role.identity),
        &role.policies,
    );
}

fn judge(role: &Role, (ground, statement): (&Ground, &Statement), verdicts: &mut Verdicts) {
    let (Scope::Only(actions), Scope::Only(resources)) = (&statement.actions, &statement.resources)
    else {
        return verdicts.fail(
            format!("the role {} is allowed everything that a NotAction or NotResource does not leave out", role.identity),
            &statement.origin,
        );
    };
    for action in actions {
        for fault in ground.faults(action, (resources, &statement.conditions)) {
            say(role, (statement, action, fault), verdicts);
        }
    }
}

fn say(
    role: &Role,
    (statement, action, fault): (&Statement, &Term, Fault),
    verdicts: &mut Verdicts,
) {
    match fault {
        Fault::Wide(what) => verdicts.fail(
            format!("the role {} is allowed {action}: {what}", role.identity),
            &statement.origin,
        ),
        Fault::Unknown(reason) => verdicts.undetermined(
            format!(
                "how far {action} of the role {} reaches cannot be told: {reason}",
                role.identity
            ),
            Some(&statement.origin),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{check, condition, of, read_secret, stated, without_secrets};
    use super::*;
    use crate::domain::evidence::Evidence;
    use crate::domain::finding::Verdict::{Fail, Pass, Undetermined};
    use crate::domain::posture::{Identity, SecretKey};
    use crate::domain::term::Part;

    fn allow<'a>(proxy: &'a mut Proxy, action: &str, resource: &str) -> &'a mut Statement {
        let policies = of(&mut of(&mut proxy.role).policies);
        policies[0].statements.push(Statement {
            actions: Scope::Only(vec![Term::text(action)]),
            resources: Scope::Only(vec![Term::text(resource)]),
            ..read_secret()
        });
        policies[0].statements.last_mut().unwrap()
    }

    fn read(proxy: &mut Proxy, resource: &str) {
        allow(proxy, "secretsmanager:GetSecretValue", resource);
    }

    #[test]
    fn reads_its_own_secrets_only() {
        check(
            &RULE,
            &[
                (|proxy| read(proxy, "*"), Fail, "on *: a wildcard"),
                (
                    |proxy| {
                        read(
                            proxy,
                            "arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders_rw-*",
                        )
                    },
                    Fail,
                    "a wildcard",
                ),
                (
                    |proxy| {
                        read(
                            proxy,
                            "arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders_rw-??????",
                        )
                    },
                    Pass,
                    "nothing else",
                ),
                (
                    |proxy| {
                        read(
                            proxy,
                            "arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders_rw-AbCdEf",
                        )
                    },
                    Pass,
                    "nothing else",
                ),
                (
                    |proxy| {
                        read(
                            proxy,
                            "arn:aws:secretsmanager:eu-west-1:123456789012:secret:billing-AbCdEf",
                        )
                    },
                    Fail,
                    "a secret that this proxy does not use",
                ),
                (
                    |proxy| {
                        read(
                            proxy,
                            "arn:aws:secretsmanager:us-east-1:123456789012:secret:orders_rw-AbCdEf",
                        )
                    },
                    Fail,
                    "a secret that this proxy does not use",
                ),
                (
                    |proxy| {
                        allow(proxy, "secretsmanager:*", "x");
                    },
                    Fail,
                    "the proxy has no use for it",
                ),
                (
                    |proxy| {
                        allow(proxy, "s3:GetObject", "*");
                    },
                    Fail,
                    "the proxy has no use for it",
                ),
                (
                    |proxy| allow(proxy, "s3:GetObject", "*").effect = Effect::Deny,
                    Pass,
                    "nothing else",
                ),
                (
                    |proxy| allow(proxy, "x", "*").actions = Scope::AllBut(vec![]),
                    Fail,
                    "NotAction",
                ),
                (
                    |proxy| {
                        allow(proxy, "x", "*").actions =
                            Scope::Only(vec![Term(vec![Part::Unknown("var.x".into())])])
                    },
                    Undetermined,
                    "var.x",
                ),
                (
                    |proxy| of(&mut proxy.role).policies = Evidence::NotVisible,
                    Undetermined,
                    "policies of the proxy's role is not in view",
                ),
            ],
        );
    }

    #[test]
    fn a_secret_out_of_view_may_be_the_one() {
        check(
            &RULE,
            &[(
                |proxy| {
                    proxy.auth = Evidence::NotVisible;
                    read(
                        proxy,
                        "arn:aws:secretsmanager:eu-west-1:123456789012:secret:billing-AbCdEf",
                    );
                },
                Undetermined,
                "secrets of this proxy are not all known",
            )],
        );
    }

    #[test]
    fn decrypts_with_its_own_key_through_secrets_manager() {
        const KEY: &str = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd";
        check(
            &RULE,
            &[
                (
                    |proxy| {
                        allow(proxy, "kms:Decrypt", KEY);
                    },
                    Fail,
                    "without kms:ViaService",
                ),
                (
                    |proxy| {
                        allow(proxy, "kms:Decrypt", KEY).conditions = vec![condition(
                            "StringEquals",
                            "kms:ViaService",
                            Term::text("secretsmanager.eu-west-1.amazonaws.com"),
                        )]
                    },
                    Pass,
                    "nothing else",
                ),
                (
                    |proxy| {
                        allow(proxy, "kms:Decrypt", "*").conditions = vec![condition(
                            "StringEquals",
                            "kms:ViaService",
                            Term::text("secretsmanager.eu-west-1.amazonaws.com"),
                        )]
                    },
                    Fail,
                    "a wildcard",
                ),
                (
                    |proxy| {
                        allow(
                            proxy,
                            "kms:Decrypt",
                            "arn:aws:kms:eu-west-1:123456789012:key/other",
                        )
                        .conditions = vec![condition(
                            "StringEquals",
                            "kms:ViaService",
                            Term::text("secretsmanager.eu-west-1.amazonaws.com"),
                        )]
                    },
                    Fail,
                    "a key that does not encrypt",
                ),
                (
                    |proxy| {
                        of(&mut of(&mut proxy.auth)[0].secret).key = stated(SecretKey::Customer(
                            Identity::Created("aws_kms_key.x".into()),
                        ));
                        let conditions = vec![condition(
                            "StringEquals",
                            "kms:ViaService",
                            Term::text("secretsmanager.eu-west-1.amazonaws.com"),
                        )];
                        allow(
                            proxy,
                            "kms:Decrypt",
                            "arn:aws:kms:eu-west-1:123456789012:key/other",
                        )
                        .conditions = conditions;
                    },
                    Undetermined,
                    "keys of this proxy's secrets are not all known",
                ),
            ],
        );
    }

    #[test]
    fn connects_only_under_end_to_end_iam() {
        check(
            &RULE,
            &[
                (without_secrets, Pass, "nothing else"),
                (
                    |proxy| {
                        allow(proxy, "rds-db:connect", "*");
                    },
                    Fail,
                    "only end-to-end IAM needs it",
                ),
                (
                    |proxy| {
                        without_secrets(proxy);
                        allow(
                            proxy,
                            "rds-db:connect",
                            "arn:aws:rds-db:eu-west-1:123456789012:dbuser:db-ABCDEFGHIJKLMNOPQRSTUVWXYZ/*",
                        );
                    },
                    Fail,
                    "more than one user",
                ),
                (
                    |proxy| {
                        without_secrets(proxy);
                        allow(
                            proxy,
                            "rds-db:connect",
                            "arn:aws:rds-db:eu-west-1:123456789012:dbuser:db-OTHER/app",
                        );
                    },
                    Fail,
                    "another database",
                ),
            ],
        );
    }
}
