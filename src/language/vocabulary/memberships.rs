//! Resources in security groups that open connections themselves, or forward those of others. One row each. Databases,
//! caches and endpoints have security groups too, but only accept connections.

use super::{Attribute, attribute};

/// A kind of resource that has security groups.
pub(crate) struct MembershipRow {
    pub(crate) terraform: &'static [&'static str],
    pub(crate) cloudformation: &'static [&'static str],
    /// The attributes that name its groups.
    pub(crate) groups: &'static [Attribute],
}

const fn row(
    terraform: &'static [&'static str],
    cloudformation: &'static [&'static str],
    groups: &'static [Attribute],
) -> MembershipRow {
    MembershipRow {
        terraform,
        cloudformation,
        groups,
    }
}

/// Sources: registry documentation of the AWS provider, and the CloudFormation resource specification, each under its
/// name.
pub(crate) static MEMBERSHIPS: &[MembershipRow] = &[
    row(
        &["aws_lambda_function"],
        &["AWS::Lambda::Function", "AWS::Serverless::Function"],
        &[super::function::SECURITY_GROUPS],
    ),
    row(
        &["aws_ecs_service", "aws_ecs_task_set"],
        &["AWS::ECS::Service", "AWS::ECS::TaskSet"],
        &[attribute(
            "network_configuration.security_groups",
            "NetworkConfiguration.AwsvpcConfiguration.SecurityGroups",
        )],
    ),
    row(
        &["aws_instance", "aws_spot_instance_request"],
        &["AWS::EC2::Instance"],
        &[
            attribute("vpc_security_group_ids", "SecurityGroupIds"),
            attribute("", "NetworkInterfaces.GroupSet"),
        ],
    ),
    row(
        &["aws_launch_template"],
        &["AWS::EC2::LaunchTemplate"],
        &[
            attribute(
                "vpc_security_group_ids",
                "LaunchTemplateData.SecurityGroupIds",
            ),
            attribute(
                "network_interfaces.security_groups",
                "LaunchTemplateData.NetworkInterfaces.Groups",
            ),
        ],
    ),
    row(
        &["aws_launch_configuration"],
        &["AWS::AutoScaling::LaunchConfiguration"],
        &[attribute("security_groups", "SecurityGroups")],
    ),
    row(
        &["aws_network_interface"],
        &["AWS::EC2::NetworkInterface"],
        &[attribute("security_groups", "GroupSet")],
    ),
    row(
        &["aws_network_interface_sg_attachment"],
        &[],
        &[attribute("security_group_id", "")],
    ),
    row(
        &["aws_eks_cluster"],
        &["AWS::EKS::Cluster"],
        &[attribute(
            "vpc_config.security_group_ids",
            "ResourcesVpcConfig.SecurityGroupIds",
        )],
    ),
    row(
        &["aws_batch_compute_environment"],
        &["AWS::Batch::ComputeEnvironment"],
        &[attribute(
            "compute_resources.security_group_ids",
            "ComputeResources.SecurityGroupIds",
        )],
    ),
    row(
        &["aws_codebuild_project"],
        &["AWS::CodeBuild::Project"],
        &[attribute(
            "vpc_config.security_group_ids",
            "VpcConfig.SecurityGroupIds",
        )],
    ),
    row(
        &["aws_apprunner_vpc_connector"],
        &["AWS::AppRunner::VpcConnector"],
        &[attribute("security_groups", "SecurityGroups")],
    ),
    row(
        &["aws_glue_connection"],
        &["AWS::Glue::Connection"],
        &[attribute(
            "physical_connection_requirements.security_group_id_list",
            "ConnectionInput.PhysicalConnectionRequirements.SecurityGroupIdList",
        )],
    ),
    row(
        &["aws_dms_replication_instance"],
        &["AWS::DMS::ReplicationInstance"],
        &[attribute("vpc_security_group_ids", "VpcSecurityGroupIds")],
    ),
    row(
        &["aws_sagemaker_notebook_instance"],
        &["AWS::SageMaker::NotebookInstance"],
        &[attribute("security_groups", "SecurityGroupIds")],
    ),
    row(
        &["aws_mwaa_environment"],
        &["AWS::MWAA::Environment"],
        &[attribute(
            "network_configuration.security_group_ids",
            "NetworkConfiguration.SecurityGroupIds",
        )],
    ),
    row(
        &["aws_synthetics_canary"],
        &["AWS::Synthetics::Canary"],
        &[attribute(
            "vpc_config.security_group_ids",
            "VPCConfig.SecurityGroupIds",
        )],
    ),
    row(
        &["aws_cloudwatch_event_target"],
        &[],
        &[attribute(
            "ecs_target.network_configuration.security_groups",
            "",
        )],
    ),
    row(
        &["aws_lb", "aws_alb"],
        &["AWS::ElasticLoadBalancingV2::LoadBalancer"],
        &[attribute("security_groups", "SecurityGroups")],
    ),
    row(
        &["aws_ec2_client_vpn_endpoint"],
        &["AWS::EC2::ClientVpnEndpoint"],
        &[attribute("security_group_ids", "SecurityGroupIds")],
    ),
];
