//! Mission rule 5: clients must authenticate with IAM.

use super::{Example, FaultShown, Rule, lookups, references};
use crate::domain::evidence::Evidence;
use crate::domain::finding::{Group, RuleInfo, Severity, Verdicts};
use crate::domain::limits::Limits;
use crate::domain::links::{Mending, PathTopic, RuleLinks, about};
use crate::domain::posture::{AuthEntry, DefaultAuth, IamAuth, Proxy};
use crate::domain::remedy::Setting;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "iam-auth-not-required",
        group: Group::Mission(5),
        severity: Severity::Critical,
        summary: "clients may log in to the proxy without IAM authentication",
        why: "Without IAM authentication a client logs in with the database password. A password lives until it is changed, can be copied, and does not say who used it. \
              An IAM token opens new connections for fifteen minutes and only for a role that holds the permission.",
        fix: "Set IAMAuth to `REQUIRED` in every auth entry, or drop all auth entries and set DefaultAuthScheme to `IAM_AUTH` (end-to-end IAM). \
              Consumers then need `rds-db:connect` on the proxy and the user, and a token instead of a password.",
        references: &[
            references::AUTH_ENTRY,
            references::IAM_SETUP,
            references::CONNECTING,
        ],
        links: RuleLinks {
            facts: &[about("default_auth"), about("auth")],
            topic: Some(PathTopic::IamAuthentication),
            mending: Some(Mending::Set(&REQUIRED)),
            ..RuleLinks::NONE
        },
    },
    example: Example {
        seen: FaultShown::InCode,
        terraform: include_str!("samples/iam-auth-not-required.tf"),
        cloudformation: include_str!("samples/iam-auth-not-required.yaml"),
    },
    check,
};

static REQUIRED: Setting = Setting {
    terraform: "iam_auth",
    service: "IAMAuth",
    value: "REQUIRED",
    is_word: true,
    is_of_entry: true,
};

fn check(proxy: &Proxy, _: &Limits, verdicts: &mut Verdicts) {
    let Some(entries) = lookups::known("the list of auth entries", &proxy.auth, verdicts) else {
        return;
    };
    if entries.is_empty() {
        return without_entries(proxy, verdicts);
    }
    for entry in entries {
        required(entry, verdicts);
    }
    let count = entries.len();
    let default = entries.iter().find(|entry| lookups::by_default(&entry.iam));
    let evidence = default.or(entries.first()).map(|entry| &entry.iam);
    verdicts.pass(
        format!("IAMAuth is REQUIRED in every auth entry ({count})"),
        evidence.unwrap_or(&Evidence::NotVisible),
    );
}

fn required(entry: &AuthEntry, verdicts: &mut Verdicts) {
    let of = entry.secret.value().map_or_else(
        || "an auth entry".to_owned(),
        |secret| {
            format!(
                "the auth entry of the secret {}",
                lookups::secret_name(secret)
            )
        },
    );
    match &entry.iam {
        Evidence::Stated(IamAuth::Required, _) | Evidence::Defaulted(IamAuth::Required) => {}
        Evidence::Stated(other, origin) => verdicts.fail_with_fix(
            format!(
                "IAMAuth is {} in {of}: {}",
                written(other),
                consequence(other)
            ),
            origin,
            &REQUIRED,
        ),
        Evidence::Defaulted(IamAuth::Enabled) => verdicts.fail_with_fix(
            format!(
                "IAMAuth is not set in {of}: {}",
                consequence(&IamAuth::Enabled)
            ),
            &entry.origin,
            &REQUIRED,
        ),
        // An attribute that the entry does not set is not set anywhere else.
        Evidence::Defaulted(IamAuth::Disabled | IamAuth::Other(_)) | Evidence::NotVisible => {
            verdicts.fail_with_fix(
                format!(
                    "IAMAuth is not set in {of}: {}",
                    consequence(&IamAuth::Disabled)
                ),
                &entry.origin,
                &REQUIRED,
            )
        }
        Evidence::Unresolved(..) => {
            verdicts.unknown(&format!("IAMAuth in {of}"), &entry.iam);
        }
    }
}

