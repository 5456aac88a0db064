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
        Fault::Unknown(reason) => {
            // An action that is not known is not named: the reason says why.
            let what = match action.unknown() {
                Some(_) => format!("what else the role {} is allowed", role.identity),
                None => format!("how far {action} of the role {} reaches", role.identity),
            };
            verdicts.undetermined(
                format!("{what} cannot be told: {reason}"),
                Some(&statement.origin),
            );
        }
    }
}

#[cfg(test)]
mod tests;
