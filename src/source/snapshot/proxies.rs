//! Proxies with their target groups and endpoints, and the functions that use them.

use super::gaps::{self, Gaps};
use super::nodes::{filled, flag, list, map, number, resource, tags, text, texts};
use crate::domain::snapshot::{
    ClearTextFacts, EndpointFacts, FunctionFacts, PoolFacts, ProxyFacts,
};
use crate::language::resource::{Node, Resource};

pub(super) fn proxy(proxy: &ProxyFacts, gaps: &Gaps<'_>) -> Resource {
    let entries = proxy.auth.iter().map(|entry| {
        map(vec![
            ("AuthScheme", filled(&entry.scheme)),
            ("SecretArn", entry.secret_arn.as_ref().map(text)),
            ("IAMAuth", entry.iam_auth.as_ref().map(text)),
            (
                "ClientPasswordAuthType",
                entry.client_password_auth_type.as_ref().map(text),
            ),
            ("UserName", entry.user_name.as_ref().map(text)),
        ])
    });
    let body = vec![
        ("DBProxyName", Some(text(&proxy.name))),
        ("EngineFamily", filled(&proxy.engine_family)),
        ("RequireTLS", Some(flag(proxy.require_tls))),
        ("DebugLogging", Some(flag(proxy.debug_logging))),
        (
            "DefaultAuthScheme",
            proxy.default_auth_scheme.as_ref().map(text),
        ),
        ("Auth", Some(list(entries))),
        ("RoleArn", filled(&proxy.role_arn)),
        ("VpcId", filled(&proxy.vpc_id)),
        ("VpcSubnetIds", Some(texts(&proxy.subnet_ids))),
        (
            "VpcSecurityGroupIds",
            Some(texts(&proxy.security_group_ids)),
        ),
        ("IdleClientTimeout", Some(number(proxy.idle_client_timeout))),
        (
            "Tags",
            gaps.unless_read(proxy.tags.is_empty(), gaps::TAGS)
                .or_else(|| Some(tags(&proxy.tags))),
        ),
        (
            "Endpoints",
            gaps.unless_read(proxy.endpoints.is_empty(), gaps::ENDPOINTS),
        ),
        ("Functions", gaps.unless_read(true, gaps::FUNCTIONS)),
        ("Consumers", gaps.consumers()),
        ("ClearText", proxy.clear_text.as_ref().map(clear_text)),
    ];
    resource(
        "AWS::RDS::DBProxy",
        &proxy.name,
        &[&proxy.arn, &proxy.name],
        body,
    )
}

fn clear_text(facts: &ClearTextFacts) -> Node {
    let seen = |hours: Option<u32>| hours.map(|hours| flag(hours > 0));
    map(vec![
        ("Clients", seen(facts.client_hours)),
        ("Database", seen(facts.database_hours)),
    ])
}

/// Makes the target group. The members of a cluster, which are listed as targets too, are left out, since they follow
/// from the cluster.
pub(super) fn target_group(proxy: &ProxyFacts, gaps: &Gaps<'_>) -> Resource {
    let of_kind = |kind: &str| -> Vec<String> {
        let targets = proxy.targets.iter().filter(|target| target.kind == kind);
        targets.map(|target| target.identifier.clone()).collect()
    };
    let clusters = of_kind("TRACKED_CLUSTER");
    let instances = if clusters.is_empty() {
        of_kind("RDS_INSTANCE")
    } else {
        Vec::new()
    };
    let body = vec![
        ("DBProxyName", Some(text(&proxy.name))),
        (
            "ConnectionPoolConfigurationInfo",
            Some(pool(&proxy.pool, gaps)),
        ),
        (
            "DBInstanceIdentifiers",
            gaps.targets(&instances, gaps::INSTANCES)
                .or_else(|| gaps.unless_read(clusters.is_empty(), gaps::TARGETS)),
        ),
        (
            "DBClusterIdentifiers",
            gaps.targets(&clusters, gaps::CLUSTERS),
        ),
    ];
    let address = format!("{}/default", proxy.name);
    resource("AWS::RDS::DBProxyTargetGroup", &address, &[], body)
}

/// Makes the pool. A pool that was not read is unknown, and not a pool of 0 connections.
fn pool(pool: &PoolFacts, gaps: &Gaps<'_>) -> Node {
    let is_empty = *pool == PoolFacts::default();
    let or = |read: Node| gaps.unless_read(is_empty, gaps::POOL).or(Some(read));
    let query = pool.init_query.as_ref().map(text);
    map(vec![
        (
            "MaxConnectionsPercent",
            or(number(pool.max_connections_percent)),
        ),
        (
            "MaxIdleConnectionsPercent",
            or(number(pool.max_idle_connections_percent)),
        ),
        ("ConnectionBorrowTimeout", or(number(pool.borrow_timeout))),
        ("SessionPinningFilters", or(texts(&pool.pinning_filters))),
        (
            "InitQuery",
            query.or_else(|| gaps.unless_read(is_empty, gaps::POOL)),
        ),
    ])
}

pub(super) fn endpoints(proxy: &ProxyFacts) -> impl Iterator<Item = Resource> {
    proxy.endpoints.iter().map(|endpoint: &EndpointFacts| {
        let body = vec![
            ("DBProxyName", Some(text(&proxy.name))),
            ("DBProxyEndpointName", Some(text(&endpoint.name))),
            ("TargetRole", filled(&endpoint.target_role)),
            ("VpcSubnetIds", Some(texts(&endpoint.subnet_ids))),
            (
                "VpcSecurityGroupIds",
                Some(texts(&endpoint.security_group_ids)),
            ),
        ];
        let address = format!("{}/endpoint/{}", proxy.name, endpoint.name);
        resource("AWS::RDS::DBProxyEndpoint", &address, &[], body)
    })
}

pub(super) fn function(function: &FunctionFacts) -> Resource {
    let network = (function.vpc_id.is_some() || !function.subnet_ids.is_empty()).then(|| {
        map(vec![
            ("VpcId", function.vpc_id.as_ref().map(text)),
            ("SubnetIds", Some(texts(&function.subnet_ids))),
            (
                "SecurityGroupIds",
                Some(texts(&function.security_group_ids)),
            ),
        ])
    });
    let body = vec![
        ("FunctionName", Some(text(&function.name))),
        ("Role", filled(&function.role_arn)),
        ("VpcConfig", network),
    ];
    let names = [function.arn.as_str(), &function.name];
    resource("AWS::Lambda::Function", &function.arn, &names, body)
}
