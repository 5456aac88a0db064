//! Attributes that cannot be changed in place: a new value replaces the resource.
//!
//! Sources: the AWS provider for Terraform, "Forces new resource" in the reference of each resource, and `ForceNew` in
//! its schema; CloudFormation Template Reference, "Update requires: Replacement" of each property, and
//! `createOnlyProperties` in its schema.

use super::place;
use crate::language::resource::Document;

/// The types of generated resources in both languages, with the attributes whose change replaces the resource.
pub(super) const REPLACED: &[(&str, &[&str])] = &[
    (
        "aws_security_group",
        &["name", "name_prefix", "description", "vpc_id"],
    ),
    ("aws_db_proxy", &["engine_family", "vpc_subnet_ids"]),
    (
        "aws_db_proxy_endpoint",
        &[
            "db_proxy_name",
            "db_proxy_endpoint_name",
            "target_role",
            "vpc_subnet_ids",
        ],
    ),
    (
        "aws_db_proxy_target",
        &[
            "db_proxy_name",
            "target_group_name",
            "db_instance_identifier",
            "db_cluster_identifier",
        ],
    ),
    ("aws_iam_role", &["name", "name_prefix", "path"]),
    ("aws_iam_role_policy", &["name", "role"]),
    ("aws_secretsmanager_secret", &["name", "name_prefix"]),
    (
        "aws_db_parameter_group",
        &["name", "name_prefix", "family", "description"],
    ),
    (
        "aws_rds_cluster_parameter_group",
        &["name", "name_prefix", "family", "description"],
    ),
    ("aws_cloudwatch_log_group", &["name", "name_prefix"]),
    ("aws_kms_alias", &["name"]),
    (
        "AWS::EC2::SecurityGroup",
        &["GroupName", "GroupDescription", "VpcId"],
    ),
    (
        "AWS::RDS::DBProxy",
        &[
            "DBProxyName",
            "EngineFamily",
            "EndpointNetworkType",
            "TargetConnectionNetworkType",
            "VpcSubnetIds",
        ],
    ),
    (
        "AWS::RDS::DBProxyEndpoint",
        &[
            "DBProxyEndpointName",
            "DBProxyName",
            "EndpointNetworkType",
            "VpcSubnetIds",
        ],
    ),
    (
        "AWS::RDS::DBProxyTargetGroup",
        &["DBProxyName", "TargetGroupName"],
    ),
    ("AWS::IAM::Role", &["RoleName", "Path"]),
    ("AWS::IAM::RolePolicy", &["PolicyName", "RoleName"]),
    (
        "AWS::IAM::ManagedPolicy",
        &["ManagedPolicyName", "Description", "Path"],
    ),
    ("AWS::SecretsManager::Secret", &["Name"]),
    (
        "AWS::RDS::DBParameterGroup",
        &["DBParameterGroupName", "Family", "Description"],
    ),
    (
        "AWS::RDS::DBClusterParameterGroup",
        &["DBClusterParameterGroupName", "Family", "Description"],
    ),
    ("AWS::Logs::LogGroup", &["LogGroupName"]),
    ("AWS::KMS::Alias", &["AliasName"]),
];

/// The generated types of CloudFormation whose replacement nobody notices: the new one is there before the old one goes.
pub const UNNOTICED: [&str; 5] = [
    "AWS::CloudWatch::Alarm",
    "AWS::EC2::SecurityGroupEgress",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::Events::Rule",
    "AWS::SecretsManager::ResourcePolicy",
];

/// Returns the attributes whose change replaces a resource of this type. Empty for types that are not in the table.
pub fn replaced_by(kind: &str) -> &'static [&'static str] {
    let row = REPLACED.iter().find(|(known, _)| *known == kind);
    row.map_or(&[], |(_, attributes)| attributes)
}

/// True if a new value of the part replaces the resource. Also false for types that are not in the table.
pub fn is_replaced(name: &str, document: &Document) -> bool {
    let name = name.rsplit(": ").next().unwrap_or(name);
    let Some((address, attribute)) = place(name) else {
        return false;
    };
    let mut resources = document.resources.iter();
    let kind = if name.starts_with("Resources/") {
        resources
            .find(|one| one.address == address)
            .map(|one| one.kind.as_str())
    } else {
        address.split('.').next()
    };
    let mut rows = REPLACED.iter().filter(|(known, _)| Some(*known) == kind);
    rows.any(|(_, attributes)| attributes.contains(&attribute))
}
