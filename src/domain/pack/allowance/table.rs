//! The allowances of a pack, one row for each purpose.

use EntryChange::{Added, Changed, New, Removed};

use super::backend::is_only_place;
use super::kinds::{ALARM, LOG, NAMED, PARAMETER, READ_ONLY};
use super::values::{
    alarm, any, boundary, condition, higher, kept, kept_as_long, key_arn, lower, parameter,
    published, query, renamed, ssm, tag, text, trusted,
};
use super::{Allowance, CoveredCase, EntryChange, EntryPlace, FileLanguage};

const fn terraform(kinds: &'static [&'static str], path: &'static str) -> EntryPlace {
    EntryPlace {
        language: FileLanguage::Terraform,
        kinds,
        path,
    }
}

const fn template(kinds: &'static [&'static str], path: &'static str) -> EntryPlace {
    EntryPlace {
        language: FileLanguage::CloudFormation,
        kinds,
        path,
    }
}

const fn value(path: &'static str) -> EntryPlace {
    EntryPlace {
        language: FileLanguage::Values,
        kinds: &[],
        path,
    }
}

/// The id of the row that depends on the user's trust file; it comes last.
pub(super) const TRUSTED: &str = "trusted-types";

/// The allowances, in the order in which they are tried and shown.
pub static ALLOWANCES: &[Allowance] = &[
    Allowance {
        id: "tags",
        allows: "tags of any resource, with texts, variables and local values; not those that begin with `rdsproxy-gen:`",
        cases: &[CoveredCase {
            changes: &[New, Added, Changed, Removed],
            places: &[
                terraform(&[], "resource/*/*/tags/**"),
                value("tags/**"),
                template(&[], "Resources/*/Properties/Tags/**"),
            ],
            value: tag,
        }],
    },
    Allowance {
        id: "names",
        allows: "names of roles, security groups, secrets, key aliases, alarms and event rules, as long as each contains the proxy's name as a word, and a secret's the user's, and no two are the same",
        cases: &[CoveredCase {
            changes: &[Changed],
            places: &[
                terraform(NAMED, "resource/*/*/name|alarm_name"),
                template(
                    NAMED,
                    "Resources/*/Properties/Name|AlarmName|AliasName|RoleName|GroupName",
                ),
            ],
            value: renamed,
        }],
    },
    Allowance {
        id: "descriptions",
        allows: "descriptions and error messages",
        cases: &[CoveredCase {
            changes: &[New, Added, Changed],
            places: &[
                terraform(&[], "resource/*/*/description|alarm_description"),
                terraform(
                    &[],
                    "resource/*/*/lifecycle/precondition|postcondition/*/error_message",
                ),
                terraform(&[], "output|variable/*/description"),
                terraform(&[], "locals/alarms/*/description"),
                template(&[], "Description"),
                template(
                    &[],
                    "Resources/*/Properties/Description|GroupDescription|AlarmDescription",
                ),
                template(
                    &[],
                    "Parameters|Outputs/*/Description|ConstraintDescription",
                ),
                template(&[], "Rules/*/Assertions/*/AssertDescription"),
            ],
            value: text,
        }],
    },
    Allowance {
        id: "retention",
        allows: "a longer retention of the log, as a number",
        cases: &[CoveredCase {
            changes: &[Changed],
            places: &[
                terraform(LOG, "resource/*/*/retention_in_days"),
                value("log_retention_days"),
                template(LOG, "Resources/*/Properties/RetentionInDays"),
            ],
            value: kept_as_long,
        }],
    },
    Allowance {
        id: "permissions-boundary",
        allows: "a permissions boundary on the roles",
        cases: &[CoveredCase {
            changes: &[Added],
            places: &[
                terraform(&["aws_iam_role"], "resource/*/*/permissions_boundary"),
                template(
                    &["AWS::IAM::Role"],
                    "Resources/*/Properties/PermissionsBoundary",
                ),
            ],
            value: boundary,
        }],
    },
    Allowance {
        id: "log-key",
        allows: "a key of your own for the log group, by ARN or as `data.aws_kms_key`",
        cases: &[CoveredCase {
            changes: &[Added],
            places: &[
                terraform(LOG, "resource/*/*/kms_key_id"),
                template(LOG, "Resources/*/Properties/KmsKeyId"),
            ],
            value: key_arn,
        }],
    },
    Allowance {
        id: "lower-limits",
        allows: "lower thresholds of alarms",
        cases: &[CoveredCase {
            changes: &[Changed],
            places: &[
                terraform(&[], "locals/alarms/*/threshold"),
                terraform(ALARM, "resource/*/*/threshold"),
                template(ALARM, "Resources/*/Properties/Threshold"),
            ],
            value: lower,
        }],
    },
    Allowance {
        id: "longer-passwords",
        allows: "longer generated passwords",
        cases: &[CoveredCase {
            changes: &[Changed],
            places: &[
                terraform(
                    &["aws_secretsmanager_random_password"],
                    "ephemeral/*/*/password_length",
                ),
                template(
                    &["AWS::SecretsManager::Secret"],
                    "Resources/*/Properties/GenerateSecretString/PasswordLength",
                ),
            ],
            value: higher,
        }],
    },
    Allowance {
        id: "alarms",
        allows: "alarms of your own, named after the proxy and as no other alarm, that notify nobody but the topic of the spec (`monitoring.topic_arn`): `local.alarm_actions` holds it",
        cases: &[
            CoveredCase {
                changes: &[New, Added],
                places: &[
                    terraform(&[], "locals/alarms/*"),
                    terraform(
                        &[],
                        "locals/alarms/*/metric|description|threshold|period|periods",
                    ),
                ],
                value: published,
            },
            CoveredCase {
                changes: &[New],
                places: &[
                    terraform(ALARM, "resource/*/*"),
                    terraform(
                        ALARM,
                        "resource/*/*/alarm_name|namespace|metric_name|statistic|extended_statistic|period|evaluation_periods|datapoints_to_alarm|threshold|comparison_operator|treat_missing_data|unit|for_each|alarm_actions|ok_actions",
                    ),
                    terraform(ALARM, "resource/*/*/dimensions|metric_query/**"),
                    template(ALARM, "Resources/*"),
                    template(ALARM, "Resources/*/Type|Properties"),
                    template(
                        ALARM,
                        "Resources/*/Properties/AlarmName|Namespace|MetricName|Statistic|ExtendedStatistic|Period|EvaluationPeriods|DatapointsToAlarm|Threshold|ComparisonOperator|TreatMissingData|Unit",
                    ),
                    template(
                        ALARM,
                        "Resources/*/Properties/Dimensions|Metrics|AlarmActions|OKActions/**",
                    ),
                ],
                value: alarm,
            },
        ],
    },
    Allowance {
        id: "outputs",
        allows: "outputs of your own, of what identifies the project's resources",
        cases: &[CoveredCase {
            changes: &[New],
            places: &[
                terraform(&[], "output/*"),
                terraform(&[], "output/*/value|sensitive/**"),
                template(&[], "Outputs/*"),
                template(&[], "Outputs/*/Value|Export/**"),
            ],
            value: published,
        }],
    },
    Allowance {
        id: "published-parameters",
        allows: "SSM parameters of type String, named after the proxy, that publish an endpoint, an id or an ARN of what the project makes, read from the resource itself",
        cases: &[CoveredCase {
            changes: &[New],
            places: &[
                terraform(PARAMETER, "resource/*/*"),
                terraform(PARAMETER, "resource/*/*/name|type|value|tier"),
                template(PARAMETER, "Resources/*"),
                template(PARAMETER, "Resources/*/Type|Properties"),
                template(PARAMETER, "Resources/*/Properties/Name|Type|Value|Tier"),
            ],
            value: ssm,
        }],
    },
    Allowance {
        id: "backend",
        allows: "where Terraform keeps its state: a block `backend` (s3, azurerm, gcs, http over https, remote; any other kind empty) or `cloud`, with what names the place, and nothing that logs in, runs, reads files or opens it",
        cases: &[CoveredCase {
            changes: &[New],
            places: &[terraform(&[], "terraform/backend|cloud/**")],
            value: is_only_place,
        }],
    },
    Allowance {
        id: "default-tags",
        allows: "`default_tags` of the provider",
        cases: &[CoveredCase {
            changes: &[Added],
            places: &[terraform(&[], "provider/*/default_tags/**")],
            value: tag,
        }],
    },
    Allowance {
        id: "keep",
        allows: "`prevent_destroy = true`, and deletion policies that retain",
        cases: &[CoveredCase {
            changes: &[New, Added, Changed],
            places: &[
                terraform(&[], "resource|data/*/*/lifecycle"),
                terraform(&[], "resource/*/*/lifecycle/prevent_destroy"),
                template(&[], "Resources/*/DeletionPolicy|UpdateReplacePolicy"),
            ],
            value: kept,
        }],
    },
    Allowance {
        id: "checks",
        allows: "preconditions, `check` blocks and rules of a template",
        cases: &[
            CoveredCase {
                changes: &[Added, New],
                places: &[
                    terraform(
                        &[],
                        "resource|data/*/*/lifecycle/precondition|postcondition/*",
                    ),
                    terraform(
                        &[],
                        "resource|data/*/*/lifecycle/precondition|postcondition/*/condition",
                    ),
                    terraform(&[], "output/*/precondition/*"),
                    terraform(&[], "output/*/precondition/*/condition|error_message"),
                    terraform(&[], "check/*"),
                    terraform(&[], "check/*/assert/*"),
                    terraform(&[], "check/*/assert/*/condition|error_message"),
                ],
                value: condition,
            },
            CoveredCase {
                changes: &[New],
                places: &[template(&[], "Rules/**")],
                value: any,
            },
        ],
    },
    Allowance {
        id: "data-sources",
        allows: "read-only data sources of AWS",
        cases: &[CoveredCase {
            changes: &[New],
            places: &[
                terraform(READ_ONLY, "data/*/*"),
                terraform(READ_ONLY, "data/*/*/**"),
                terraform(READ_ONLY, "check/*/data/*/*"),
                terraform(READ_ONLY, "check/*/data/*/*/**"),
            ],
            value: query,
        }],
    },
    Allowance {
        id: "variables",
        allows: "variables, parameters and local values of your own; they can be used wherever this list allows a value",
        cases: &[
            CoveredCase {
                changes: &[New],
                places: &[
                    terraform(&[], "variable/*/**"),
                    template(&[], "Parameters/*/**"),
                ],
                value: parameter,
            },
            CoveredCase {
                changes: &[New],
                places: &[terraform(&[], "locals/*/**")],
                value: published,
            },
        ],
    },
    Allowance {
        id: "console",
        allows: "how the console lists the parameters of a template",
        cases: &[CoveredCase {
            changes: &[New, Added, Changed, Removed],
            places: &[template(&[], "Metadata/AWS::CloudFormation::Interface/**")],
            value: any,
        }],
    },
    Allowance {
        id: "texts",
        allows: "files that nothing executes: .md and .txt, beside the code",
        cases: &[CoveredCase {
            changes: &[New, Added, Changed],
            places: &[EntryPlace {
                language: FileLanguage::Text,
                kinds: &[],
                path: "**",
            }],
            value: any,
        }],
    },
    Allowance {
        id: TRUSTED,
        allows: "a resource of a type that `allow` in the user's rdsproxy-trust.toml names for this pack's signer, as `aws_cloudwatch_dashboard`",
        cases: &[CoveredCase {
            changes: &[New],
            places: &[
                terraform(&[], "resource/*/*/**"),
                template(&[], "Resources/*"),
                template(&[], "Resources/*/Type"),
                template(&[], "Resources/*/Properties/**"),
            ],
            value: trusted,
        }],
    },
];
