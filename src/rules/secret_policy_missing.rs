//! Mission rule 3: a secret should have a resource policy of its own.

use super::{Example, FaultShown, Rule, lookups, references};
use crate::domain::evidence::Evidence;
use crate::domain::finding::{Group, RuleInfo, Severity, Verdicts};
use crate::domain::limits::Limits;
use crate::domain::links::{PathTopic, RuleLinks, about};
use crate::domain::posture::{Proxy, Secret};

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "secret-policy-missing",
        group: Group::Mission(3),
        severity: Severity::Medium,
        summary: "a secret has no resource policy",
        why: "RDS Proxy does not need a resource policy on the secret: it assumes a role, and that role's permissions let it read. The policy is defence in depth. \
              It says at the secret itself who is meant to read it, it can refuse requests without TLS, and with a Deny it can lock out everybody else \
              whom some identity policy in the account lets read secrets.",
        fix: "Attach a resource policy that allows `secretsmanager:GetSecretValue` to the proxy's role, denies requests without TLS, and blocks public policies. \
              A Deny for all other readers must leave out whoever rotates and deploys the secret.",
        references: &[references::SECRET_POLICY, references::IAM_SETUP],
        links: RuleLinks {
            facts: &[about("auth")],
            topic: Some(PathTopic::Secrets),
            ..RuleLinks::NONE
        },
    },
    example: Example {
        seen: FaultShown::InCode,
        terraform: include_str!("samples/secret-policy-missing.tf"),
        cloudformation: include_str!("samples/secret-policy-missing.yaml"),
    },
    check,
};

fn check(proxy: &Proxy, _: &Limits, verdicts: &mut Verdicts) {
    let secrets = lookups::secrets(proxy, verdicts);
    for (_, secret) in &secrets {
        missing(secret, verdicts);
    }
    if secrets.is_empty() {
        return lookups::without_secrets(proxy, verdicts);
    }
    verdicts.pass("each secret has a resource policy", &proxy.auth);
}

fn missing(secret: &Secret, verdicts: &mut Verdicts) {
    let name = lookups::secret_name(secret);
    match &secret.policy {
        Evidence::Stated(Some(_), _) | Evidence::Defaulted(Some(_)) => {}
        Evidence::Stated(None, _) | Evidence::Defaulted(None) if !secret.further_policies.is_empty() => {
            for further in &secret.further_policies {
                verdicts.unknown(&format!("whether the secret {name} has a resource policy"), further);
            }
        }
        Evidence::Stated(None, _) | Evidence::Defaulted(None) => verdicts.fail(
            format!("the secret {name} has no resource policy (AWS does not need one: it is a second lock)"),
            &secret.origin,
        ),
        Evidence::Unresolved(..) | Evidence::NotVisible => verdicts.unknown(
            &format!("whether the secret {name} has a resource policy (`aws secretsmanager get-resource-policy` tells)"),
            &secret.policy,
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::fixtures::{
        check, fails, passes, stated, stays_open, unresolved, value_mut, without_secrets,
    };

    fn secret(proxy: &mut Proxy) -> &mut Secret {
        value_mut(&mut value_mut(&mut proxy.auth)[0].secret)
    }

    #[test]
    fn tells_none_from_unknown() {
        check(
            &RULE,
            &[
                fails(
                    |proxy| secret(proxy).policy = stated(None),
                    "has no resource policy",
                ),
                fails(
                    |proxy| secret(proxy).policy = Evidence::Defaulted(None),
                    "has no resource policy",
                ),
                stays_open(
                    |proxy| secret(proxy).policy = Evidence::NotVisible,
                    "get-resource-policy",
                ),
                stays_open(
                    |proxy| secret(proxy).policy = unresolved(),
                    "var.x has no value",
                ),
                passes(without_secrets, "no secrets"),
            ],
        );
    }
}
