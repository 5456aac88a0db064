//! A service limit: a target is identified only by its identifier.

use super::{Example, FaultShown, Rule, lookups, references};
use crate::domain::finding::{Group, RuleInfo, Severity, Verdicts};
use crate::domain::limits::{Limits, names};
use crate::domain::links::RuleLinks;
use crate::domain::posture::Proxy;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "database-identifier-invalid",
        group: Group::Limit,
        severity: Severity::High,
        summary: "the target is not named by a database identifier",
        why: "A target takes the DB instance or cluster identifier. The resource id (`db-…`, `cluster-…`), which policies want, its ARN, and the name of a database inside it are three other things, \
              and registering one of them fails.",
        fix: "Name the DB instance or cluster identifier, as the console lists it.",
        references: &[references::REGISTER_TARGETS],
        links: RuleLinks::NONE,
    },
    example: Example {
        seen: FaultShown::InCode,
        terraform: include_str!("samples/database-identifier-invalid.tf"),
        cloudformation: include_str!("samples/database-identifier-invalid.yaml"),
    },
    check,
};

fn check(proxy: &Proxy, _: &Limits, verdicts: &mut Verdicts) {
    let Some(database) = lookups::database(proxy, verdicts) else {
        return;
    };
    // A database that is created by the same code cannot have an invalid identifier.
    if let (None, Some(address)) = (database.identifier.value(), &database.created) {
        return verdicts.not_applicable(format!(
            "the target takes the identifier from {address}, whichever it gets"
        ));
    }
    let Some(identifier) = lookups::known(
        "the identifier of the database",
        &database.identifier,
        verdicts,
    ) else {
        return;
    };
    let origin = database.identifier.origin().unwrap_or(&database.origin);
    lookups::refuse(names::database_identifier(identifier), origin, verdicts);
    verdicts.pass(
        format!("{identifier} is a database identifier"),
        &database.identifier,
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::evidence::Evidence;
    use crate::rules::fixtures::{check, fails, passes, stated, stays_open, unresolved, value_mut};

    #[test]
    fn tells_an_identifier_from_an_id() {
        check(
            &RULE,
            &[
                fails(
                    |proxy| {
                        value_mut(&mut proxy.database).identifier =
                            stated("cluster-ABCDEFGHIJKLMNOPQRSTUVWXYZ".into())
                    },
                    "an ARN or a resource id",
                ),
                fails(
                    |proxy| {
                        value_mut(&mut proxy.database).identifier =
                            stated("arn:aws:rds:eu-west-1:123456789012:db:orders".into())
                    },
                    "an ARN or a resource id",
                ),
                passes(
                    |proxy| {
                        value_mut(&mut proxy.database).identifier = Evidence::NotVisible;
                        value_mut(&mut proxy.database).created = Some("Store".into());
                    },
                    "takes the identifier from Store, whichever",
                ),
                stays_open(
                    |proxy| value_mut(&mut proxy.database).identifier = Evidence::NotVisible,
                    "the identifier of the database is not in view",
                ),
                stays_open(
                    |proxy| value_mut(&mut proxy.database).identifier = unresolved(),
                    "the identifier of the database",
                ),
            ],
        );
    }
}
