//! Reads database instances and clusters from RDS.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aws_sdk_rds::Client;
use aws_sdk_rds::types::{
    DbCluster, DbInstance, DbSubnetGroup, MasterUserSecret, VpcSecurityGroupMembership,
};
use futures_util::future::join;

use super::limiter::{CallPurpose, Limiter};
use super::parameters;
use crate::domain::snapshot::{DbClusterFacts, DbInstanceFacts};

/// The databases that RDS lists.
pub(super) struct Databases {
    pub(super) instances: Vec<DbInstanceFacts>,
    pub(super) clusters: Vec<DbClusterFacts>,
}

impl Databases {
    /// Returns the parameter groups of the databases whose identifier `matters` accepts.
    pub(super) fn groups(&self, matters: impl Fn(&str) -> bool) -> parameters::UsedGroups {
        let of_clusters = self.clusters.iter();
        let of_clusters = of_clusters.filter(|cluster| matters(&cluster.identifier));
        // The members of a cluster have parameter groups of their own in addition to the cluster's.
        let of_instances = self.instances.iter().filter(|instance| {
            let cluster = instance.cluster_identifier.as_deref();
            matters(&instance.identifier) || cluster.is_some_and(&matters)
        });
        parameters::UsedGroups {
            by_instances: names(of_instances.map(|instance| &instance.parameter_group)),
            by_clusters: names(of_clusters.map(|cluster| &cluster.parameter_group)),
        }
    }
}

pub(super) async fn read(client: Client, limiter: Arc<Limiter>) -> Databases {
    let (instances, clusters) = join(
        limiter.ask(
            CallPurpose::new("rds:DescribeDBInstances", "db_instances"),
            client
                .describe_db_instances()
                .into_paginator()
                .stop_on_duplicate_token(false)
                .items()
                .send()
                .collect::<Result<Vec<_>, _>>(),
        ),
        limiter.ask(
            CallPurpose::new("rds:DescribeDBClusters", "db_clusters"),
            client
                .describe_db_clusters()
                .into_paginator()
                .stop_on_duplicate_token(false)
                .items()
                .send()
                .collect::<Result<Vec<_>, _>>(),
        ),
    )
    .await;
    let (instances, clusters) = (instances.unwrap_or_default(), clusters.unwrap_or_default());
    let networks = networks(&client, &limiter, &instances, &clusters).await;
    Databases {
        instances: instances.iter().map(instance_facts).collect(),
        clusters: clusters
            .iter()
            .map(|cluster| cluster_facts(cluster, &networks))
            .collect(),
    }
}

fn names<'a>(groups: impl Iterator<Item = &'a String>) -> BTreeSet<String> {
    groups.filter(|name| !name.is_empty()).cloned().collect()
}

/// Returns the VPC of every subnet group in use. A cluster only names its group. Its instances state the VPC; if they
/// do not, RDS is queried for the subnet groups.
async fn networks(
    client: &Client,
    limiter: &Limiter,
    instances: &[DbInstance],
    clusters: &[DbCluster],
) -> BTreeMap<String, String> {
    let told = instances.iter().filter_map(DbInstance::db_subnet_group);
    let mut networks: BTreeMap<String, String> = told.filter_map(network).collect();
    let mut wanted = clusters.iter().filter_map(DbCluster::db_subnet_group);
    if wanted.all(|group| networks.contains_key(group)) {
        return networks;
    }
    let groups = client
        .describe_db_subnet_groups()
        .into_paginator()
        .stop_on_duplicate_token(false)
        .items();
    let ask = CallPurpose::new("rds:DescribeDBSubnetGroups", "db_clusters");
    let groups = limiter.ask(ask, groups.send().collect::<Result<Vec<_>, _>>());
    networks.extend(groups.await.iter().flatten().filter_map(network));
    networks
}

fn network(group: &DbSubnetGroup) -> Option<(String, String)> {
    let name = group.db_subnet_group_name()?;
    Some((name.to_owned(), group.vpc_id()?.to_owned()))
}

fn instance_facts(instance: &DbInstance) -> DbInstanceFacts {
    let group = instance.db_parameter_groups().first();
    // `DbInstancePort` is 0 in many answers; the endpoint is absent until the instance exists.
    let endpoint = instance
        .endpoint()
        .and_then(aws_sdk_rds::types::Endpoint::port);
    DbInstanceFacts {
        identifier: text(instance.db_instance_identifier()),
        resource_id: text(instance.dbi_resource_id()),
        engine: text(instance.engine()),
        version: text(instance.engine_version()),
        status: unusual(instance.db_instance_status()),
        class: text(instance.db_instance_class()),
        port: port(endpoint.or(instance.db_instance_port())),
        vpc_id: text(instance.db_subnet_group().and_then(DbSubnetGroup::vpc_id)),
        cluster_identifier: some(instance.db_cluster_identifier()),
        replica_of: some(instance.read_replica_source_db_instance_identifier())
            .or_else(|| some(instance.read_replica_source_db_cluster_identifier())),
        security_group_ids: groups(instance.vpc_security_groups()),
        parameter_group: text(group.and_then(|group| group.db_parameter_group_name())),
        parameter_apply_status: text(group.and_then(|group| group.parameter_apply_status())),
        iam_enabled: instance.iam_database_authentication_enabled() == Some(true),
        database_name: some(instance.db_name()),
        master_username: text(instance.master_username()),
        master_secret_arn: master_secret(instance.master_user_secret()),
    }
}

