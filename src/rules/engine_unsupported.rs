//! A service limit: the engines and versions that a proxy can serve.

use super::{Example, FaultShown, Rule, lookups, references};
use crate::domain::engine::Engine;
use crate::domain::finding::{Group, RuleInfo, Severity, Verdicts};
use crate::domain::limits::Limits;
use crate::domain::limits::versions::{self, Support};
use crate::domain::links::RuleLinks;
use crate::domain::posture::{Database, Proxy};

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "engine-unsupported",
        group: Group::Limit,
        severity: Severity::High,
        summary: "the database's engine or version is not one that the proxy can serve",
        why: "RDS Proxy serves MySQL, MariaDB, PostgreSQL and SQL Server on RDS and the two Aurora engines, each in certain versions, and the proxy's engine family must be that of the database. \
              The list grows: a version that is newer than the ones this tool knows is an open question, not a finding.",
        fix: "Set the engine family that belongs to the database, or upgrade the database to a version that the guide lists.",
        references: &[references::SUPPORTED, references::CREATE_PROXY],
        links: RuleLinks::NONE,
    },
    example: Example {
        seen: FaultShown::InCode,
        terraform: include_str!("samples/engine-unsupported.tf"),
        cloudformation: include_str!("samples/engine-unsupported.yaml"),
    },
    check,
};

fn check(proxy: &Proxy, _: &Limits, verdicts: &mut Verdicts) {
    let Some(database) = lookups::database(proxy, verdicts) else {
        return;
    };
    let Some(name) = lookups::known("the engine of the database", &database.engine, verdicts)
    else {
        return;
    };
    let Some(engine) = Engine::by_api_name(name) else {
        return verdicts.fail(
            format!(
                "RDS Proxy does not serve the engine {name} of the database {}",
                lookups::database_name(database)
            ),
            database.engine.origin().unwrap_or(&database.origin),
        );
    };
    family(proxy, engine, verdicts);
    version(database, engine, verdicts);
}

fn family(proxy: &Proxy, engine: &Engine, verdicts: &mut Verdicts) {
    let Some(family) = lookups::known(
        "the engine family of the proxy",
        &proxy.engine_family,
        verdicts,
    ) else {
        return;
    };
    if *family != engine.family {
        verdicts.fail(
            format!(
                "the proxy's engine family is {}, but {} belongs to {}",
                family.api_name(),
                engine.title,
                engine.family.api_name()
            ),
            proxy.engine_family.origin().unwrap_or(&proxy.origin),
        );
    }
}

fn version(database: &Database, engine: &Engine, verdicts: &mut Verdicts) {
    let Some(version) = lookups::known("the version of the database", &database.version, verdicts)
    else {
        return;
    };
    let origin = database.version.origin().unwrap_or(&database.origin);
    match versions::support(engine, version) {
        Support::Served => verdicts.pass(
            format!("RDS Proxy serves {} {version}", engine.title),
            &database.version,
        ),
        Support::Unserved(reason) => verdicts.fail(reason, origin),
        Support::Unsettled(reason) => verdicts.undetermined(
            format!("{reason}: \"Supported Regions and DB engines for Amazon RDS Proxy\" in the RDS User Guide tells"),
            Some(origin),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::engine::EngineFamily;
    use crate::domain::evidence::Evidence;
    use crate::rules::fixtures::{check, fails, stated, stays_open, value_mut};

    #[test]
    fn knows_engine_family_and_version() {
        check(
            &RULE,
            &[
                fails(
                    |proxy| value_mut(&mut proxy.database).engine = stated("oracle-ee".into()),
                    "does not serve the engine oracle-ee",
                ),
                fails(
                    |proxy| proxy.engine_family = stated(EngineFamily::MySql),
                    "the proxy's engine family is MYSQL, but RDS for PostgreSQL belongs to POSTGRESQL",
                ),
                fails(
                    |proxy| value_mut(&mut proxy.database).version = stated("9.6".into()),
                    "does not serve RDS for PostgreSQL 9.6",
                ),
                stays_open(
                    |proxy| value_mut(&mut proxy.database).version = stated("21.1".into()),
                    "is newer than",
                ),
                stays_open(
                    |proxy| value_mut(&mut proxy.database).version = Evidence::NotVisible,
                    "version of the database is not in view",
                ),
            ],
        );
    }
}
