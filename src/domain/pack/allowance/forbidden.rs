//! The reasons why a pack may not change something. They are only the texts of a refusal: everything that no allowance
//! covers is refused.

use super::{EntryChange, EntryDifference, FileLanguage, is_of, leads_to};

/// A reason for a refusal.
#[derive(Debug)]
pub struct Forbidden {
    /// The resource types that it is about, with `*` at the start or the end for a family; empty for any type.
    kinds: &'static [&'static str],
    /// The keys that it is about, in the syntax of an allowance.
    paths: &'static [&'static str],
    /// The reason, as a clause after the description of the finding.
    why: &'static str,
}

const fn of_types(kinds: &'static [&'static str], why: &'static str) -> Forbidden {
    Forbidden {
        kinds,
        paths: &["**"],
        why,
    }
}

const fn at(paths: &'static [&'static str], why: &'static str) -> Forbidden {
    Forbidden {
        kinds: &[],
        paths,
        why,
    }
}

/// The reasons; the first one that matches counts.
pub static FORBIDDEN: &[Forbidden] = &[
    at(
        &["waiver/**", "Resources/*/Metadata/rdsproxy-gen/**"],
        "a waiver belongs to whoever answers for the project, in rdsproxy-policy.toml; a pack may not bring one",
    ),
    at(
        &["character/**"],
        "it ends a line for some readers and not for others, or shows the line in another order than it is read in; write it as an escape",
    ),
    at(
        &["skip/**", "Resources/*/Metadata/**"],
        "it tells a scanner to look away; that is for the project to decide, not for a pack",
    ),
    at(
        &[
            "Transform/**",
            "Hooks/**",
            "Resources/*/Fn::Transform/**",
            "Resources/Fn::ForEach*/**",
        ],
        "a macro or hook runs code at deployment; a pack only declares",
    ),
    at(
        &[
            "*/*/*/lifecycle/ignore_changes",
            "*/*/*/lifecycle/replace_triggered_by",
            "*/*/*/lifecycle/create_before_destroy",
        ],
        "it would keep later changes from being applied or noticed; a pack may only add prevent_destroy and conditions to lifecycle; tags are set in answers.toml",
    ),
    at(
        &["*/*/*/provisioner/**", "*/*/*/connection/**"],
        "it runs commands; a pack only declares",
    ),
    at(
        &[
            "*/*/*/provider",
            "*/*/*/depends_on",
            "*/*/*/count",
            "*/*/*/for_each",
        ],
        "how a resource is created stays as the built-in templates have it",
    ),
    at(
        &["module/**", "provider/**", "terraform/**"],
        "modules and providers run code that this proof does not read; a pack may add `backend`, `cloud` and `default_tags` only",
    ),
    at(
        &["action/**", "*/*/*/lifecycle/action_trigger/**"],
        "it runs when something is deployed; a pack only declares",
    ),
    at(
        &["moved/**", "import/**", "removed/**"],
        "it would take over, rename or forget resources in the state",
    ),
    at(
        &["Conditions/**", "Mappings/**"],
        "what the template declares must not depend on a condition of the pack; hardened values stay literals",
    ),
    of_types(
        &["aws_iam_*", "AWS::IAM::*"],
        "a pack may not add or change IAM roles, policies or attachments: the proxy's role may do only what the proxy needs, and the project takes back what is added to it; give other access to another role",
    ),
    of_types(
        &[
            "aws_security_group*",
            "aws_vpc_security_group_*",
            "aws_default_security_group",
            "aws_network_interface_sg_attachment",
            "AWS::EC2::SecurityGroup*",
        ],
        "a pack may not add or change security groups or their rules; name the groups in rdsproxy.toml",
    ),
    of_types(
        &["aws_secretsmanager_*", "AWS::SecretsManager::*"],
        "a pack may not add or change secrets or their policies",
    ),
    of_types(
        &["aws_kms_*", "AWS::KMS::*"],
        "a pack may not add or change keys or their policies; encryption.kms_key in rdsproxy.toml takes a key of yours",
    ),
    of_types(
        &[
            "aws_db_*",
            "aws_dms_*",
            "aws_docdb*",
            "aws_dsql_*",
            "aws_neptune*",
            "aws_rds_*",
            "aws_redshift*",
            "AWS::DMS::*",
            "AWS::DocDB*",
            "AWS::DSQL::*",
            "AWS::Neptune*",
            "AWS::RDS::*",
            "AWS::Redshift*",
        ],
        "a pack may not add or change proxies, targets, endpoints or databases: what hardens them stays a literal of the built-in templates",
    ),
    of_types(
        &[
            "*_policy",
            "*_policy_attachment",
            "*Policy",
            "*_permission",
            "*_permissions",
            "*Permission",
            "*Permissions",
            "*_grant",
            "*_grants",
            "aws_eks_access_*",
            "aws_eks_pod_identity_association",
            "aws_identitystore_*",
            "aws_lakeformation_*",
            "aws_cognito_*",
            "aws_organizations_*",
            "aws_ram_*",
            "aws_rolesanywhere_*",
            "aws_ssoadmin_*",
            "AWS::Cognito::*",
            "AWS::EKS::AccessEntry",
            "AWS::EKS::PodIdentityAssociation",
            "AWS::IdentityStore::*",
            "AWS::LakeFormation::*",
            "AWS::Organizations::*",
            "AWS::RAM::*",
            "AWS::RolesAnywhere::*",
            "AWS::SSO::*",
        ],
        "it grants access; a pack may grant none",
    ),
    of_types(
        &[
            "aws_alb*",
            "aws_api_gateway*",
            "aws_apigatewayv2_*",
            "aws_customer_gateway",
            "aws_default_*",
            "aws_dx_*",
            "aws_ec2_*",
            "aws_egress_only_internet_gateway",
            "aws_eip*",
            "aws_elb*",
            "aws_flow_log",
            "aws_globalaccelerator_*",
            "aws_internet_gateway*",
            "aws_lb*",
            "aws_main_route_table_association",
            "aws_nat_gateway*",
            "aws_network_*",
            "aws_networkfirewall_*",
            "aws_networkmanager_*",
            "aws_route*",
            "aws_service_discovery_*",
            "aws_subnet*",
            "aws_vpc*",
            "aws_vpn_*",
            "AWS::ApiGateway*",
            "AWS::EC2::*",
            "AWS::ElasticLoadBalancing*",
            "AWS::GlobalAccelerator::*",
            "AWS::NetworkFirewall::*",
            "AWS::NetworkManager::*",
            "AWS::Route53*",
            "AWS::ServiceDiscovery::*",
            "AWS::VpcLattice::*",
        ],
        "it opens or leads another way; a pack may not change who reaches what",
    ),
    of_types(
        &[
            "aws_lambda_*",
            "AWS::Lambda::*",
            "AWS::Serverless::*",
            "AWS::CloudFormation::*",
            "Custom::*",
            "aws_cloudformation_*",
            "null_resource",
            "terraform_data",
            "external",
            "http",
            "aws_amplify_*",
            "aws_appflow_*",
            "aws_apprunner_*",
            "aws_appsync_*",
            "aws_autoscaling_*",
            "aws_batch_*",
            "aws_bedrock*",
            "aws_cloud9_*",
            "aws_cloudcontrolapi_*",
            "aws_codebuild_*",
            "aws_codecommit_*",
            "aws_codedeploy_*",
            "aws_codepipeline*",
            "aws_codestar*",
            "aws_datapipeline_*",
            "aws_datasync_*",
            "aws_devicefarm_*",
            "aws_ecs_*",
            "aws_eks_*",
            "aws_elastic_beanstalk_*",
            "aws_elastictranscoder_*",
            "aws_emr*",
            "aws_evidently_*",
            "aws_finspace_*",
            "aws_fis_*",
            "aws_gamelift_*",
            "aws_glue_*",
            "aws_imagebuilder_*",
            "aws_instance",
            "aws_iot*",
            "aws_kinesis*",
            "aws_launch_*",
            "aws_lightsail_*",
            "aws_m2_*",
            "aws_mwaa_*",
            "aws_opsworks_*",
            "aws_osis_*",
            "aws_pipes_*",
            "aws_proton_*",
            "aws_resiliencehub_*",
            "aws_sagemaker_*",
            "aws_scheduler_*",
            "aws_servicecatalog_*",
            "aws_sfn_*",
            "aws_spot_*",
            "aws_ssm_activation",
            "aws_ssm_association",
            "aws_ssm_document",
            "aws_ssm_maintenance_*",
            "aws_ssm_resource_data_sync",
            "aws_ssm_service_setting",
            "aws_swf_*",
            "aws_synthetics_*",
            "aws_transfer_*",
            "aws_workspaces*",
            "AWS::Amplify*",
            "AWS::AppFlow::*",
            "AWS::AppRunner::*",
            "AWS::AppSync::*",
            "AWS::AutoScaling::*",
            "AWS::Batch::*",
            "AWS::Bedrock*",
            "AWS::Cloud9::*",
            "AWS::CodeBuild::*",
            "AWS::CodeCommit::*",
            "AWS::CodeDeploy::*",
            "AWS::CodePipeline::*",
            "AWS::CodeStar*",
            "AWS::DataPipeline::*",
            "AWS::DataSync::*",
            "AWS::ECS::*",
            "AWS::EKS::*",
            "AWS::EMR*",
            "AWS::ElasticBeanstalk::*",
            "AWS::FIS::*",
            "AWS::GameLift*",
            "AWS::Glue::*",
            "AWS::GreengrassV2::*",
            "AWS::ImageBuilder::*",
            "AWS::IoT*",
            "AWS::Kinesis*",
            "AWS::Lightsail::*",
            "AWS::MWAA*",
            "AWS::OSIS::*",
            "AWS::OpsWorks*",
            "AWS::Pipes::*",
            "AWS::Proton::*",
            "AWS::SSM::Association",
            "AWS::SSM::Document",
            "AWS::SSM::MaintenanceWindow*",
            "AWS::SSM::ResourceDataSync",
            "AWS::SageMaker::*",
            "AWS::Scheduler::*",
            "AWS::ServiceCatalog::*",
            "AWS::StepFunctions::*",
            "AWS::Synthetics::*",
            "AWS::Transfer::*",
            "AWS::WorkSpaces*",
        ],
        "it runs code; a pack only declares",
    ),
    of_types(
        &[
            "aws_sns_*",
            "aws_sqs_*",
            "aws_cloudwatch_event_*",
            "aws_chatbot_*",
            "aws_cloudtrail*",
            "aws_cloudwatch_log_destination*",
            "aws_cloudwatch_log_delivery*",
            "aws_cloudwatch_log_subscription_filter",
            "aws_cloudwatch_metric_stream",
            "aws_config_*",
            "aws_detective_*",
            "aws_guardduty_*",
            "aws_macie2_*",
            "aws_notifications*",
            "aws_oam_*",
            "aws_schemas_*",
            "aws_securityhub_*",
            "AWS::Chatbot::*",
            "AWS::CloudTrail::*",
            "AWS::CloudWatch::MetricStream",
            "AWS::Config::*",
            "AWS::Detective::*",
            "AWS::EventSchemas::*",
            "AWS::GuardDuty::*",
            "AWS::Logs::Deliver*",
            "AWS::Logs::Destination",
            "AWS::Logs::SubscriptionFilter",
            "AWS::Macie::*",
            "AWS::Notifications*",
            "AWS::Oam::*",
            "AWS::SecurityHub::*",
            "AWS::SNS::*",
            "AWS::SQS::*",
            "AWS::Events::*",
        ],
        "who is told what happens is for rdsproxy.toml to say: monitoring.topic_arn",
    ),
    at(
        &["data/**"],
        "it is none of the data sources that a pack may read",
    ),
    at(
        &["resource/**", "ephemeral/**", "Resources/**"],
        "what the built-in templates declare stays as they have it",
    ),
];

/// True if no trust file can allow a type: one of the rows above is about it.
pub fn is_forbidden_type(kind: &str) -> bool {
    let mut rows = FORBIDDEN.iter();
    rows.any(|row| !row.kinds.is_empty() && is_of(row.kinds, kind))
}

/// Returns the reason why nothing allows a difference.
pub(super) fn why(difference: &EntryDifference<'_>) -> &'static str {
    if difference.language == FileLanguage::Other {
        return "what tests, clients, scripts and parameter files say stays as the built-in templates have it";
    }
    if difference.change == EntryChange::Removed {
        return "a template in the place of a built-in one keeps everything that it declares; to add something, write a new one, as terraform/NAME.tf.tera";
    }
    let row = FORBIDDEN.iter().find(|row| {
        (row.kinds.is_empty() || is_of(row.kinds, difference.kind))
            && row.paths.iter().any(|path| leads_to(path, difference.path))
    });
    row.map_or("no allowance covers it", |row| row.why)
}
