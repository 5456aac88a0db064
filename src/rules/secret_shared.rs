//! Mission rule 3: one secret per database user, used by one auth entry.

use super::{Example, FaultShown, Rule, lookups, references};
use crate::domain::finding::{Group, RuleInfo, Severity, Verdicts};
use crate::domain::limits::Limits;
use crate::domain::links::{PathTopic, RuleLinks, about};
use crate::domain::posture::{AuthEntry, Proxy};

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
        references: &[references::SECRETS, references::IAM_SETUP],
        links: RuleLinks {
            facts: &[about("auth")],
            topic: Some(PathTopic::Secrets),
            ..RuleLinks::NONE
        },
    },
    example: Example {
        seen: FaultShown::InCode,
        terraform: include_str!("samples/secret-shared.tf"),
        cloudformation: include_str!("samples/secret-shared.yaml"),
    },
    check,
};

fn check(proxy: &Proxy, _: &Limits, verdicts: &mut Verdicts) {
    let Some(entries) = lookups::known("the list of auth entries", &proxy.auth, verdicts) else {
        return;
    };
    for (index, entry) in entries.iter().enumerate() {
        if entry.shared_with.is_empty() {
            // A single secret cannot be shared within the proxy, even if it is unknown.
            if !entry.alone {
                lookups::known("the secret of an auth entry", &entry.secret, verdicts);
            }
        } else if !is_told(proxy, &entries[..index], entry) {
            shared(proxy, entry, verdicts);
        }
    }
    match entries.as_slice() {
        [] => lookups::without_secrets(proxy, verdicts),
        [only] if only.alone => verdicts.pass(
            "the proxy has one secret, and no other proxy was read",
            &proxy.auth,
        ),
        _ => verdicts.pass(
            format!(
                "each of the {} secrets is used by one auth entry only, as far as was read",
                entries.len()
            ),
            &proxy.auth,
        ),
    }
}

/// True if the finding of an earlier entry names this one.
fn is_told(proxy: &Proxy, before: &[AuthEntry], entry: &AuthEntry) -> bool {
    let others = &entry.shared_with;
    let mut own = others.iter().filter(|other| other.proxy == proxy.address);
    own.any(|other| before.iter().any(|entry| entry.origin == other.origin))
}

fn shared(proxy: &Proxy, entry: &AuthEntry, verdicts: &mut Verdicts) {
    let places = entry.shared_with.iter().map(|other| {
        if other.proxy == proxy.address {
            format!("another auth entry of this proxy ({})", other.origin)
        } else {
            format!("the proxy {} ({})", other.proxy, other.origin)
        }
    });
    let places: Vec<String> = places.collect();
    let secret = entry.secret.value().map(lookups::secret_name);
    let secret = secret.map_or(
        "the secret of an auth entry, whichever it is,".to_owned(),
        |name| format!("the secret {name}"),
    );
    verdicts.fail(
        format!("{secret} is also used by {}", places.join(" and ")),
        entry.secret.origin().unwrap_or(&entry.origin),
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::evidence::{Evidence, Origin};
    use crate::domain::posture::SecretUse;
    use crate::rules::fixtures::{
        check, fails, hardened, passes, place, stays_open, unresolved, value_mut, without_secrets,
    };

    fn share(proxy: &mut Proxy, with: &str) {
        value_mut(&mut proxy.auth)[0].shared_with = vec![SecretUse {
            proxy: with.into(),
            origin: place(),
        }];
    }

    #[test]
    fn names_who_else_uses_the_secret() {
        check(
            &RULE,
            &[
                fails(
                    |proxy| share(proxy, "aws_db_proxy.billing"),
                    "orders_rw (user orders_rw) is also used by the proxy aws_db_proxy.billing",
                ),
                fails(
                    |proxy| share(proxy, "aws_db_proxy.orders"),
                    "another auth entry of this proxy",
                ),
                fails(
                    |proxy| {
                        share(proxy, "aws_db_proxy.billing");
                        value_mut(&mut proxy.auth)[0].secret = unresolved();
                    },
                    "the secret of an auth entry, whichever it is, is also used by the proxy aws_db_proxy.billing",
                ),
                passes(
                    |proxy| {
                        value_mut(&mut proxy.auth).pop();
                        value_mut(&mut proxy.auth)[0].secret = unresolved();
                        value_mut(&mut proxy.auth)[0].alone = true;
                    },
                    "no other proxy was read",
                ),
                passes(without_secrets, "no secrets"),
                stays_open(
                    |proxy| value_mut(&mut proxy.auth)[1].secret = unresolved(),
                    "var.x has no value",
                ),
                stays_open(|proxy| proxy.auth = Evidence::NotVisible, "not in view"),
            ],
        );
    }

    #[test]
    fn two_entries_with_one_secret_are_one_finding() {
        let mut proxy = hardened();
        let address = proxy.address.clone();
        let entries = value_mut(&mut proxy.auth);
        let origins = [Origin::at("a.tf", 1, 1), Origin::at("a.tf", 5, 1)];
        for (index, entry) in entries.iter_mut().enumerate() {
            entry.origin = origins[index].clone();
            entry.shared_with = vec![SecretUse {
                proxy: address.clone(),
                origin: origins[1 - index].clone(),
            }];
        }
        let report = RULE.judge(&proxy, &Limits::SERVICE);
        let messages: Vec<_> = report.findings.iter().map(|one| &one.message).collect();
        assert_eq!(messages.len(), 1, "{messages:?}");
        assert!(messages[0].contains("another auth entry of this proxy (a.tf:5:1)"));
    }
}