fn cluster_facts(cluster: &DbCluster, networks: &BTreeMap<String, String>) -> DbClusterFacts {
    let network = cluster
        .db_subnet_group()
        .and_then(|name| networks.get(name));
    DbClusterFacts {
        identifier: text(cluster.db_cluster_identifier()),
        resource_id: text(cluster.db_cluster_resource_id()),
        engine: text(cluster.engine()),
        version: text(cluster.engine_version()),
        status: unusual(cluster.status()),
        engine_mode: text(cluster.engine_mode()),
        port: port(cluster.port()),
        vpc_id: network.cloned().unwrap_or_default(),
        security_group_ids: groups(cluster.vpc_security_groups()),
        parameter_group: text(cluster.db_cluster_parameter_group()),
        parameter_apply_status: worst_status(cluster),
        iam_enabled: cluster.iam_database_authentication_enabled() == Some(true),
        database_name: some(cluster.database_name()),
        master_username: text(cluster.master_username()),
        master_secret_arn: master_secret(cluster.master_user_secret()),
    }
}

/// Returns the status of the member that lags behind most, because a cluster's parameters only take effect once every
/// member has them.
fn worst_status(cluster: &DbCluster) -> String {
    let members = cluster.db_cluster_members().iter();
    let statuses = members.filter_map(|member| member.db_cluster_parameter_group_status());
    let worst = statuses.max_by_key(|status| match *status {
        "in-sync" => 0,
        "applying" => 1,
        "pending-reboot" => 3,
        _ => 2,
    });
    text(worst)
}

/// Returns a status other than `available`; empty for that one.
fn unusual(status: Option<&str>) -> String {
    text(status.filter(|status| *status != "available"))
}

fn groups(memberships: &[VpcSecurityGroupMembership]) -> Vec<String> {
    let ids = memberships.iter();
    let mut ids: Vec<String> = ids
        .filter_map(|membership| some(membership.vpc_security_group_id()))
        .collect();
    ids.sort();
    ids
}

fn master_secret(secret: Option<&MasterUserSecret>) -> Option<String> {
    some(secret.and_then(MasterUserSecret::secret_arn))
}

fn port(port: Option<i32>) -> u16 {
    u16::try_from(port.unwrap_or_default()).unwrap_or_default()
}

fn text(value: Option<&str>) -> String {
    value.unwrap_or_default().to_owned()
}

/// Turns an empty text into `None`. RDS sends empty texts for absent values.
fn some(value: Option<&str>) -> Option<String> {
    value.filter(|value| !value.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use aws_sdk_rds::types::{DbClusterMember, DbParameterGroupStatus, Endpoint};

    use super::*;

    #[test]
    fn aws_an_instance_keeps_what_matters() {
        let group = DbParameterGroupStatus::builder()
            .db_parameter_group_name("orders")
            .parameter_apply_status("pending-reboot")
            .build();
        let instance = DbInstance::builder()
            .db_instance_identifier("orders")
            .db_instance_status("creating")
            .endpoint(Endpoint::builder().port(5433).build())
            .db_instance_port(0)
            .db_name("")
            .db_subnet_group(DbSubnetGroup::builder().vpc_id("vpc-1").build())
            .db_parameter_groups(group)
            .master_user_secret(MasterUserSecret::builder().secret_arn("arn:m").build())
            .build();
        let facts = instance_facts(&instance);
        assert_eq!((facts.port, facts.vpc_id.as_str()), (5433, "vpc-1"));
        assert_eq!(facts.parameter_apply_status, "pending-reboot");
        assert_eq!(
            (facts.database_name, facts.status.as_str()),
            (None, "creating")
        );
        assert_eq!(facts.master_secret_arn.as_deref(), Some("arn:m"));
        let other = DbInstance::builder().db_instance_status("available");
        let other = instance_facts(&other.build());
        assert_eq!((other.port, other.status.as_str()), (0, ""));
    }

    #[test]
    fn aws_the_worst_member_speaks_for_the_cluster() {
        let cases: [(&[&str], &str); 4] = [
            (&["in-sync", "in-sync"], "in-sync"),
            (&["in-sync", "pending-reboot"], "pending-reboot"),
            (&["applying", "in-sync"], "applying"),
            (&[], ""),
        ];
        for (statuses, expected) in cases {
            let mut cluster = DbCluster::builder().db_subnet_group("private");
            for status in statuses {
                let member = DbClusterMember::builder();
                let member = member.db_cluster_parameter_group_status(*status).build();
                cluster = cluster.db_cluster_members(member);
            }
            let networks = BTreeMap::from([("private".to_owned(), "vpc-1".to_owned())]);
            let facts = cluster_facts(&cluster.build(), &networks);
            assert_eq!(facts.parameter_apply_status, expected);
            assert_eq!(facts.vpc_id, "vpc-1");
        }
    }
}
