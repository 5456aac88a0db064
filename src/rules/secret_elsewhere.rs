//! A service limit: a proxy's secrets must be in its own account and region.

use std::collections::BTreeSet;

use super::{Example, FaultShown, Rule, lookups, references};
use crate::domain::arn::{self, Arn};
use crate::domain::finding::{Group, RuleInfo, Severity, Verdicts};
use crate::domain::limits::Limits;
use crate::domain::links::{RuleLinks, about};
use crate::domain::posture::{Identity, Proxy, Secret};

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "secret-elsewhere",
        group: Group::Limit,
        severity: Severity::Medium,
        summary: "the proxy's secrets lie in different accounts or regions",
        why: "Secrets are regional, and no page of AWS describes a proxy that reads secrets of another region or account. Secrets in several places cannot all be in the proxy's own.",
        fix: "Create the secret in the proxy's own account and region.",
        references: &[references::SECRETS],
        links: RuleLinks {
            facts: &[about("auth/*/secret")],
            ..RuleLinks::NONE
        },
    },
    example: Example {
        seen: FaultShown::InCode,
        terraform: include_str!("samples/secret-elsewhere.tf"),
        cloudformation: include_str!("samples/secret-elsewhere.yaml"),
    },
    check,
};

fn check(proxy: &Proxy, _: &Limits, verdicts: &mut Verdicts) {
    let secrets = lookups::secrets(proxy, verdicts);
    let places: BTreeSet<_> = secrets
        .iter()
        .filter_map(|(_, secret)| place(secret))
        .collect();
    if apart(&places) {
        let places: Vec<_> = places
            .iter()
            .map(|(region, account)| {
                format!("{} of {}", described(region, "region"), in_account(account))
            })
            .collect();
        verdicts.fail(
            format!("the proxy's secrets lie in {}", places.join(" and ")),
            proxy.auth.origin().unwrap_or(&proxy.origin),
        );
    }
    foreign(proxy, &places, verdicts);
    match secrets.as_slice() {
        [] => lookups::without_secrets(proxy, verdicts),
        _ => verdicts.pass(
            "no two of the proxy's secrets name different places",
            &proxy.auth,
        ),
    }
}

/// True if two of the places certainly differ. The account and region of the deployment may equal any other.
fn apart(places: &BTreeSet<(&str, &str)>) -> bool {
    let regions: BTreeSet<_> = places.iter().map(|(region, _)| region).collect();
    let accounts: BTreeSet<_> = places.iter().map(|(_, account)| account).collect();
    [regions, accounts].iter().any(|names| {
        let named = names.iter().filter(|name| !arn::is_own(name));
        named.count() > 1
    })
}

fn foreign(proxy: &Proxy, places: &BTreeSet<(&str, &str)>, verdicts: &mut Verdicts) {
    let Some(own) = lookups::account(proxy) else {
        return;
    };
    let whose = match proxy.account.value() {
        Some(_) => "the proxy",
        None => "the proxy's role",
    };
    let accounts: BTreeSet<_> = places.iter().map(|(_, account)| *account).collect();
    for account in accounts.into_iter().filter(|account| *account != own) {
        let origin = proxy.auth.origin().unwrap_or(&proxy.origin);
        if arn::is_own(account) || arn::is_own(own) {
            verdicts.undetermined(
            format!("a secret lies in {}, {whose} in {}: whether that is one account is known only once it is deployed", in_account(account), in_account(own)),
            Some(origin),
        )
        } else {
            verdicts.fail(
                format!(
                    "a secret lies in {}, {whose} in {}",
                    in_account(account),
                    in_account(own)
                ),
                origin,
            )
        }
    }
}

fn in_account(account: &str) -> String {
    if arn::is_own(account) {
        described(account, "account")
    } else {
        format!("account {account}")
    }
}

/// Returns the name, or the description of the account or region of the deployment.
fn described(name: &str, what: &str) -> String {
    if arn::is_own(name) {
        format!("the {what} that is deployed into")
    } else {
        name.to_owned()
    }
}

fn place(secret: &Secret) -> Option<(&str, &str)> {
    let Identity::Known(text) = &secret.identity else {
        return None;
    };
    let arn = Arn::parse(text)?;
    Some((arn.region, arn.account))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::evidence::Evidence;
    use crate::rules::fixtures::{
        check, fails, known, passes, stays_open, value_mut, without_secrets,
    };

    fn lies(proxy: &mut Proxy, index: usize, arn: &str) {
        value_mut(&mut value_mut(&mut proxy.auth)[index].secret).identity = known(arn);
    }

    #[test]
    fn compares_the_places() {
        check(
            &RULE,
            &[
                fails(
                    |proxy| {
                        lies(
                            proxy,
                            0,
                            "arn:aws:secretsmanager:us-east-1:123456789012:secret:x-AbCdEf",
                        )
                    },
                    "eu-west-1 of account 123456789012 and us-east-1 of account 123456789012",
                ),
                fails(
                    |proxy| {
                        lies(
                            proxy,
                            0,
                            "arn:aws:secretsmanager:eu-west-1:210987654321:secret:x-AbCdEf",
                        );
                        lies(
                            proxy,
                            1,
                            "arn:aws:secretsmanager:eu-west-1:210987654321:secret:y-AbCdEf",
                        );
                    },
                    "in account 210987654321, the proxy's role in account 123456789012",
                ),
                passes(|proxy| lies(proxy, 0, "orders/rw"), "no two"),
                passes(without_secrets, "no secrets"),
                stays_open(|proxy| proxy.auth = Evidence::NotVisible, "auth entries"),
            ],
        );
    }

    #[test]
    fn what_is_deployed_into_may_be_any_place() {
        check(
            &RULE,
            &[
                passes(
                    |proxy| {
                        lies(
                            proxy,
                            0,
                            "arn:aws:secretsmanager:<region>:123456789012:secret:x-AbCdEf",
                        )
                    },
                    "no two",
                ),
                stays_open(
                    |proxy| {
                        for index in [0, 1] {
                            lies(
                                proxy,
                                index,
                                "arn:aws:secretsmanager:eu-west-1:<account>:secret:x-AbCdEf",
                            );
                        }
                    },
                    "in the account that is deployed into, the proxy's role in account 123456789012: whether that is one",
                ),
            ],
        );
    }
}
