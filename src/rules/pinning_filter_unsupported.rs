//! A service limit: the session pinning filters that exist.

use super::{Example, FaultShown, Rule, lookups, references};
use crate::domain::finding::{Group, RuleInfo, Severity, Verdicts};
use crate::domain::limits::{Limits, pool};
use crate::domain::links::{RuleLinks, about};
use crate::domain::posture::Proxy;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "pinning-filter-unsupported",
        group: Group::Limit,
        severity: Severity::High,
        summary: "a session pinning filter does not exist for this engine family",
        why: "The one filter that exists is EXCLUDE_VARIABLE_SETS, and it does not exist for PostgreSQL.",
        fix: "Remove the session pinning filter.",
        references: &[references::POOL, references::CREATING],
        links: RuleLinks {
            facts: &[about("pool")],
            ..RuleLinks::NONE
        },
    },
    example: Example {
        seen: FaultShown::InCode,
        terraform: include_str!("samples/pinning-filter-unsupported.tf"),
        cloudformation: include_str!("samples/pinning-filter-unsupported.yaml"),
    },
    check,
};

fn check(proxy: &Proxy, _: &Limits, verdicts: &mut Verdicts) {
    let evidence = &proxy.pool.pinning_filters;
    let Some(filters) = lookups::known("the list of session pinning filters", evidence, verdicts)
    else {
        return;
    };
    if filters.is_empty() {
        return verdicts.pass("the proxy has no session pinning filter", evidence);
    }
    let Some(family) = lookups::known(
        "the engine family of the proxy",
        &proxy.engine_family,
        verdicts,
    ) else {
        return;
    };
    for filter in filters {
        let origin = evidence.origin().unwrap_or(&proxy.origin);
        lookups::refuse(pool::pinning_filter(filter, *family), origin, verdicts);
    }
    verdicts.pass(
        format!(
            "the session pinning filter exists for {}",
            family.api_name()
        ),
        evidence,
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::engine::EngineFamily;
    use crate::rules::fixtures::{check, fails, passes, stated, stays_open, unresolved};

    fn filter(proxy: &mut Proxy, filter: &str) {
        proxy.pool.pinning_filters = stated(vec![filter.into()]);
    }

    #[test]
    fn depends_on_the_family() {
        check(
            &RULE,
            &[
                fails(
                    |proxy| filter(proxy, "EXCLUDE_VARIABLE_SETS"),
                    "does not exist for PostgreSQL",
                ),
                passes(
                    |proxy| {
                        filter(proxy, "EXCLUDE_VARIABLE_SETS");
                        proxy.engine_family = stated(EngineFamily::MySql);
                    },
                    "exists for MYSQL",
                ),
                fails(
                    |proxy| filter(proxy, "EXCLUDE_ALL"),
                    "`EXCLUDE_ALL` does not exist",
                ),
                stays_open(
                    |proxy| proxy.pool.pinning_filters = unresolved(),
                    "session pinning filters",
                ),
            ],
        );
    }
}
