//! A limit of the service: how many secrets one proxy can hold.

use super::{Example, Rule, Sample, Seen, pages, walk};
use crate::domain::finding::{Group, RuleInfo, Severity, Verdicts};
use crate::domain::limits::Limits;
use crate::domain::posture::Proxy;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "too-many-secrets",
        group: Group::Limit,
        severity: Severity::High,
        summary: "the proxy has more secrets than one proxy can hold",
        why: "A proxy can hold 200 secrets, and so serve 200 database users that log in through secrets. A policy may allow fewer.",
        fix: "Split the users over several proxies, or use end-to-end IAM authentication, which needs no secrets.",
        references: &[pages::LIMITS, pages::CREATE_PROXY],
    },
    example: Example {
        seen: Seen::InPart,
        bad: Sample {
            terraform: r#"resource "aws_db_proxy" "orders" {
  name = "orders"

  dynamic "auth" {
    for_each = range(201)

    content {
      auth_scheme = "SECRETS"
      iam_auth    = "REQUIRED"
      secret_arn  = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:user-${auth.value}"
    }
  }
}
"#,
            cloudformation: r#"Resources:
  Orders:
    Type: AWS::RDS::DBProxy
    Properties:
      DBProxyName: orders
      Auth:
        - AuthScheme: SECRETS
          IAMAuth: REQUIRED
          SecretArn: arn:aws:secretsmanager:eu-west-1:123456789012:secret:user-1
        # and 200 more
"#,
        },
        good: Sample {
            terraform: r#"resource "aws_db_proxy" "orders" {
  name = "orders"

  dynamic "auth" {
    for_each = range(20)

    content {
      auth_scheme = "SECRETS"
      iam_auth    = "REQUIRED"
      secret_arn  = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:user-${auth.value}"
    }
  }
}
"#,
            cloudformation: r#"Resources:
  Orders:
    Type: AWS::RDS::DBProxy
    Properties:
      DBProxyName: orders
      Auth:
        - AuthScheme: SECRETS
          IAMAuth: REQUIRED
          SecretArn: arn:aws:secretsmanager:eu-west-1:123456789012:secret:user-1
"#,
        },
    },
    check,
};

fn check(proxy: &Proxy, limits: &Limits, verdicts: &mut Verdicts) {
    let Some(entries) = walk::known("the list of auth entries", &proxy.auth, verdicts) else {
        return;
    };
    let origin = proxy.auth.origin().unwrap_or(&proxy.origin);
    walk::refuse(limits.secret_count(entries.len()), origin, verdicts);
    verdicts.pass(
        format!(
            "the proxy has {} of at most {} secrets",
            entries.len(),
            limits.secrets
        ),
        &proxy.auth,
    );
}

#[cfg(test)]
mod tests {
    use super::super::samples::{auth_entry, check, of, unresolved};
    use super::*;
    use crate::domain::finding::Verdict::{Fail, Pass, Undetermined};

    fn add(proxy: &mut Proxy, count: usize) {
        of(&mut proxy.auth).extend((0..count).map(|number| auth_entry(&format!("user-{number}"))));
    }

    #[test]
    fn counts_the_entries() {
        check(
            &RULE,
            &[
                (|proxy| add(proxy, 198), Pass, "200 of at most 200"),
                (
                    |proxy| add(proxy, 199),
                    Fail,
                    "201 secrets are more than the 200",
                ),
                (
                    |proxy| proxy.auth = unresolved(),
                    Undetermined,
                    "list of auth entries",
                ),
            ],
        );
    }
}
