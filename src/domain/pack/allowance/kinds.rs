//! The types of resources that allowances speak of.

/// Alarms.
pub(super) const ALARM: &[&str] = &["aws_cloudwatch_metric_alarm", "AWS::CloudWatch::Alarm"];
/// Parameters that others read.
pub(super) const PARAMETER: &[&str] = &["aws_ssm_parameter", "AWS::SSM::Parameter"];
/// The log of the proxy.
pub(super) const LOG: &[&str] = &["aws_cloudwatch_log_group", "AWS::Logs::LogGroup"];

/// The resources whose name nothing else is found by. The names of the proxy and its log, by which AWS finds them, and of policies are
/// not among them.
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

/// Data sources that read what is no secret, and change nothing.
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
