//! A service limit: the valid values of an auth entry.

use super::{Example, FaultShown, Rule, lookups, references};
use crate::domain::evidence::Evidence;
use crate::domain::finding::{Group, RuleInfo, Severity, Verdicts};
use crate::domain::limits::{Limits, login};
use crate::domain::links::{RuleLinks, about};
use crate::domain::posture::{AuthEntry, DefaultAuth, Proxy};

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "auth-invalid",
        group: Group::Limit,
        severity: Severity::High,
        summary: "an auth entry says something that AWS refuses",
        why: "AuthScheme has one value, SECRETS, and beside it UserName must not be set: the user stands in the secret. IAMAuth `ENABLED` exists only for SQL Server, \
              and ClientPasswordAuthType must belong to the engine family. Terraform does not check these values while the secret's ARN is not known yet, so the mistake shows only at apply.",
        fix: "Keep AuthScheme `SECRETS`, IAMAuth `REQUIRED` and the secret's ARN, and remove the rest: ClientPasswordAuthType matters only to clients that log in with a password.",
        references: &[references::AUTH_ENTRY, references::CREATING],
        links: RuleLinks {
            facts: &[
                about("default_auth"),
                about("auth/*/iam"),
                about("auth/*/scheme"),
            ],
            ..RuleLinks::NONE
        },
    },
    example: Example {
        seen: FaultShown::InCode,
        terraform: include_str!("samples/auth-invalid.tf"),
        cloudformation: include_str!("samples/auth-invalid.yaml"),
    },
    check,
};

fn check(proxy: &Proxy, _: &Limits, verdicts: &mut Verdicts) {
    if let Some(DefaultAuth::Other(scheme)) =
        lookups::known("DefaultAuthScheme", &proxy.default_auth, verdicts)
    {
        verdicts.fail(
            format!("DefaultAuthScheme `{scheme}` does not exist: NONE and IAM_AUTH do"),
            proxy.default_auth.origin().unwrap_or(&proxy.origin),
        );
    }
    let entries = lookups::known("the list of auth entries", &proxy.auth, verdicts);
    for entry in entries.into_iter().flatten() {
        judge(proxy, entry, verdicts);
    }
    verdicts.pass("AWS accepts what the auth entries say", &proxy.auth);
}

/// Checks one auth entry. An attribute that is not visible breaks no limit.
fn judge(proxy: &Proxy, entry: &AuthEntry, verdicts: &mut Verdicts) {
    let family = proxy.engine_family.value().copied();
    if let Some(scheme) = stated_value("AuthScheme", &entry.scheme, verdicts) {
        lookups::refuse(
            login::auth_scheme(scheme),
            at(entry, &entry.scheme),
            verdicts,
        );
    }
    if let Some(iam) = stated_value("IAMAuth", &entry.iam, verdicts) {
        lookups::refuse(
            login::iam_auth(iam, family),
            at(entry, &entry.iam),
            verdicts,
        );
    }
    if let Some(kind) = stated_value("ClientPasswordAuthType", &entry.client_password, verdicts) {
        let checked = login::client_password_type(kind, family);
        lookups::refuse(checked, at(entry, &entry.client_password), verdicts);
    }
    if let Some(user) =
        stated_value("UserName", &entry.user_name, verdicts).filter(|user| !user.is_empty())
    {
        verdicts.fail(
            format!("UserName `{user}` stands beside a secret: AWS takes the user from the secret and refuses both"),
            at(entry, &entry.user_name),
        );
    }
}

fn stated_value<'a, T>(
    what: &str,
    evidence: &'a Evidence<T>,
    verdicts: &mut Verdicts,
) -> Option<&'a T> {
    match evidence {
        Evidence::Stated(value, _) | Evidence::Defaulted(value) => Some(value),
        Evidence::Unresolved(..) => {
            verdicts.unknown(what, evidence);
            None
        }
        Evidence::NotVisible => None,
    }
}

fn at<'a, T>(
    entry: &'a AuthEntry,
    evidence: &'a Evidence<T>,
) -> &'a crate::domain::evidence::Origin {
    evidence.origin().unwrap_or(&entry.origin)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::engine::EngineFamily;
    use crate::domain::posture::IamAuth;
    use crate::rules::fixtures::{check, fails, passes, stated, stays_open, unresolved, value_mut};

    fn entry(proxy: &mut Proxy) -> &mut AuthEntry {
        &mut value_mut(&mut proxy.auth)[0]
    }

    #[test]
    fn knows_what_an_entry_may_say() {
        check(
            &RULE,
            &[
                fails(
                    |proxy| entry(proxy).user_name = stated("orders_rw".into()),
                    "UserName `orders_rw` stands beside a secret",
                ),
                fails(
                    |proxy| entry(proxy).scheme = stated("IAM".into()),
                    "AuthScheme `IAM` does not exist",
                ),
                fails(
                    |proxy| entry(proxy).iam = stated(IamAuth::Enabled),
                    "only for SQL Server",
                ),
                passes(
                    |proxy| {
                        proxy.engine_family = stated(EngineFamily::SqlServer);
                        entry(proxy).iam = stated(IamAuth::Enabled);
                    },
                    "AWS accepts",
                ),
                fails(
                    |proxy| entry(proxy).client_password = stated("MYSQL_NATIVE_PASSWORD".into()),
                    "does not exist for POSTGRESQL",
                ),
                stays_open(
                    |proxy| entry(proxy).client_password = unresolved(),
                    "ClientPasswordAuthType",
                ),
                fails(
                    |proxy| proxy.default_auth = stated(DefaultAuth::Other("IAM".into())),
                    "DefaultAuthScheme `IAM`",
                ),
                stays_open(
                    |proxy| proxy.auth = Evidence::NotVisible,
                    "auth entries is not in view",
                ),
            ],
        );
    }
}
