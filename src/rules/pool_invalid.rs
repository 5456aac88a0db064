//! A service limit: the ranges of the connection pool.

use super::{Example, FaultShown, Rule, lookups, references};
use crate::domain::evidence::Evidence;
use crate::domain::finding::{Group, RuleInfo, Severity, Verdicts};
use crate::domain::limits::{LimitBroken, Limits, pool};
use crate::domain::posture::Proxy;

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
    },
    example: Example {
        seen: FaultShown::InCode,
        terraform: include_str!("samples/pool-invalid.tf"),
        cloudformation: include_str!("samples/pool-invalid.yaml"),
    },
    check,
};

/// One number of the pool: its name, its value and its check.
type Row<'a> = (
    &'a str,
    &'a Evidence<u32>,
    fn(&Limits, u32) -> Result<(), LimitBroken>,
);

fn check(proxy: &Proxy, limits: &Limits, verdicts: &mut Verdicts) {
    let rows: [Row<'_>; 3] = [
        (
            "MaxConnectionsPercent",
            &proxy.pool.max_connections_percent,
            Limits::max_connections,
        ),
        (
            "ConnectionBorrowTimeout",
            &proxy.pool.borrow_timeout,
            Limits::borrow_timeout,
        ),
        (
            "IdleClientTimeout",
            &proxy.pool.idle_client_timeout,
            Limits::idle_client_timeout,
        ),
    ];
    for (what, evidence, check) in rows {
        if let Some(value) = lookups::known(what, evidence, verdicts) {
            let origin = evidence.origin().unwrap_or(&proxy.origin);
            lookups::refuse(check(limits, *value), origin, verdicts);
        }
    }
    idle(proxy, verdicts);
    verdicts.pass(
        "every value of the connection pool lies in its range",
        &proxy.pool.max_connections_percent,
    );
}

fn idle(proxy: &Proxy, verdicts: &mut Verdicts) {
    let evidence = &proxy.pool.max_idle_connections_percent;
    let Some(idle) = lookups::known("MaxIdleConnectionsPercent", evidence, verdicts) else {
        return;
    };
    let max = proxy
        .pool
        .max_connections_percent
        .value()
        .copied()
        .unwrap_or(pool::PERCENT);
    let origin = evidence.origin().unwrap_or(&proxy.origin);
    lookups::refuse(pool::max_idle_connections(*idle, max), origin, verdicts);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::finding::Verdict::{Fail, Undetermined};
    use crate::rules::fixtures::{check, hardened, stated, unresolved};

    #[test]
    fn checks_every_range() {
        check(
            &RULE,
            &[
                (
                    |proxy| proxy.pool.max_connections_percent = stated(0),
                    Fail,
                    "MaxConnectionsPercent is 0, outside 1 to 100",
                ),
                (
                    |proxy| proxy.pool.max_idle_connections_percent = stated(90),
                    Fail,
                    "more than the MaxConnectionsPercent of 80",
                ),
                (
                    |proxy| proxy.pool.borrow_timeout = stated(301),
                    Fail,
                    "ConnectionBorrowTimeout is 301, outside 0 to 300",
                ),
                (
                    |proxy| proxy.pool.idle_client_timeout = stated(86_400),
                    Fail,
                    "IdleClientTimeout is 86400, outside 1 to 28800",
                ),
                (
                    |proxy| proxy.pool.idle_client_timeout = unresolved(),
                    Undetermined,
                    "IdleClientTimeout cannot be determined",
                ),
                (
                    |proxy| proxy.pool.max_idle_connections_percent = Evidence::NotVisible,
                    Undetermined,
                    "not in view",
                ),
            ],
        );
    }

    #[test]
    fn a_policy_can_narrow_them() {
        let limits = Limits {
            idle_client_timeout: 900,
            ..Limits::SERVICE
        };
        assert_eq!(RULE.judge(&hardened(), &limits).verdict(RULE.info.id), Fail);
    }
}
