//! Reads the parameter groups that databases in scope use. Of their hundreds of parameters, only the three that matter
//! to a proxy are kept.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aws_sdk_rds::Client;
use aws_sdk_rds::types::{Filter, Parameter};
use futures_util::future::join;

use super::limiter::{CallPurpose, Limiter, all};
use crate::domain::snapshot::ParameterGroupFacts;

/// The parameters that enforce TLS, and the one that a proxy does not support.
const KEPT: [&str; 3] = ["rds.force_ssl", "require_secure_transport", "read_only"];

const FIELD: &str = "parameter_groups";

/// The names of the parameter groups in use.
pub(super) struct UsedGroups {
    pub(super) by_instances: BTreeSet<String>,
    pub(super) by_clusters: BTreeSet<String>,
}

impl UsedGroups {
    pub(super) fn len(&self) -> usize {
        self.by_instances.len() + self.by_clusters.len()
    }
}

pub(super) async fn read(
    client: Client,
    limiter: Arc<Limiter>,
    used: UsedGroups,
) -> Vec<ParameterGroupFacts> {
    let (instances, clusters) = join(
        of_instances(&client, &limiter, used.by_instances),
        of_clusters(&client, &limiter, used.by_clusters),
    )
    .await;
    instances.into_iter().chain(clusters).collect()
}

async fn of_instances(
    client: &Client,
    limiter: &Arc<Limiter>,
    names: BTreeSet<String>,
) -> Vec<ParameterGroupFacts> {
    if names.is_empty() {
        return Vec::new();
    }
    let groups = client
        .describe_db_parameter_groups()
        .into_paginator()
        .stop_on_duplicate_token(false)
        .items();
    let ask = CallPurpose::new("rds:DescribeDBParameterGroups", FIELD);
    let groups = limiter.ask(ask, groups.send().collect::<Result<Vec<_>, _>>());
    let families = groups.await.unwrap_or_default();
    let families = families.iter().filter_map(|group| {
        let name = group.db_parameter_group_name()?.to_owned();
        Some((name, group.db_parameter_group_family()?.to_owned()))
    });
    let families: BTreeMap<String, String> = families.collect();
    let jobs = names.into_iter().map(|name| {
        let (client, limiter) = (client.clone(), Arc::clone(limiter));
        let family = families.get(&name).cloned().unwrap_or_default();
        async move {
            let request = client
                .describe_db_parameters()
                .db_parameter_group_name(&name)
                .filters(by_name());
            let pages = request
                .into_paginator()
                .stop_on_duplicate_token(false)
                .items()
                .send();
            let ask = CallPurpose::new("rds:DescribeDBParameters", FIELD);
            let all = limiter
                .ask(ask, pages.collect::<Result<Vec<_>, _>>())
                .await?;
            Some(ParameterGroupFacts {
                name,
                cluster: false,
                family,
                parameters: kept(&all),
            })
        }
    });
    all(jobs).await.into_iter().flatten().collect()
}

async fn of_clusters(
    client: &Client,
    limiter: &Arc<Limiter>,
    names: BTreeSet<String>,
) -> Vec<ParameterGroupFacts> {
    if names.is_empty() {
        return Vec::new();
    }
    let groups = client
        .describe_db_cluster_parameter_groups()
        .into_paginator()
        .stop_on_duplicate_token(false)
        .items();
    let ask = CallPurpose::new("rds:DescribeDBClusterParameterGroups", FIELD);
    let groups = limiter.ask(ask, groups.send().collect::<Result<Vec<_>, _>>());
    let families = groups.await.unwrap_or_default();
    let families = families.iter().filter_map(|group| {
        let name = group.db_cluster_parameter_group_name()?.to_owned();
        Some((name, group.db_parameter_group_family()?.to_owned()))
    });
    let families: BTreeMap<String, String> = families.collect();
    let jobs = names.into_iter().map(|name| {
        let (client, limiter) = (client.clone(), Arc::clone(limiter));
        let family = families.get(&name).cloned().unwrap_or_default();
        async move {
            let request = client.describe_db_cluster_parameters();
            let request = request
                .db_cluster_parameter_group_name(&name)
                .filters(by_name());
            let pages = request
                .into_paginator()
                .stop_on_duplicate_token(false)
                .items()
                .send();
            let ask = CallPurpose::new("rds:DescribeDBClusterParameters", FIELD);
            let all = limiter
                .ask(ask, pages.collect::<Result<Vec<_>, _>>())
                .await?;
            Some(ParameterGroupFacts {
                name,
                cluster: true,
                family,
                parameters: kept(&all),
            })
        }
    });
    all(jobs).await.into_iter().flatten().collect()
}

/// Filters by the names of the parameters, which takes one page instead of five. Source: RDS API Reference,
/// DescribeDBParameters and DescribeDBClusterParameters, "Filters".
fn by_name() -> Filter {
    let names = KEPT.map(str::to_owned).to_vec();
    Filter::builder()
        .name("parameter-name")
        .set_values(Some(names))
        .build()
}

/// Returns the kept parameters. One without a value is left out because the engine's default applies.
fn kept(parameters: &[Parameter]) -> BTreeMap<String, String> {
    let pairs = parameters.iter().filter_map(|parameter| {
        let name = parameter
            .parameter_name()
            .filter(|name| KEPT.contains(name))?;
        Some((name.to_owned(), parameter.parameter_value()?.to_owned()))
    });
    pairs.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aws_only_the_parameters_that_matter_are_kept() {
        let parameter = |name: &str, value: Option<&str>| {
            Parameter::builder()
                .parameter_name(name)
                .set_parameter_value(value.map(str::to_owned))
                .build()
        };
        let kept = kept(&[
            parameter("rds.force_ssl", Some("1")),
            parameter("read_only", None),
            parameter("max_connections", Some("100")),
        ]);
        let expected = BTreeMap::from([("rds.force_ssl".to_owned(), "1".to_owned())]);
        assert_eq!(kept, expected);
    }
}
