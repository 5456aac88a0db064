//! Instances, clusters and their parameter groups.

use super::nodes::{filled, flag, map, number, resource, text, texts};
use crate::domain::snapshot::{DbClusterFacts, DbInstanceFacts, ParameterGroupFacts};
use crate::language::resource::Resource;

/// Returns the address of an instance. The prefix distinguishes it from a cluster of the same name.
pub(super) fn instance_address(identifier: &str) -> String {
    format!("db:{identifier}")
}

pub(super) fn cluster_address(identifier: &str) -> String {
    format!("cluster:{identifier}")
}

pub(super) fn instance(instance: &DbInstanceFacts) -> Resource {
    let body = vec![
        ("DBInstanceIdentifier", Some(text(&instance.identifier))),
        ("ResourceId", filled(&instance.resource_id)),
        ("Engine", filled(&instance.engine)),
        ("EngineVersion", filled(&instance.version)),
        ("Port", Some(number(instance.port))),
        ("VpcId", filled(&instance.vpc_id)),
        (
            "VPCSecurityGroups",
            Some(texts(&instance.security_group_ids)),
        ),
        ("DBParameterGroupName", filled(&instance.parameter_group)),
        (
            "ParameterApplyStatus",
            filled(&instance.parameter_apply_status),
        ),
        (
            "SourceDBInstanceIdentifier",
            instance.replica_of.as_ref().map(text),
        ),
        (
            "EnableIAMDatabaseAuthentication",
            Some(flag(instance.iam_enabled)),
        ),
        ("MasterUsername", filled(&instance.master_username)),
        (
            "MasterSecretArn",
            instance.master_secret_arn.as_ref().map(text),
        ),
    ];
    let address = instance_address(&instance.identifier);
    resource(
        "AWS::RDS::DBInstance",
        &address,
        &[&instance.identifier],
        body,
    )
}

pub(super) fn cluster(cluster: &DbClusterFacts) -> Resource {
    let body = vec![
        ("DBClusterIdentifier", Some(text(&cluster.identifier))),
        ("ResourceId", filled(&cluster.resource_id)),
        ("Engine", filled(&cluster.engine)),
        ("EngineVersion", filled(&cluster.version)),
        ("EngineMode", filled(&cluster.engine_mode)),
        ("Port", Some(number(cluster.port))),
        ("VpcId", filled(&cluster.vpc_id)),
        (
            "VpcSecurityGroupIds",
            Some(texts(&cluster.security_group_ids)),
        ),
        (
            "DBClusterParameterGroupName",
            filled(&cluster.parameter_group),
        ),
        (
            "ParameterApplyStatus",
            filled(&cluster.parameter_apply_status),
        ),
        (
            "EnableIAMDatabaseAuthentication",
            Some(flag(cluster.iam_enabled)),
        ),
        ("MasterUsername", filled(&cluster.master_username)),
        (
            "MasterSecretArn",
            cluster.master_secret_arn.as_ref().map(text),
        ),
    ];
    let address = cluster_address(&cluster.identifier);
    resource(
        "AWS::RDS::DBCluster",
        &address,
        &[&cluster.identifier],
        body,
    )
}

pub(super) fn parameter_group(group: &ParameterGroupFacts) -> Resource {
    let kind = if group.cluster {
        "AWS::RDS::DBClusterParameterGroup"
    } else {
        "AWS::RDS::DBParameterGroup"
    };
    let parameters = group
        .parameters
        .iter()
        .map(|(name, value)| (name.as_str(), Some(text(value))));
    let body = vec![
        ("Family", filled(&group.family)),
        ("Parameters", Some(map(parameters.collect()))),
    ];
    resource(
        kind,
        &format!("{kind}:{}", group.name),
        &[&group.name],
        body,
    )
}
