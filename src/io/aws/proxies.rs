//! Reads proxies with their connection pools, targets, endpoints and tags from RDS.

use std::sync::Arc;

use aws_sdk_rds::Client;
use aws_sdk_rds::types::{
    ConnectionPoolConfigurationInfo, DbProxy, DbProxyEndpoint, DbProxyTarget, TargetHealth,
    UserAuthConfigInfo,
};
use futures_util::future::join3;

use super::limiter::{CallPurpose, Limiter, all};
use crate::domain::snapshot::{AuthFacts, EndpointFacts, PoolFacts, ProxyFacts, TargetFacts};

const FIELD: &str = "proxies";

/// Lists all proxies, without the details that take a call for each proxy.
pub(super) async fn list(client: &Client, limiter: &Limiter) -> Vec<ProxyFacts> {
    let proxies = client
        .describe_db_proxies()
        .into_paginator()
        .stop_on_duplicate_token(false)
        .items();
    let ask = CallPurpose::new("rds:DescribeDBProxies", FIELD);
    let proxies = limiter.ask(ask, proxies.send().collect::<Result<Vec<_>, _>>());
    proxies.await.iter().flatten().map(proxy_facts).collect()
}

/// Adds the targets of each proxy.
pub(super) async fn with_targets(
    client: &Client,
    limiter: &Arc<Limiter>,
    proxies: Vec<ProxyFacts>,
) -> Vec<ProxyFacts> {
    let jobs = proxies.into_iter().map(|proxy| {
        let reader = ProxyReader::new(client, limiter, &proxy);
        async move {
            let targets = reader.targets().await;
            ProxyFacts { targets, ..proxy }
        }
    });
    all(jobs).await
}

/// Adds the connection pool, endpoints and tags of each proxy.
pub(super) async fn with_settings(
    client: &Client,
    limiter: &Arc<Limiter>,
    proxies: Vec<ProxyFacts>,
) -> Vec<ProxyFacts> {
    let jobs = proxies.into_iter().map(|proxy| {
        let reader = ProxyReader::new(client, limiter, &proxy);
        async move {
            let tags = reader.tags(&proxy.arn);
            let (pool, endpoints, tags) = join3(reader.pool(), reader.endpoints(), tags).await;
            ProxyFacts {
                pool,
                endpoints,
                tags,
                ..proxy
            }
        }
    });
    all(jobs).await
}

/// Reads all proxies with all details.
pub(super) async fn read(client: Client, limiter: Arc<Limiter>) -> Vec<ProxyFacts> {
    let proxies = list(&client, &limiter).await;
    let proxies = with_targets(&client, &limiter, proxies).await;
    with_settings(&client, &limiter, proxies).await
}

/// Reads the details of one proxy.
struct ProxyReader {
    client: Client,
    limiter: Arc<Limiter>,
    name: String,
}

impl ProxyReader {
    fn new(client: &Client, limiter: &Arc<Limiter>, proxy: &ProxyFacts) -> Self {
        Self {
            client: client.clone(),
            limiter: Arc::clone(limiter),
            name: proxy.name.clone(),
        }
    }

    /// Reads the connection pool. A proxy has one target group, `default`.
    async fn pool(&self) -> PoolFacts {
        let request = self.client.describe_db_proxy_target_groups();
        let pages = request
            .db_proxy_name(&self.name)
            .into_paginator()
            .stop_on_duplicate_token(false)
            .items()
            .send();
        let ask = CallPurpose::new("rds:DescribeDBProxyTargetGroups", FIELD);
        let groups = self
            .limiter
            .ask(ask, pages.collect::<Result<Vec<_>, _>>())
            .await;
        let groups = groups.unwrap_or_default();
        let pool = groups
            .iter()
            .find_map(|group| group.connection_pool_config());
        pool.map(pool_facts).unwrap_or_default()
    }

    async fn targets(&self) -> Vec<TargetFacts> {
        let request = self.client.describe_db_proxy_targets();
        let pages = request
            .db_proxy_name(&self.name)
            .into_paginator()
            .stop_on_duplicate_token(false)
            .items()
            .send();
        let ask = CallPurpose::new("rds:DescribeDBProxyTargets", FIELD);
        let targets = self
            .limiter
            .ask(ask, pages.collect::<Result<Vec<_>, _>>())
            .await;
        let mut targets: Vec<TargetFacts> = targets.iter().flatten().map(target_facts).collect();
        targets.sort_by(|a, b| (&a.kind, &a.identifier).cmp(&(&b.kind, &b.identifier)));
        targets
    }

    async fn endpoints(&self) -> Vec<EndpointFacts> {
        let request = self.client.describe_db_proxy_endpoints();
        let pages = request
            .db_proxy_name(&self.name)
            .into_paginator()
            .stop_on_duplicate_token(false)
            .items()
            .send();
        let ask = CallPurpose::new("rds:DescribeDBProxyEndpoints", FIELD);
        let endpoints = self
            .limiter
            .ask(ask, pages.collect::<Result<Vec<_>, _>>())
            .await;
        let endpoints = endpoints.iter().flatten();
        // The built-in endpoint is listed too. It is left out because it has the proxy's own groups and subnets.
        let mut endpoints: Vec<EndpointFacts> = endpoints
            .filter(|endpoint| endpoint.is_default() != Some(true))
            .map(endpoint_facts)
            .collect();
        endpoints.sort_by(|a, b| a.name.cmp(&b.name));
        endpoints
    }

