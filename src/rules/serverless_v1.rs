//! A service limit: no proxy for Aurora Serverless v1.

use super::{Example, FaultShown, Rule, lookups, references};
use crate::domain::finding::{Group, RuleInfo, Severity, Verdicts};
use crate::domain::limits::Limits;
use crate::domain::links::RuleLinks;
use crate::domain::posture::{DatabaseKind, Proxy};

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "serverless-v1",
        group: Group::Limit,
        severity: Severity::High,
        summary: "the database is Aurora Serverless v1",
        why: "RDS Proxy does not serve Aurora Serverless v1 (engine mode `serverless`). Aurora Serverless v2 and provisioned clusters are served.",
        fix: "Move the cluster to Aurora Serverless v2 (engine mode `provisioned` with a serverless v2 scaling configuration).",
        references: &[references::LIMITS, references::SUPPORTED],
        links: RuleLinks::NONE,
    },
    example: Example {
        seen: FaultShown::InCode,
        terraform: include_str!("samples/serverless-v1.tf"),
        cloudformation: include_str!("samples/serverless-v1.yaml"),
    },
    check,
};

fn check(proxy: &Proxy, _: &Limits, verdicts: &mut Verdicts) {
    let Some(database) = lookups::database(proxy, verdicts) else {
        return;
    };
    if database.kind == DatabaseKind::Instance {
        return verdicts.not_applicable("the database is an instance, not a cluster");
    }
    let name = lookups::database_name(database);
    let what = format!("the engine mode of the cluster {name}");
    match lookups::known(&what, &database.engine_mode, verdicts).map(String::as_str) {
        Some("serverless") => verdicts.fail(
            format!("the cluster {name} is Aurora Serverless v1, which RDS Proxy does not serve"),
            database.engine_mode.origin().unwrap_or(&database.origin),
        ),
        Some(mode) => verdicts.pass(format!("{what} is {mode}"), &database.engine_mode),
        None => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::evidence::Evidence;
    use crate::rules::fixtures::{check, fails, passes, stated, stays_open, value_mut};

    fn mode(proxy: &mut Proxy, mode: Evidence<String>) {
        let database = value_mut(&mut proxy.database);
        database.kind = DatabaseKind::Cluster;
        database.engine_mode = mode;
    }

    #[test]
    fn refuses_version_1_only() {
        check(
            &RULE,
            &[
                fails(
                    |proxy| mode(proxy, stated("serverless".into())),
                    "the cluster orders is Aurora Serverless v1",
                ),
                passes(
                    |proxy| mode(proxy, stated("provisioned".into())),
                    "is provisioned",
                ),
                stays_open(
                    |proxy| mode(proxy, Evidence::NotVisible),
                    "engine mode of the cluster orders is not in view",
                ),
            ],
        );
    }
}
