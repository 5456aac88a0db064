//! A service limit: the requirements of end-to-end IAM authentication for the database.

use super::{Example, FaultShown, Rule, lookups, references};
use crate::domain::evidence::Evidence;
use crate::domain::finding::{Group, RuleInfo, Severity, Verdicts};
use crate::domain::limits::Limits;
use crate::domain::links::RuleLinks;
use crate::domain::posture::{DefaultAuth, Proxy};

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "end-to-end-iam-unsupported",
        group: Group::Limit,
        severity: Severity::High,
        summary: "end-to-end IAM authentication is on, but the database cannot serve it",
        why: "With DefaultAuthScheme `IAM_AUTH` the proxy itself logs in to the database with IAM. That works for MySQL, MariaDB and PostgreSQL whose database has IAM database authentication turned on, and not for SQL Server.",
        fix: "Turn on IAM database authentication of the instance or cluster, or use one secret for each database user.",
        references: &[
            references::IAM_SETUP,
            references::IAM_DATABASE,
            references::LIMITS,
        ],
        links: RuleLinks::NONE,
    },
    example: Example {
        seen: FaultShown::InCode,
        terraform: include_str!("samples/end-to-end-iam-unsupported.tf"),
        cloudformation: include_str!("samples/end-to-end-iam-unsupported.yaml"),
    },
    check,
};

fn check(proxy: &Proxy, _: &Limits, verdicts: &mut Verdicts) {
    match lookups::known("DefaultAuthScheme", &proxy.default_auth, verdicts) {
        Some(DefaultAuth::Iam) => served(proxy, verdicts),
        Some(DefaultAuth::None | DefaultAuth::Other(_)) => {
            verdicts.not_applicable("the proxy does not use end-to-end IAM authentication");
        }
        None => {}
    }
}

fn served(proxy: &Proxy, verdicts: &mut Verdicts) {
    let family = lookups::known(
        "the engine family of the proxy",
        &proxy.engine_family,
        verdicts,
    );
    let family = family.map(|family| family.traits());
    if let Some(family) = family.filter(|family| !family.end_to_end_iam) {
        return verdicts.fail(
            format!(
                "DefaultAuthScheme is IAM_AUTH, which does not work for {}",
                family.title
            ),
            proxy.default_auth.origin().unwrap_or(&proxy.origin),
        );
    }
    let Some(database) = lookups::database(proxy, verdicts) else {
        return;
    };
    let name = lookups::database_name(database);
    match &database.iam_enabled {
        Evidence::Stated(true, _) | Evidence::Defaulted(true) => {
            verdicts.pass(
                format!("IAM database authentication of {name} is on"),
                &database.iam_enabled,
            );
        }
        Evidence::Stated(false, _) | Evidence::Defaulted(false) => verdicts.fail(
            format!(
                "DefaultAuthScheme is IAM_AUTH, but IAM database authentication of {name} is off"
            ),
            database.iam_enabled.origin().unwrap_or(&database.origin),
        ),
        Evidence::Unresolved(..) | Evidence::NotVisible => verdicts.unknown(
            &format!("whether IAM database authentication of {name} is on"),
            &database.iam_enabled,
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::engine::EngineFamily;
    use crate::rules::fixtures::{
        check, fails, passes, stated, stays_open, value_mut, without_secrets,
    };

    #[test]
    fn needs_a_database_that_takes_part() {
        check(
            &RULE,
            &[
                passes(
                    without_secrets,
                    "IAM database authentication of orders is on",
                ),
                fails(
                    |proxy| {
                        without_secrets(proxy);
                        value_mut(&mut proxy.database).iam_enabled = Evidence::Defaulted(false);
                    },
                    "of orders is off",
                ),
                fails(
                    |proxy| {
                        without_secrets(proxy);
                        proxy.engine_family = stated(EngineFamily::SqlServer);
                    },
                    "does not work for SQL Server",
                ),
                stays_open(
                    |proxy| {
                        without_secrets(proxy);
                        value_mut(&mut proxy.database).iam_enabled = Evidence::NotVisible;
                    },
                    "is not in view",
                ),
            ],
        );
    }
}
