//! Mission rule 1: the connection from proxy to database must be encrypted, and the database must enforce that.

use super::{Example, FaultShown, Rule, client_tls_not_required, lookups, references};
use crate::domain::engine::{ENGINES, Engine, ParameterGroupKind};
use crate::domain::evidence::Evidence;
use crate::domain::finding::{Group, RuleInfo, Severity, Verdicts};
use crate::domain::limits::Limits;
use crate::domain::links::{Mending, PathTopic, RuleLinks, about};
use crate::domain::posture::{Database, DatabaseKind, Identity, ParameterGroup, Proxy};

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "database-tls-not-enforced",
        group: Group::Mission(1),
        severity: Severity::High,
        summary: "connections from the proxy to the database are not forced to use TLS",
        why: "RequireTLS alone proves only that clients must use TLS: the pages of AWS disagree on whether it also binds the leg from proxy to database. \
              Certain is that a database whose parameter group refuses clear text accepts no unencrypted connection, from the proxy or from anyone else.",
        fix: "Set RequireTLS to true, and give the database a parameter group of its own that forces TLS: `rds.force_ssl = 1` for PostgreSQL and SQL Server, \
              `require_secure_transport = 1` for MySQL and MariaDB (a cluster parameter group for Aurora). \
              With a proxy attached, a changed parameter takes effect only after the database has been restarted.",
        references: &[
            references::HOW_IT_WORKS,
            references::CREATING,
            references::LIMITS,
            references::POSTGRESQL_TLS,
            references::MYSQL_TLS,
        ],
        links: RuleLinks {
            facts: &[about("require_tls"), about("database/parameter_group")],
            topic: Some(PathTopic::DatabaseTls),
            mending: Some(Mending::TlsParameter),
            cause: Some(client_tls_not_required::RULE.info.id),
        },
    },
    example: Example {
        seen: FaultShown::InCode,
        terraform: include_str!("../samples/database-tls-not-enforced.tf"),
        cloudformation: include_str!("../samples/database-tls-not-enforced.yaml"),
    },
    check,
};

fn check(proxy: &Proxy, _: &Limits, verdicts: &mut Verdicts) {
    let database = proxy.database.value();
    let group = database.and_then(|database| database.parameter_group.value());
    match group.map(|group| (group, &group.forces_tls)) {
        // The observed state of the database decides, regardless of the proxy's settings.
        Some((group, Evidence::Stated(true, _) | Evidence::Defaulted(true))) => {
            taken_over(proxy, group, verdicts);
        }
        Some((group, Evidence::Stated(false, _) | Evidence::Defaulted(false))) => {
            accepts(proxy, group, verdicts);
        }
        Some((_, Evidence::Unresolved(..) | Evidence::NotVisible)) | None => {
            unseen(proxy, verdicts);
        }
    }
}

/// Passes the rule, unless an account shows that the database does not run with the group's values yet.
fn taken_over(proxy: &Proxy, group: &ParameterGroup, verdicts: &mut Verdicts) {
    // Code can only request the values; only an account shows whether they are in effect.
    let name = group_name(group);
    let because = match proxy.require_tls.value() {
        Some(true) => {
            format!("the proxy requires TLS, and {name} makes the database refuse clear text")
        }
        Some(false) | None => {
            format!("{name} makes the database refuse clear text, whatever RequireTLS says")
        }
    };
    match &group.in_sync {
        Evidence::Stated(false, origin) => verdicts.fail(
            format!("{name} forces TLS, but the database has not taken it over yet: restart the database"),
            origin,
        ),
        Evidence::Stated(true, _)
        | Evidence::Defaulted(_)
        | Evidence::Unresolved(..)
        | Evidence::NotVisible => verdicts.pass(because, &group.forces_tls),
    }
}

fn accepts(proxy: &Proxy, group: &ParameterGroup, verdicts: &mut Verdicts) {
    let name = group_name(group);
    let parameter = parameter(proxy, proxy.database.value());
    let seen = seen(proxy);
    match &group.forces_tls {
        Evidence::Stated(_, origin) => verdicts.fail(
            format!("{name} turns {parameter} off: the database accepts clear text{seen}"),
            origin,
        ),
        Evidence::Defaulted(_) | Evidence::Unresolved(..) | Evidence::NotVisible => verdicts.fail(
            format!("{name} does not set {parameter}, and the engine's default for this version accepts clear text{seen}"),
            &group.origin,
        ),
    }
}

