//! Mission rule 3: the proxy must not authenticate as the database's master user.

use super::{Example, FaultShown, Rule, lookups, references};
use crate::domain::evidence::Evidence;
use crate::domain::finding::{Group, RuleInfo, Severity, Verdicts};
use crate::domain::limits::Limits;
use crate::domain::links::{PathTopic, RuleLinks, about};
use crate::domain::posture::{AuthEntry, Proxy, Secret};

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "secret-is-master-user",
        group: Group::Mission(3),
        severity: Severity::High,
        summary: "the proxy logs in with the secret of the database's master user",
        why: "The master user may create, change and drop everything in the database, so every consumer of the proxy can do so too. \
              A secret that RDS manages for the master user is also replaced by RDS on its own schedule and deleted with the database.",
        fix: "Create a database user with only the grants that the application needs, put it into a secret of its own and name that secret in the auth entry.",
        references: &[references::SECRETS, references::MANAGED_PASSWORD],
        links: RuleLinks {
            facts: &[about("auth")],
            topic: Some(PathTopic::Secrets),
            ..RuleLinks::NONE
        },
    },
    example: Example {
        seen: FaultShown::InCode,
        terraform: include_str!("samples/secret-is-master-user.tf"),
        cloudformation: include_str!("samples/secret-is-master-user.yaml"),
    },
    check,
};

fn check(proxy: &Proxy, _: &Limits, verdicts: &mut Verdicts) {
    let secrets = lookups::secrets(proxy, verdicts);
    for (entry, secret) in &secrets {
        master(entry, secret, verdicts);
    }
    if secrets.is_empty() {
        return lookups::without_secrets(proxy, verdicts);
    }
    verdicts.pass("no secret is the master user's", &proxy.auth);
}

fn master(entry: &AuthEntry, secret: &Secret, verdicts: &mut Verdicts) {
    let name = lookups::secret_name(secret);
    match &secret.is_master {
        Evidence::Stated(false, _) | Evidence::Defaulted(false) => {}
        Evidence::Stated(true, _) | Evidence::Defaulted(true) => verdicts.fail(
            format!("the secret {name} is the master user's: every consumer gets the rights of the master user"),
            entry.secret.origin().unwrap_or(&entry.origin),
        ),
        Evidence::Unresolved(..) | Evidence::NotVisible => verdicts.unknown(
            &format!("whether the secret {name} is the master user's"),
            &secret.is_master,
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::fixtures::{
        check, fails, passes, stated, stays_open, value_mut, without_secrets,
    };

    fn secret(proxy: &mut Proxy) -> &mut Secret {
        value_mut(&mut value_mut(&mut proxy.auth)[0].secret)
    }

    #[test]
    fn finds_the_master_user() {
        check(
            &RULE,
            &[
                fails(
                    |proxy| secret(proxy).is_master = stated(true),
                    "the secret orders_rw (user orders_rw) is the master user's",
                ),
                stays_open(
                    |proxy| secret(proxy).is_master = Evidence::NotVisible,
                    "not in view",
                ),
                passes(without_secrets, "no secrets"),
            ],
        );
    }
}