fn without_entries(proxy: &Proxy, verdicts: &mut Verdicts) {
    match &proxy.default_auth {
        Evidence::Stated(DefaultAuth::Iam, _) | Evidence::Defaulted(DefaultAuth::Iam) => verdicts
            .pass("DefaultAuthScheme is IAM_AUTH and there is no auth entry: clients log in with IAM only", &proxy.default_auth),
        Evidence::Stated(DefaultAuth::None | DefaultAuth::Other(_), _)
        | Evidence::Defaulted(DefaultAuth::None | DefaultAuth::Other(_)) => verdicts.fail(
            "the proxy has no auth entry and DefaultAuthScheme is not IAM_AUTH: IAM authentication is not required",
            proxy
                .default_auth
                .origin()
                .or(proxy.auth.origin().filter(|_| lookups::by_default(&proxy.auth)))
                .unwrap_or(&proxy.origin),
        ),
        Evidence::Unresolved(..) | Evidence::NotVisible => {
            verdicts.unknown("DefaultAuthScheme", &proxy.default_auth);
        }
    }
}

fn written(iam: &IamAuth) -> &str {
    match iam {
        IamAuth::Disabled => "DISABLED",
        IamAuth::Required => "REQUIRED",
        IamAuth::Enabled => "ENABLED",
        IamAuth::Other(value) => value,
    }
}

fn consequence(iam: &IamAuth) -> &'static str {
    match iam {
        IamAuth::Enabled => "clients may choose to log in with the database password",
        IamAuth::Disabled => "clients log in with the database password",
        IamAuth::Required | IamAuth::Other(_) => "IAM authentication is not required",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::fixtures::{
        check, fails, passes, stated, stays_open, unresolved, value_mut, without_secrets,
    };

    fn set(proxy: &mut Proxy, iam: Evidence<IamAuth>) {
        value_mut(&mut proxy.auth)[1].iam = iam;
    }

    #[test]
    fn every_entry_counts() {
        check(
            &RULE,
            &[
                fails(
                    |proxy| set(proxy, stated(IamAuth::Disabled)),
                    "IAMAuth is DISABLED in the auth entry of the secret orders_ro",
                ),
                fails(|proxy| set(proxy, stated(IamAuth::Enabled)), "may choose"),
                fails(
                    |proxy| set(proxy, stated(IamAuth::Other("ON".into()))),
                    "IAMAuth is ON",
                ),
                fails(
                    |proxy| set(proxy, Evidence::Defaulted(IamAuth::Disabled)),
                    "IAMAuth is not set",
                ),
                fails(
                    |proxy| set(proxy, Evidence::NotVisible),
                    "IAMAuth is not set",
                ),
                stays_open(|proxy| set(proxy, unresolved()), "var.x has no value"),
                fails(
                    |proxy| {
                        set(proxy, unresolved());
                        value_mut(&mut proxy.auth)[0].iam = stated(IamAuth::Disabled);
                    },
                    "orders_rw",
                ),
            ],
        );
    }

    #[test]
    fn end_to_end_iam_needs_the_scheme_and_no_leftover() {
        check(
            &RULE,
            &[
                passes(without_secrets, "IAM_AUTH"),
                fails(
                    |proxy| {
                        proxy.default_auth = stated(DefaultAuth::Iam);
                        set(proxy, stated(IamAuth::Disabled));
                    },
                    "DISABLED",
                ),
                fails(|proxy| proxy.auth = stated(Vec::new()), "no auth entry"),
                stays_open(
                    |proxy| {
                        proxy.auth = stated(Vec::new());
                        proxy.default_auth = unresolved();
                    },
                    "DefaultAuthScheme",
                ),
                stays_open(|proxy| proxy.auth = Evidence::NotVisible, "not in view"),
            ],
        );
    }
}
