//! A service limit: no proxy for a database whose parameter group makes it read-only.

use super::{Example, FaultShown, Rule, lookups, references};
use crate::domain::evidence::Evidence;
use crate::domain::finding::{Group, RuleInfo, Severity, Verdicts};
use crate::domain::limits::Limits;
use crate::domain::links::{RuleLinks, about};
use crate::domain::posture::Proxy;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "parameter-group-read-only",
        group: Group::Limit,
        severity: Severity::High,
        summary: "the database's parameter group makes it read-only",
        why: "For MySQL and MariaDB, RDS Proxy does not serve a database whose parameter group sets `read_only` to 1.",
        fix: "Remove `read_only` from the database's parameter group and restart the database.",
        references: &[references::LIMITS],
        links: RuleLinks {
            facts: &[about("database/parameter_group")],
            ..RuleLinks::NONE
        },
    },
    example: Example {
        seen: FaultShown::InCode,
        terraform: include_str!("samples/parameter-group-read-only.tf"),
        cloudformation: include_str!("samples/parameter-group-read-only.yaml"),
    },
    check,
};

fn check(proxy: &Proxy, _: &Limits, verdicts: &mut Verdicts) {
    let family = proxy.engine_family.value();
    if family.is_some_and(|family| !family.traits().has_read_only_parameter) {
        return verdicts.not_applicable("the parameter read_only concerns MySQL and MariaDB only");
    }
    let Some(database) = lookups::database(proxy, verdicts) else {
        return;
    };
    let Some(group) = lookups::known(
        "the parameter group of the database",
        &database.parameter_group,
        verdicts,
    ) else {
        return;
    };
    let name = &group.identity;
    match &group.read_only {
        Evidence::Stated(false, _) | Evidence::Defaulted(false) => {
            verdicts.pass(
                format!("the parameter group {name} does not make the database read-only"),
                &group.read_only,
            );
        }
        Evidence::Stated(true, _) | Evidence::Defaulted(true) => verdicts.fail(
            format!("the parameter group {name} sets read_only, which RDS Proxy does not support"),
            group.read_only.origin().unwrap_or(&group.origin),
        ),
        Evidence::Unresolved(..) | Evidence::NotVisible => verdicts.unknown(
            &format!("whether the parameter group {name} sets read_only"),
            &group.read_only,
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::engine::EngineFamily;
    use crate::rules::fixtures::{check, fails, passes, stated, stays_open, value_mut};

    fn set(proxy: &mut Proxy, read_only: Evidence<bool>) {
        proxy.engine_family = stated(EngineFamily::MySql);
        value_mut(&mut value_mut(&mut proxy.database).parameter_group).read_only = read_only;
    }

    #[test]
    fn concerns_mysql_only() {
        check(
            &RULE,
            &[
                fails(
                    |proxy| set(proxy, stated(true)),
                    "the parameter group orders-16 sets read_only",
                ),
                passes(
                    |proxy| set(proxy, Evidence::Defaulted(false)),
                    "does not make the database read-only",
                ),
                stays_open(
                    |proxy| set(proxy, Evidence::NotVisible),
                    "sets read_only is not in view",
                ),
                passes(
                    |proxy| {
                        set(proxy, stated(true));
                        proxy.engine_family = stated(EngineFamily::PostgreSql);
                    },
                    "MySQL and MariaDB only",
                ),
            ],
        );
    }
}