    async fn tags(&self, arn: &str) -> std::collections::BTreeMap<String, String> {
        let request = self.client.list_tags_for_resource();
        let request = request.resource_name(arn);
        let ask = CallPurpose::new("rds:ListTagsForResource", FIELD);
        let Some(answer) = self.limiter.ask(ask, request.send()).await else {
            return std::collections::BTreeMap::new();
        };
        let tags = answer.tag_list().iter();
        tags.map(|tag| (text(tag.key()), text(tag.value())))
            .collect()
    }
}

fn proxy_facts(proxy: &DbProxy) -> ProxyFacts {
    ProxyFacts {
        name: text(proxy.db_proxy_name()),
        arn: text(proxy.db_proxy_arn()),
        status: text(proxy.status().map(|status| status.as_str())),
        engine_family: text(proxy.engine_family()),
        vpc_id: text(proxy.vpc_id()),
        subnet_ids: sorted(proxy.vpc_subnet_ids()),
        security_group_ids: sorted(proxy.vpc_security_group_ids()),
        role_arn: text(proxy.role_arn()),
        endpoint: text(proxy.endpoint()),
        require_tls: proxy.require_tls() == Some(true),
        debug_logging: proxy.debug_logging() == Some(true),
        default_auth_scheme: some(proxy.default_auth_scheme()),
        idle_client_timeout: number(proxy.idle_client_timeout()),
        auth: proxy.auth().iter().map(auth_facts).collect(),
        ..ProxyFacts::default()
    }
}

fn auth_facts(auth: &UserAuthConfigInfo) -> AuthFacts {
    AuthFacts {
        scheme: text(auth.auth_scheme().map(|scheme| scheme.as_str())),
        secret_arn: some(auth.secret_arn()),
        iam_auth: some(auth.iam_auth().map(|mode| mode.as_str())),
        client_password_auth_type: some(auth.client_password_auth_type().map(|kind| kind.as_str())),
        user_name: some(auth.user_name()),
        description: some(auth.description()),
    }
}

fn pool_facts(pool: &ConnectionPoolConfigurationInfo) -> PoolFacts {
    PoolFacts {
        max_connections_percent: number(pool.max_connections_percent()),
        max_idle_connections_percent: number(pool.max_idle_connections_percent()),
        borrow_timeout: number(pool.connection_borrow_timeout()),
        pinning_filters: sorted(pool.session_pinning_filters()),
        init_query: some(pool.init_query()),
    }
}

fn target_facts(target: &DbProxyTarget) -> TargetFacts {
    let port = target.port().unwrap_or_default();
    TargetFacts {
        kind: text(target.r#type().map(|kind| kind.as_str())),
        identifier: text(target.rds_resource_id()),
        port: u16::try_from(port).unwrap_or_default(),
        health: target.target_health().map(health).unwrap_or_default(),
    }
}

/// Returns the health of a target, such as `AVAILABLE` or `UNAVAILABLE: AUTH_FAILURE`.
fn health(health: &TargetHealth) -> String {
    let state = text(health.state().map(|state| state.as_str()));
    match health.reason() {
        Some(reason) => format!("{state}: {}", reason.as_str()),
        None => state,
    }
}

fn endpoint_facts(endpoint: &DbProxyEndpoint) -> EndpointFacts {
    EndpointFacts {
        name: text(endpoint.db_proxy_endpoint_name()),
        target_role: text(endpoint.target_role().map(|role| role.as_str())),
        vpc_id: text(endpoint.vpc_id()),
        subnet_ids: sorted(endpoint.vpc_subnet_ids()),
        security_group_ids: sorted(endpoint.vpc_security_group_ids()),
    }
}

fn sorted(values: &[String]) -> Vec<String> {
    let mut values = values.to_vec();
    values.sort();
    values
}

fn number(value: Option<i32>) -> u32 {
    u32::try_from(value.unwrap_or_default()).unwrap_or_default()
}

fn text(value: Option<&str>) -> String {
    value.unwrap_or_default().to_owned()
}

fn some(value: Option<&str>) -> Option<String> {
    value.filter(|value| !value.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use aws_sdk_rds::types::{AuthScheme, IamAuthMode, TargetHealthReason, TargetState};

    use super::*;

    #[test]
    fn aws_a_proxy_keeps_what_it_says_and_invents_nothing() {
        let auth = UserAuthConfigInfo::builder()
            .auth_scheme(AuthScheme::Secrets)
            .iam_auth(IamAuthMode::Required)
            .secret_arn("arn:s")
            .description("")
            .build();
        let proxy = DbProxy::builder()
            .db_proxy_name("orders")
            .require_tls(true)
            .idle_client_timeout(1800)
            .vpc_subnet_ids("subnet-b")
            .vpc_subnet_ids("subnet-a")
            .auth(auth)
            .build();
        let facts = proxy_facts(&proxy);
        assert!(facts.require_tls && !facts.debug_logging);
        assert_eq!(facts.subnet_ids, ["subnet-a", "subnet-b"]);
        assert_eq!(facts.idle_client_timeout, 1800);
        assert_eq!(facts.default_auth_scheme, None);
        let auth = facts.auth.first().unwrap();
        assert_eq!(
            (auth.scheme.as_str(), auth.description.as_deref()),
            ("SECRETS", None)
        );
        assert_eq!(auth.iam_auth.as_deref(), Some("REQUIRED"));
    }

    #[test]
    fn aws_health_has_its_reason() {
        let state = TargetHealth::builder().state(TargetState::Unavailable);
        let cases = [
            (state.clone().build(), "UNAVAILABLE"),
            (
                state.reason(TargetHealthReason::AuthFailure).build(),
                "UNAVAILABLE: AUTH_FAILURE",
            ),
        ];
        for (given, expected) in cases {
            assert_eq!(health(&given), expected);
        }
    }
}
