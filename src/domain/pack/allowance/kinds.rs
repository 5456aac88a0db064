//! The resource types that allowances refer to.

/// The types of alarms.
pub(super) const ALARM: &[&str] = &["aws_cloudwatch_metric_alarm", "AWS::CloudWatch::Alarm"];
/// The types of parameters that other programs read.
pub(super) const PARAMETER: &[&str] = &["aws_ssm_parameter", "AWS::SSM::Parameter"];
/// The types of the proxy's log.
pub(super) const LOG: &[&str] = &["aws_cloudwatch_log_group", "AWS::Logs::LogGroup"];

/// The resources that nothing else finds by name. It excludes policies, and the proxy and its log, which AWS finds by
/// name.
pub(super) const NAMED: &[&str] = &[
    "aws_cloudwatch_event_rule",
    "aws_cloudwatch_metric_alarm",
    "aws_iam_role",
    "aws_kms_alias",
    "aws_secretsmanager_secret",
    "aws_security_group",
    "AWS::CloudWatch::Alarm",
    "AWS::EC2::SecurityGroup",
    "AWS::Events::Rule",
    "AWS::IAM::Role",
    "AWS::KMS::Alias",
    "AWS::SecretsManager::Secret",
];

/// The data sources that read no secrets and change nothing.
pub(super) const READ_ONLY: &[&str] = &[
    "aws_arn",
    "aws_availability_zones",
    "aws_caller_identity",
    "aws_cloudwatch_log_group",
    "aws_cloudwatch_log_groups",
    "aws_db_instance",
    "aws_db_proxy",
    "aws_db_subnet_group",
    "aws_default_tags",
    "aws_iam_account_alias",
    "aws_iam_policy",
    "aws_iam_role",
    "aws_iam_session_context",
    "aws_kms_alias",
    "aws_kms_key",
    "aws_organizations_organization",
    "aws_partition",
    "aws_rds_cluster",
    "aws_region",
    "aws_route_table",
    "aws_security_group",
    "aws_security_groups",
    "aws_service",
    "aws_sns_topic",
    "aws_subnet",
    "aws_subnets",
    "aws_vpc",
    "aws_vpcs",
];
