//! A service limit: the further endpoints that a proxy can have.

use super::{Example, FaultShown, Rule, lookups, references};
use crate::domain::engine::Engine;
use crate::domain::finding::{Group, RuleInfo, Severity, Verdicts};
use crate::domain::limits::Limits;
use crate::domain::links::RuleLinks;
use crate::domain::posture::{Database, DatabaseKind, Endpoint, Proxy};

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "endpoint-unsupported",
        group: Group::Limit,
        severity: Severity::High,
        summary: "the proxy has an endpoint that AWS does not offer for it",
        why: "A read-only endpoint needs readers: it exists for Aurora and for Multi-AZ DB clusters, and not for SQL Server. A proxy can have 20 endpoints beside the built-in one.",
        fix: "Remove the endpoint, or give it the role READ_WRITE.",
        references: &[
            references::CREATE_ENDPOINT,
            references::ENDPOINTS,
            references::LIMITS,
        ],
        links: RuleLinks::NONE,
    },
    example: Example {
        seen: FaultShown::InCode,
        terraform: include_str!("samples/endpoint-unsupported.tf"),
        cloudformation: include_str!("samples/endpoint-unsupported.yaml"),
    },
    check,
};

fn check(proxy: &Proxy, limits: &Limits, verdicts: &mut Verdicts) {
    let Some(endpoints) =
        lookups::known("the list of further endpoints", &proxy.endpoints, verdicts)
    else {
        return;
    };
    let origin = proxy.endpoints.origin().unwrap_or(&proxy.origin);
    lookups::refuse(limits.endpoint_count(endpoints.len()), origin, verdicts);
    for endpoint in endpoints {
        judge(proxy, endpoint, verdicts);
    }
    verdicts.pass(
        format!(
            "AWS offers every further endpoint that the proxy has ({})",
            endpoints.len()
        ),
        &proxy.endpoints,
    );
}

fn judge(proxy: &Proxy, endpoint: &Endpoint, verdicts: &mut Verdicts) {
    let name = lookups::endpoint_name(endpoint);
    let what = format!("the target role of the endpoint {name}");
    match lookups::known(&what, &endpoint.target_role, verdicts).map(String::as_str) {
        Some("READ_ONLY") => read_only(proxy, endpoint, verdicts),
        Some("READ_WRITE") | None => {}
        Some(other) => verdicts.fail(
            format!("{what} is `{other}`: READ_WRITE and READ_ONLY exist"),
            &endpoint.origin,
        ),
    }
}

fn read_only(proxy: &Proxy, endpoint: &Endpoint, verdicts: &mut Verdicts) {
    let name = lookups::endpoint_name(endpoint);
    let family = proxy.engine_family.value().map(|family| family.traits());
    if let Some(family) = family.filter(|family| !family.has_clusters) {
        let title = family.title;
        return verdicts.fail(
            format!("the endpoint {name} is read-only, which does not exist for {title}"),
            &endpoint.origin,
        );
    }
    let Some(database) = lookups::database(proxy, verdicts) else {
        return;
    };
    if !has_readers(database) {
        verdicts.fail(
            format!("the endpoint {name} is read-only, but the database {} is an instance and has no readers", lookups::database_name(database)),
            &endpoint.origin,
        );
    }
}

fn has_readers(database: &Database) -> bool {
    let engine = database
        .engine
        .value()
        .and_then(|name| Engine::by_api_name(name));
    database.kind == DatabaseKind::Cluster || engine.is_some_and(|engine| engine.aurora)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::engine::EngineFamily;
    use crate::domain::evidence::Evidence;
    use crate::rules::fixtures::{check, endpoint, fails, passes, stated, stays_open, value_mut};

    fn add(proxy: &mut Proxy, role: &str) {
        value_mut(&mut proxy.endpoints).push(Endpoint {
            target_role: stated(role.into()),
            ..endpoint("orders-2")
        });
    }

    #[test]
    fn read_only_needs_readers() {
        check(
            &RULE,
            &[
                passes(
                    |proxy| add(proxy, "READ_WRITE"),
                    "endpoint that the proxy has (1)",
                ),
                fails(
                    |proxy| add(proxy, "READ_ONLY"),
                    "is an instance and has no readers",
                ),
                passes(
                    |proxy| {
                        add(proxy, "READ_ONLY");
                        value_mut(&mut proxy.database).kind = DatabaseKind::Cluster;
                    },
                    "endpoint that the proxy has (1)",
                ),
                fails(
                    |proxy| {
                        add(proxy, "READ_ONLY");
                        proxy.engine_family = stated(EngineFamily::SqlServer);
                    },
                    "does not exist for SQL Server",
                ),
                fails(|proxy| add(proxy, "WRITE_ONLY"), "`WRITE_ONLY`"),
                stays_open(
                    |proxy| {
                        add(proxy, "READ_ONLY");
                        proxy.database = Evidence::NotVisible;
                    },
                    "database behind the proxy",
                ),
                fails(
                    |proxy| (0..21).for_each(|_| add(proxy, "READ_WRITE")),
                    "21 further endpoints are more than the 20",
                ),
            ],
        );
    }
}
