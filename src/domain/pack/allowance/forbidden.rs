//! Why a pack may not change something: only the words of a refusal. What is refused is whatever no allowance names.

use super::{Change, Difference, Language, is_of, leads_to};

/// A reason.
#[derive(Debug)]
pub struct Forbidden {
    /// The types it speaks of, with `*` at the end for a family; any where there are none.
    kinds: &'static [&'static str],
    /// The keys it speaks of, as in an allowance.
    paths: &'static [&'static str],
    /// As a clause after what was found.
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

/// The reasons, the first that fits counts.
pub static FORBIDDEN: &[Forbidden] = &[
    at(
        &["waiver/**", "Resources/*/Metadata/rdsproxy-gen/**"],
        "a waiver belongs to whoever answers for the project, in rdsproxy-policy.toml; a pack may not bring one",
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
        &["aws_db_proxy*", "aws_db_*", "aws_rds_*", "AWS::RDS::*"],
        "a pack may not add or change proxies, targets, endpoints or databases: what hardens them stays a literal of the built-in templates",
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
        ],
        "it runs code; a pack only declares",
    ),
    of_types(
        &[
            "aws_sns_*",
            "aws_sqs_*",
            "aws_cloudwatch_event_*",
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

/// Whether no trust file can allow a type: the rows above that speak of types.
pub fn is_forbidden_type(kind: &str) -> bool {
    let mut rows = FORBIDDEN.iter();
    rows.any(|row| !row.kinds.is_empty() && is_of(row.kinds, kind))
}

/// Why nothing allows a difference.
pub(super) fn why(difference: &Difference<'_>) -> &'static str {
    if difference.language == Language::Other {
        return "what tests, clients, scripts and parameter files say stays as the built-in templates have it";
    }
    if difference.change == Change::Removed {
        return "a template in the place of a built-in one keeps everything that it declares; to add something, write a new one, as terraform/NAME.tf.tera";
    }
    let row = FORBIDDEN.iter().find(|row| {
        (row.kinds.is_empty() || is_of(row.kinds, difference.kind))
            && row.paths.iter().any(|path| leads_to(path, difference.path))
    });
    row.map_or("no allowance covers it", |row| row.why)
}
