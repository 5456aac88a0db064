//! A service limit: the user that RDS Proxy creates for itself is not for applications.

use super::{Example, FaultShown, Rule, lookups, references};
use crate::domain::evidence::Evidence;
use crate::domain::finding::{Group, RuleInfo, Severity, Verdicts};
use crate::domain::limits::{Limits, names};
use crate::domain::links::RuleLinks;
use crate::domain::posture::Proxy;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "reserved-user",
        group: Group::Limit,
        severity: Severity::High,
        summary: "a secret holds the user that RDS Proxy reserves for itself",
        why: "RDS creates the database user `rdsproxyadmin` when a target is registered, and relies on it. It must not be created, changed, dropped or used by anyone else.",
        fix: "Create a database user of your own for the application and put that one into the secret.",
        references: &[references::PROXY, references::LIMITS],
        links: RuleLinks::NONE,
    },
    example: Example {
        seen: FaultShown::InCode,
        terraform: include_str!("samples/reserved-user.tf"),
        cloudformation: include_str!("samples/reserved-user.yaml"),
    },
    check,
};

fn check(proxy: &Proxy, _: &Limits, verdicts: &mut Verdicts) {
    let secrets = lookups::secrets(proxy, verdicts);
    for (entry, secret) in &secrets {
        let name = lookups::secret_name(secret);
        match &secret.username {
            Evidence::Stated(user, _) | Evidence::Defaulted(user) => {
                let origin = secret.username.origin().unwrap_or(&entry.origin);
                lookups::refuse(names::database_user(user), origin, verdicts);
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
        return lookups::without_secrets(proxy, verdicts);
    }
    verdicts.pass("no secret holds the user rdsproxyadmin", &proxy.auth);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::fixtures::{
        check, fails, passes, stated, stays_open, value_mut, without_secrets,
    };

    fn user(proxy: &mut Proxy, user: Evidence<String>) {
        value_mut(&mut value_mut(&mut proxy.auth)[0].secret).username = user;
    }

    #[test]
    fn refuses_the_proxys_own_user() {
        check(
            &RULE,
            &[
                fails(
                    |proxy| user(proxy, stated("rdsproxyadmin".into())),
                    "the user `rdsproxyadmin` is reserved",
                ),
                stays_open(|proxy| user(proxy, Evidence::NotVisible), "is not in view"),
                passes(without_secrets, "no secrets"),
            ],
        );
    }
}
