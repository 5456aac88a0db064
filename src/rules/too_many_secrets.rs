//! A service limit: the maximum number of secrets for one proxy.

use super::{Example, FaultShown, Rule, lookups, references};
use crate::domain::finding::{Group, RuleInfo, Severity, Verdicts};
use crate::domain::limits::Limits;
use crate::domain::links::{RuleLinks, about};
use crate::domain::posture::Proxy;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "too-many-secrets",
        group: Group::Limit,
        severity: Severity::High,
        summary: "the proxy has more secrets than one proxy can hold",
        why: "A proxy can hold 200 secrets, and so serve 200 database users that log in through secrets. A policy may allow fewer.",
        fix: "Split the users over several proxies, or use end-to-end IAM authentication, which needs no secrets.",
        references: &[references::LIMITS, references::CREATE_PROXY],
        links: RuleLinks {
            facts: &[about("auth")],
            ..RuleLinks::NONE
        },
    },
    example: Example {
        seen: FaultShown::InPart,
        terraform: include_str!("samples/too-many-secrets.tf"),
        cloudformation: include_str!("samples/too-many-secrets.yaml"),
    },
    check,
};

fn check(proxy: &Proxy, limits: &Limits, verdicts: &mut Verdicts) {
    let Some(entries) = lookups::known("the list of auth entries", &proxy.auth, verdicts) else {
        return;
    };
    let origin = proxy.auth.origin().unwrap_or(&proxy.origin);
    lookups::refuse(limits.secret_count(entries.len()), origin, verdicts);
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
    use super::*;
    use crate::rules::fixtures::{
        auth_entry, check, fails, passes, stays_open, unresolved, value_mut,
    };

    fn add(proxy: &mut Proxy, count: usize) {
        value_mut(&mut proxy.auth)
            .extend((0..count).map(|number| auth_entry(&format!("user-{number}"))));
    }

    #[test]
    fn counts_the_entries() {
        check(
            &RULE,
            &[
                passes(|proxy| add(proxy, 198), "200 of at most 200"),
                fails(|proxy| add(proxy, 199), "201 secrets are more than the 200"),
                stays_open(|proxy| proxy.auth = unresolved(), "list of auth entries"),
            ],
        );
    }
}
