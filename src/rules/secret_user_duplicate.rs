//! A service limit: the proxy selects a secret by the database user that it holds.

use std::collections::BTreeMap;

use super::{Example, FaultShown, Rule, lookups, references};
use crate::domain::finding::{Group, RuleInfo, Severity, Verdicts};
use crate::domain::limits::Limits;
use crate::domain::links::{RuleLinks, about};
use crate::domain::posture::{AuthEntry, Proxy, Secret};

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "secret-user-duplicate",
        group: Group::Limit,
        severity: Severity::High,
        summary: "two secrets of the proxy hold the same database user",
        why: "The proxy looks for the secret whose `username` is the user that a client asks for. When two secrets of one proxy hold the same user, \
              which of them it takes is documented nowhere.",
        fix: "Keep one secret for each database user of the proxy.",
        references: &[references::SECRETS],
        links: RuleLinks {
            facts: &[about("auth")],
            ..RuleLinks::NONE
        },
    },
    example: Example {
        seen: FaultShown::InCode,
        terraform: include_str!("samples/secret-user-duplicate.tf"),
        cloudformation: include_str!("samples/secret-user-duplicate.yaml"),
    },
    check,
};

fn check(proxy: &Proxy, _: &Limits, verdicts: &mut Verdicts) {
    let secrets = lookups::secrets(proxy, verdicts);
    let known = secrets.iter().filter_map(|(entry, secret)| {
        let user = secret.username.value()?;
        Some((user.as_str(), (*entry, *secret)))
    });
    let mut holders: BTreeMap<&str, Vec<(&AuthEntry, &Secret)>> = BTreeMap::new();
    for (user, holder) in known {
        holders.entry(user).or_default().push(holder);
    }
    for (user, holders) in &holders {
        duplicate(user, holders, verdicts);
    }
    match secrets.as_slice() {
        [] => lookups::without_secrets(proxy, verdicts),
        [_] => verdicts.pass("the proxy has one secret", &proxy.auth),
        many => several(proxy, many, verdicts),
    }
}

fn duplicate(user: &str, holders: &[(&AuthEntry, &Secret)], verdicts: &mut Verdicts) {
    let Some(((_, first), others)) = holders.split_first() else {
        return;
    };
    for (entry, secret) in others {
        verdicts.fail(
            format!(
                "the secrets {} and {} both hold the user {user}",
                first.identity, secret.identity
            ),
            &entry.origin,
        );
    }
}

/// Checks several secrets for duplicate users; a single secret cannot have a duplicate.
fn several(proxy: &Proxy, secrets: &[(&AuthEntry, &Secret)], verdicts: &mut Verdicts) {
    for (_, secret) in secrets {
        let what = format!(
            "the database user of the secret {}",
            lookups::secret_name(secret)
        );
        lookups::known(&what, &secret.username, verdicts);
    }
    verdicts.pass(
        format!(
            "the {} secrets of the proxy hold different users",
            secrets.len()
        ),
        &proxy.auth,
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::evidence::Evidence;
    use crate::rules::fixtures::{check, fails, passes, stated, stays_open, value_mut};

    fn user(proxy: &mut Proxy, user: Evidence<String>) {
        value_mut(&mut value_mut(&mut proxy.auth)[1].secret).username = user;
    }

    #[test]
    fn compares_the_users() {
        check(
            &RULE,
            &[
                fails(
                    |proxy| user(proxy, stated("orders_rw".into())),
                    "both hold the user orders_rw",
                ),
                passes(
                    |proxy| user(proxy, stated("ORDERS_RW".into())),
                    "different users",
                ),
                stays_open(
                    |proxy| user(proxy, Evidence::NotVisible),
                    "the database user of the secret orders_ro",
                ),
                passes(
                    |proxy| {
                        user(proxy, Evidence::NotVisible);
                        value_mut(&mut proxy.auth).remove(0);
                    },
                    "one secret",
                ),
            ],
        );
    }
}
