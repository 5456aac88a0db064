//! A service limit: a proxy serves the writer only.

use super::{Example, FaultShown, Rule, lookups, references};
use crate::domain::evidence::Evidence;
use crate::domain::finding::{Group, RuleInfo, Severity, Verdicts};
use crate::domain::limits::Limits;
use crate::domain::links::RuleLinks;
use crate::domain::posture::Proxy;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "target-is-replica",
        group: Group::Limit,
        severity: Severity::High,
        summary: "the proxy's target is a read replica",
        why: "RDS Proxy can be associated with the writer DB instance only, not with a read replica.",
        fix: "Register the source instance as the target. For readers use an Aurora or Multi-AZ DB cluster with a read-only endpoint.",
        references: &[references::LIMITS, references::REGISTER_TARGETS],
        links: RuleLinks::NONE,
    },
    example: Example {
        seen: FaultShown::InCode,
        terraform: include_str!("samples/target-is-replica.tf"),
        cloudformation: include_str!("samples/target-is-replica.yaml"),
    },
    check,
};

fn check(proxy: &Proxy, _: &Limits, verdicts: &mut Verdicts) {
    let Some(database) = lookups::database(proxy, verdicts) else {
        return;
    };
    let name = lookups::database_name(database);
    match &database.is_replica {
        Evidence::Stated(false, _) | Evidence::Defaulted(false) => {
            verdicts.pass(
                format!("the database {name} is not a read replica"),
                &database.is_replica,
            );
        }
        Evidence::Stated(true, _) | Evidence::Defaulted(true) => verdicts.fail(
            format!("the target {name} is a read replica: a proxy serves the writer only"),
            database.is_replica.origin().unwrap_or(&database.origin),
        ),
        Evidence::Unresolved(..) | Evidence::NotVisible => verdicts.unknown(
            &format!("whether the database {name} is a read replica"),
            &database.is_replica,
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::fixtures::{check, fails, stated, stays_open, value_mut};

    #[test]
    fn refuses_a_replica() {
        check(
            &RULE,
            &[
                fails(
                    |proxy| value_mut(&mut proxy.database).is_replica = stated(true),
                    "the target orders is a read replica",
                ),
                stays_open(
                    |proxy| value_mut(&mut proxy.database).is_replica = Evidence::NotVisible,
                    "not in view",
                ),
                stays_open(|proxy| proxy.database = Evidence::NotVisible, "not in view"),
            ],
        );
    }
}