/// Judges the proxy alone if the state of the database is unknown: unless the proxy requires TLS, nothing visible does.
fn unseen(proxy: &Proxy, verdicts: &mut Verdicts) {
    let message = "RequireTLS is not true, so nothing at the proxy requires TLS on its connections to the database";
    match &proxy.require_tls {
        Evidence::Stated(false, origin) => return verdicts.fail(message, origin),
        Evidence::Defaulted(false) => return verdicts.fail(message, &proxy.origin),
        Evidence::Stated(true, _) | Evidence::Defaulted(true) => {}
        Evidence::Unresolved(..) | Evidence::NotVisible => {
            verdicts.unknown("RequireTLS", &proxy.require_tls);
        }
    }
    match &proxy.database {
        Evidence::Stated(database, _) | Evidence::Defaulted(database) => {
            open_group(proxy, database, verdicts);
        }
        Evidence::Unresolved(reason, origin) => verdicts.undetermined(
            format!("the database behind the proxy cannot be determined ({reason}), so whether it forces TLS is open: {}", settled_by(proxy, None)),
            Some(origin),
        ),
        Evidence::NotVisible => verdicts.undetermined(
            format!("the database behind the proxy is not in view, so whether it forces TLS is open: {}", settled_by(proxy, None)),
            None,
        ),
    }
}

fn open_group(proxy: &Proxy, database: &Database, verdicts: &mut Verdicts) {
    let settled_by = settled_by(proxy, Some(database));
    match &database.parameter_group {
        Evidence::Stated(group, _) | Evidence::Defaulted(group) => {
            let what = format!(
                "whether {} sets {}",
                group_name(group),
                parameter(proxy, Some(database))
            );
            let (said, origin) = match &group.forces_tls {
                Evidence::Unresolved(reason, origin) => {
                    (format!("{what} cannot be determined ({reason})"), origin)
                }
                _ => (format!("{what} is not in view"), &group.origin),
            };
            verdicts.undetermined(format!("{said}: {settled_by}"), Some(origin));
        }
        Evidence::Unresolved(reason, origin) => verdicts.undetermined(
            format!("whether the database forces TLS is open ({reason}): {settled_by}"),
            Some(origin),
        ),
        Evidence::NotVisible => verdicts.undetermined(
            format!("the parameter group of the database {} is not in view, so whether it forces TLS is open: {settled_by}",
                lookups::database_name(database)),
            Some(&database.origin),
        ),
    }
}

/// The parameter group of a database for which none is given has a name assigned by AWS: `default.` and the family.
const NAMELESS: &str = "default";

fn group_name(group: &ParameterGroup) -> String {
    match group.identity.text() {
        NAMELESS => "the parameter group that AWS provides".to_owned(),
        name => format!("the parameter group {name}"),
    }
}

/// Returns the engine's TLS parameter; derived from the family if the engine is unknown.
fn parameter(proxy: &Proxy, database: Option<&Database>) -> &'static str {
    let engine = database
        .and_then(|database| database.engine.value())
        .and_then(|name| Engine::by_api_name(name));
    let of_family = || {
        let family = proxy.engine_family.value()?;
        ENGINES.iter().find(|engine| engine.family == *family)
    };
    let engine = engine.or_else(of_family);
    engine.map_or("the parameter that forces TLS", |engine| {
        engine.tls_parameter
    })
}

/// Returns a note on the metrics.
fn seen(proxy: &Proxy) -> &'static str {
    // Metrics describe the past, so they decide nothing: the database may have been fixed since.
    match proxy.clear_text.database.value() {
        Some(true) => " (CloudWatch saw connections to it without TLS in the last 14 days)",
        Some(false) | None => "",
    }
}

/// Returns the command that resolves the question, and the evidence against the database so far.
fn settled_by(proxy: &Proxy, database: Option<&Database>) -> String {
    format!("{}{}", command(proxy, database), seen(proxy))
}

fn command(proxy: &Proxy, database: Option<&Database>) -> String {
    let group = database
        .and_then(|database| database.parameter_group.value())
        .map(|group| &group.identity);
    let group = group.filter(|group| group.text() != NAMELESS);
    let (Some(database), Some(Identity::Known(group))) = (database, group) else {
        return "`rdsproxy-gen audit --live` reads it from the account".into();
    };
    let command = match group_kind(database) {
        ParameterGroupKind::Instance => "describe-db-parameters --db-parameter-group-name",
        ParameterGroupKind::Cluster => {
            "describe-db-cluster-parameters --db-cluster-parameter-group-name"
        }
    };
    let parameter = parameter(proxy, Some(database));
    format!(
        "`aws rds {command} {group} --query \"Parameters[?ParameterName=='{parameter}']\"` tells, as does `rdsproxy-gen audit --live`"
    )
}

fn group_kind(database: &Database) -> ParameterGroupKind {
    let engine = database
        .engine
        .value()
        .and_then(|name| Engine::by_api_name(name));
    match (engine, database.kind) {
        (Some(engine), _) if engine.aurora => engine.tls_group,
        (_, DatabaseKind::Instance) => ParameterGroupKind::Instance,
        (_, DatabaseKind::Cluster) => ParameterGroupKind::Cluster,
    }
}

#[cfg(test)]
mod tests;
