//! A service limit: the ranges of the connection pool.

use super::{Example, FaultShown, Rule, lookups, references};
use crate::domain::finding::{Group, RuleInfo, Severity, Verdicts};
use crate::domain::limits::Limits;
use crate::domain::links::{RuleLinks, about};
use crate::domain::posture::Proxy;
use crate::domain::settings::{SettingValue, Settings};

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "pool-invalid",
        group: Group::Limit,
        severity: Severity::High,
        summary: "a value of the connection pool lies outside its range",
        why: "MaxConnectionsPercent goes from 1 to 100, MaxIdleConnectionsPercent from 0 to the former, ConnectionBorrowTimeout from 0 to 300 seconds, IdleClientTimeout from 1 to 28,800 seconds. \
              AWS refuses other values, partly only while deploying. A policy may narrow the ranges.",
        fix: "Choose a value within the range that the finding names.",
        references: &[references::POOL, references::CREATING],
        links: RuleLinks {
            facts: &[about("pool")],
            ..RuleLinks::NONE
        },
    },
    example: Example {
        seen: FaultShown::InCode,
        terraform: include_str!("samples/pool-invalid.tf"),
        cloudformation: include_str!("samples/pool-invalid.yaml"),
    },
    check,
};

fn check(proxy: &Proxy, limits: &Limits, verdicts: &mut Verdicts) {
    let settings = &proxy.pool.settings;
    let max = &settings.max_connections_percent;
    // An unknown maximum is judged as the highest there is: the value may be valid, and the maximum itself stays open.
    let most = max.value().and_then(SettingValue::number);
    let most = most.unwrap_or(Settings::MOST.max_connections_percent);
    for (row, evidence) in settings.rows() {
        if let Some(value) = lookups::known(row.api_name(), evidence, verdicts) {
            let origin = evidence.origin().unwrap_or(&proxy.origin);
            lookups::refuse(limits.setting(row, value, most), origin, verdicts);
        }
    }
    verdicts.pass("every value of the connection pool lies in its range", max);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::evidence::Evidence;
    use crate::domain::finding::Verdict::Fail;
    use crate::rules::fixtures::{check, fails, hardened, stated, stays_open, unresolved};

    #[test]
    fn checks_every_range() {
        check(
            &RULE,
            &[
                fails(
                    |proxy| proxy.pool.settings.max_connections_percent = stated(0.into()),
                    "MaxConnectionsPercent is 0, outside 1 to 100",
                ),
                fails(
                    |proxy| proxy.pool.settings.max_idle_connections_percent = stated(90.into()),
                    "more than the MaxConnectionsPercent of 80",
                ),
                fails(
                    |proxy| proxy.pool.settings.borrow_timeout = stated(301.into()),
                    "ConnectionBorrowTimeout is 301, outside 0 to 300",
                ),
                fails(
                    |proxy| proxy.pool.settings.idle_client_timeout = stated(86_400.into()),
                    "IdleClientTimeout is 86400, outside 1 to 28800",
                ),
                stays_open(
                    |proxy| proxy.pool.settings.idle_client_timeout = unresolved(),
                    "IdleClientTimeout cannot be determined",
                ),
                stays_open(
                    |proxy| proxy.pool.settings.max_idle_connections_percent = Evidence::NotVisible,
                    "not in view",
                ),
            ],
        );
    }

    #[test]
    fn a_policy_can_narrow_them() {
        let limits = Limits {
            most: Settings {
                idle_client_timeout: 900,
                ..Settings::MOST
            },
            ..Limits::SERVICE
        };
        assert_eq!(RULE.judge(&hardened(), &limits).verdict(RULE.info.id), Fail);
    }
}
