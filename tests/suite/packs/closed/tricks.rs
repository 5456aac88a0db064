//! Changes that look permitted but are not: names that become those of foreign resources, indirect access to secrets,
//! places in a state that run programs, and texts that two parsers read differently. Every row is refused
//! by `pack check` and by `new`.

use super::hostile::{Case, refused};
use super::{edited, new};
use crate::packs::{pack, put};

const EXTRA: &str = "terraform/extra.tf.tera";
const MAIN: &str = "terraform/main.tf.tera";
const IAM: &str = "terraform/iam.tf.tera";
const SECRETS: &str = "terraform/secrets.tf.tera";
const MONITORING: &str = "terraform/monitoring.tf.tera";
const PROXY: &str = "cloudformation/parts/proxy.yaml.tera";
const OUTPUTS: &str = "cloudformation/parts/outputs.yaml.tera";
const RULES: &str = "cloudformation/parts/rules.yaml.tera";

/// The description of the role in the built-in template.
const ROLE_IS_FOR: &str = "\"What RDS Proxy ${var.name} may do\"";

#[test]
fn a_file_that_something_obeys_is_refused_by_its_name() {
    refused(&[
        (
            &[("terraform/AGENTS.md.tera", "", "Run x.\n")],
            "terraform/AGENTS.md:1:1:",
            "coding agents",
        ),
        (
            &[("cloudformation/Claude.md.tera", "", "Run x.\n")],
            "cloudformation/Claude.md:1:1:",
            "coding agents",
        ),
        (
            &[("terraform/house.instructions.md.tera", "", "Run x.\n")],
            "terraform/house.instructions.md:1:1:",
            "coding agents",
        ),
        (
            &[("terraform/secrets.tofu.tera", "", "locals {}\n")],
            "templates/terraform/secrets.tofu.tera",
            "a pack may have templates of",
        ),
        (
            &[("terraform/requirements.txt.tera", "", "evil\n")],
            "templates/terraform/requirements.txt.tera",
            "a pack may have templates of",
        ),
        (
            &[("terraform/x_override.tf.tera", "", "locals {}\n")],
            "templates/terraform/x_override.tf.tera",
            "would change what others say",
        ),
    ]);
}

const REACHED: &[Case<'_>] = &[
    (
        &[(
            EXTRA,
            "",
            "output \"o\" {\n  value = data.aws_lambda_function.consumer[\"a\"][\"environment\"]\n}\n",
        )],
        "terraform/modules/proxy/extra.tf:2:3: output \"o\"",
        "identifies",
    ),
    (
        &[(
            EXTRA,
            "",
            "output \"o\" {\n  value = values(data.aws_lambda_function.consumer)\n}\n",
        )],
        "terraform/modules/proxy/extra.tf:2:3: output \"o\"",
        "identifies",
    ),
    (
        &[(
            EXTRA,
            "",
            "output \"o\" {\n  value = { (data.aws_lambda_function.consumer[\"a\"].environment[0].variables.P) = 1 }\n}\n",
        )],
        "terraform/modules/proxy/extra.tf:2:3: output \"o\"",
        "identifies",
    ),
    (
        &[(
            EXTRA,
            "",
            "locals {\n  o = data.aws_lambda_function.consumer\n}\noutput \"o\" {\n  value = local.o[\"environment\"]\n}\n",
        )],
        "terraform/modules/proxy/extra.tf:2:3: locals \"o\"",
        "local values",
    ),
    (
        &[(
            IAM,
            "  tags        = var.tags\n",
            "  tags        = { (data.aws_lambda_function.consumer[\"a\"].environment[0].variables.P) = \"x\" }\n",
        )],
        "terraform/modules/proxy/iam.tf:",
        "tags of any resource",
    ),
    (
        &[(
            EXTRA,
            "",
            "check \"c\" {\n  assert {\n    condition     = data.aws_lambda_function.consumer[\"a\"][\"environment\"] == 1\n    error_message = \"x\"\n  }\n}\n",
        )],
        "terraform/modules/proxy/extra.tf:2:3: check \"c\"",
        "preconditions",
    ),
    (
        &[(
            EXTRA,
            "",
            "check \"c\" {\n  data \"aws_secretsmanager_secret_version\" \"s\" {\n    secret_id = \"s\"\n  }\n}\n",
        )],
        "terraform/modules/proxy/extra.tf:2:3: check \"c\"",
        "secrets",
    ),
    (
        &[(
            OUTPUTS,
            "\nOutputs:",
            "\nOutputs:\n  O:\n    Value: !Join [\"\", [\"{\", \"{resolve:secretsmanager:s}}\"]]",
        )],
        "cloudformation/template.yaml:",
        "identifies",
    ),
];

#[test]
fn a_secret_is_reached_by_no_way() {
    refused(REACHED);
}

/// A separate template with an alarm of this name.
macro_rules! alarm {
    ($name:literal) => {
        concat!(
            "resource \"aws_cloudwatch_metric_alarm\" \"x\" {\n  alarm_name          = ",
            $name,
            "\n  evaluation_periods  = 1\n  comparison_operator = \"GreaterThanThreshold\"\n}\n"
        )
    };
}

const ALARM: &str =
    "terraform/modules/proxy/extra.tf:2:25: module.proxy.aws_cloudwatch_metric_alarm.x";

const OTHERS: &str = "has to contain the proxy's";
const SAME: &str = "the same name";
const CALLED: &[Case<'_>] = &[
    (
        &[(
            EXTRA,
            "",
            alarm!("\"${substr(\"${var.name}\", 0, 0)}victim\""),
        )],
        ALARM,
        OTHERS,
    ),
    (
        &[(
            EXTRA,
            "",
            alarm!("\"${format(\"victim\", \"${var.name}\")}\""),
        )],
        "terraform/modules/proxy/extra.tf:2:",
        OTHERS,
    ),
    (
        &[(
            EXTRA,
            "",
            alarm!("replace(\"victim-${var.name}\", \"/-${var.name}$/\", \"\")"),
        )],
        ALARM,
        OTHERS,
    ),
    (
        &[(
            EXTRA,
            "",
            alarm!("trimsuffix(\"victim-${var.name}\", \"-${var.name}\")"),
        )],
        ALARM,
        OTHERS,
    ),
    (
        &[(
            EXTRA,
            "",
            alarm!(
                "data.aws_caller_identity.current.account_id == \"999999999999\" ? \"victim\" : var.name"
            ),
        )],
        ALARM,
        OTHERS,
    ),
    (&[(EXTRA, "", alarm!("\"xorders-proxyx\""))], ALARM, OTHERS),
    (
        &[(
            IAM,
            "= local.names.proxy",
            "= join(\"\", [\"victim\", substr(var.name, 0, 0)])",
        )],
        "terraform/modules/proxy/iam.tf:",
        OTHERS,
    ),
    (
        &[(EXTRA, "", alarm!("\"${var.name}-clients-without-tls\""))],
        ALARM,
        SAME,
    ),
    (
        &[(
            EXTRA,
            "",
            alarm!("\"orders-proxy-${join(\"-\", [\"weakening\", \"call\"])}\""),
        )],
        "terraform/",
        SAME,
    ),
    (
        &[(
            MONITORING,
            "alarm_name          = \"${local.names.alarms}-${each.key}\"",
            "alarm_name          = var.name",
        )],
        "terraform/modules/proxy/monitoring.tf:",
        SAME,
    ),
    (
        &[(
            MONITORING,
            "\"${local.names.alarms}-weakening-call\"",
            "\"${local.names.alarms}-few-addresses\"",
        )],
        "terraform/modules/proxy/monitoring.tf:",
        SAME,
    ),
    (
        &[(
            OUTPUTS,
            "\nOutputs:",
            "\n  X:\n    Type: AWS::CloudWatch::Alarm\n    Properties:\n      AlarmName: {{ (proxy.name ~ \"-clients-without-tls\") | yaml }}\n      ComparisonOperator: GreaterThanThreshold\n      EvaluationPeriods: 1\n\nOutputs:",
        )],
        "cloudformation/template.yaml:",
        SAME,
    ),
];

#[test]
fn a_name_is_judged_as_it_comes_out() {
    refused(CALLED);
}

#[test]
fn what_replaces_an_alarm_or_tells_somebody_else_is_refused() {
    const OWN: &str = "= 999999\n      period = 60\n      periods = 1\n    }\n  }";
    let again = |key: &str| {
        format!(
            "{{%- endfor %}}\n    {key} = {{\n      metric = \"X\"\n      description = \"d\"\n      threshold {OWN}"
        )
    };
    let [computed, word, other] = [
        "(\"clients-without-tls\")",
        "clients-without-tls",
        "weakening-call",
    ]
    .map(again);
    let end = "{%- endfor %}\n  }";
    refused(&[
        (
            &[(MONITORING, end, &computed)],
            "terraform/modules/proxy/monitoring.tf:5:3: locals \"alarms\"",
            "no allowance",
        ),
        (
            &[(MONITORING, end, &word)],
            "terraform/modules/proxy/monitoring.tf:",
            "appears twice",
        ),
        (
            &[(MONITORING, end, &other)],
            "terraform/modules/proxy/monitoring.tf:",
            "the same name",
        ),
    ]);
    refused(TOLD);
}

const TOLD: &[Case<'_>] = &[
    (
        &[(
            EXTRA,
            "",
            "variable \"topic_arn\" {\n  default = \"arn:aws:sns:eu-west-1:666666666666:x\"\n}\nresource \"aws_cloudwatch_metric_alarm\" \"x\" {\n  alarm_name          = \"${var.name}-x\"\n  evaluation_periods  = 1\n  comparison_operator = \"GreaterThanThreshold\"\n  alarm_actions       = [var.topic_arn]\n}\n",
        )],
        "terraform/modules/proxy/extra.tf:8:3:",
        "monitoring.topic_arn",
    ),
    (
        &[
            (
                RULES,
                "\n# Limits",
                "  TopicArn:\n    Type: String\n    Default: \"arn:aws:sns:eu-west-1:666666666666:x\"\n\n# Limits",
            ),
            (
                OUTPUTS,
                "\nOutputs:",
                "\n  X:\n    Type: AWS::CloudWatch::Alarm\n    Properties:\n      AlarmName: {{ (proxy.name ~ \"-x\") | yaml }}\n      ComparisonOperator: GreaterThanThreshold\n      EvaluationPeriods: 1\n      AlarmActions: [!Ref TopicArn]\n\nOutputs:",
            ),
        ],
        "cloudformation/template.yaml:",
        "monitoring.topic_arn",
    ),
    (
        &[(
            EXTRA,
            "",
            "locals {\n  evil = \"evil.example\"\n}\nresource \"aws_ssm_parameter\" \"x\" {\n  name  = \"/${var.name}/endpoint\"\n  type  = \"String\"\n  value = local.evil\n}\n",
        )],
        "terraform/modules/proxy/extra.tf:7:3:",
        "read from the resource itself",
    ),
    (
        &[(
            SECRETS,
            "{ \"rdsproxy-gen:username\" = each.key }",
            "{ \"rdsproxy-gen:username\" = \"x\" }",
        )],
        "terraform/modules/proxy/secrets.tf:",
        "rdsproxy-gen:",
    ),
];

/// A separate template with a block of Terraform settings.
macro_rules! settings {
    ($block:literal) => {
        &[(EXTRA, "", concat!("terraform {\n", $block, "\n}\n"))]
    };
}

#[test]
fn a_backend_says_where_the_state_is_and_nothing_else() {
    const AT: &str = "terraform/modules/proxy/extra.tf:";
    const WHY: &str = "nothing that logs in, runs, reads files or opens it";
    refused(&[
        (
            settings!("backend \"kubernetes\" {\n exec {\n  command = \"sh\"\n }\n}"),
            AT,
            WHY,
        ),
        (
            settings!(
                "backend \"s3\" {\n bucket = \"b\"\n shared_config_files = [\"HOUSE.md\"]\n}"
            ),
            AT,
            WHY,
        ),
        (
            settings!("backend \"s3\" {\n bucket = \"b\"\n acl = \"public-read\"\n}"),
            AT,
            WHY,
        ),
        (
            settings!("backend \"s3\" {\n bucket = \"b\"\n encrypt = false\n}"),
            AT,
            WHY,
        ),
        (
            settings!("backend \"s3\" {\n bucket = \"b\"\n endpoints = { s3 = \"http://e\" }\n}"),
            AT,
            WHY,
        ),
        (
            settings!("backend \"local\" {\n path = \"../../../x\"\n}"),
            AT,
            WHY,
        ),
        (
            settings!("backend \"http\" {\n address = \"http://e.example/x\"\n}"),
            AT,
            WHY,
        ),
        (
            settings!(
                "backend \"http\" {\n address = \"https://e.example/x\"\n skip_cert_verification = true\n}"
            ),
            AT,
            WHY,
        ),
        (
            settings!("backend \"pg\" {\n conn_str = \"postgres://u:p@h/x\"\n}"),
            AT,
            WHY,
        ),
        (
            settings!("backend \"gcs\" {\n bucket = file(\"/etc/passwd\")\n}"),
            AT,
            WHY,
        ),
    ]);
}

const READ: &[Case<'_>] = &[
    // The parser ends the text where Terraform continues: Terraform sees another role.
    (
        &[
            (IAM, ROLE_IS_FOR, "<<EOT\nx\nEOT # still the text"),
            (
                IAM,
                "# No other policy: one",
                "/*\nEOT\n}\nresource \"aws_iam_role\" \"bd\" {\n  name = \"bd\"\n}\nlocals {\n  zz = 1 /* */\n# No other policy: one",
            ),
        ],
        "terraform/modules/proxy/iam.tf:5:",
        "stands alone",
    ),
    (
        &[(
            IAM,
            ROLE_IS_FOR,
            "<<EOT\nx\n\u{a0}EOT\n  path = \"/x/\"\n/*\nEOT\n# */",
        )],
        "terraform/modules/proxy/iam.tf:5:",
        "stands alone",
    ),
    (
        &[(
            SECRETS,
            "\"rdsproxy/${var.name}/",
            "\"rdsproxy/\\u0024{var.name}/",
        )],
        "terraform/modules/proxy/secrets.tf:",
        "has to contain the proxy's",
    ),
    (
        &[(
            MAIN,
            "\"/aws/rds/proxy/${var.name}\"",
            "\"/aws/rds/proxy/\\r${var.name}\"",
        )],
        "terraform/modules/proxy/main.tf:",
        "stays as they have it",
    ),
    (
        &[(
            MAIN,
            "require_tls = true",
            "require_tls = true # \u{202e} x",
        )],
        "terraform/modules/proxy/main.tf:",
        "ends a line for some readers",
    ),
    (
        &[(
            PROXY,
            "  Proxy:\n",
            "  # x\u{2028}  Evil:\u{2028}    Type: AWS::IAM::Role\u{2028}\n  Proxy:\n",
        )],
        "cloudformation/template.yaml:",
        "ends a line for some readers",
    ),
    (
        &[(
            PROXY,
            "      RequireTLS: true\n",
            "      # x\u{85}      RequireTLS: false\n      RequireTLS: true\n",
        )],
        "cloudformation/template.yaml:",
        "ends a line for some readers",
    ),
    (
        &[(
            PROXY,
            "      RequireTLS: true\n",
            "      \"<<\": {RequireTLS: true}\n",
        )],
        "cloudformation/template.yaml:",
        "merges",
    ),
    (
        &[(PROXY, "RequireTLS: true", "RequireTLS: !!null true")],
        "cloudformation/template.yaml:",
        "different readers",
    ),
    (
        &[(PROXY, "  Proxy:\n    Type", "  Proxy: !!set\n    Type")],
        "cloudformation/template.yaml:",
        "different readers",
    ),
    (
        &[(
            MAIN,
            "resource \"aws_db_proxy\"",
            "# NOSONAR\nresource \"aws_db_proxy\"",
        )],
        "terraform/modules/proxy/main.tf:",
        "scanner",
    ),
    (
        &[(
            MAIN,
            "resource \"aws_db_proxy\"",
            "# pragma: allowlist secret\nresource \"aws_db_proxy\"",
        )],
        "terraform/modules/proxy/main.tf:",
        "scanner",
    ),
    (
        &[(PROXY, "  Proxy:\n", "  # cfn-lint : ignore\n  Proxy:\n")],
        "cloudformation/template.yaml:",
        "scanner",
    ),
    (
        &[(
            MAIN,
            "  lifecycle {\n",
            "  lifecycle {\n    action_trigger {\n      events = [after_create]\n    }\n\n",
        )],
        "terraform/modules/proxy/main.tf:",
        "runs when something is deployed",
    ),
];

#[test]
fn what_two_readers_read_in_two_ways_is_refused() {
    refused(READ);
}

/// Types that no trust file can allow, in addition to those of the other tests.
const NEVER: &[&str] = &[
    "aws_cloudcontrolapi_resource",
    "aws_cloudwatch_log_subscription_filter",
    "aws_codebuild_project",
    "aws_default_security_group",
    "aws_dms_replication_task",
    "aws_docdb_cluster",
    "aws_ecs_task_definition",
    "aws_eks_access_entry",
    "aws_instance",
    "aws_kms_grant",
    "aws_lambda_permission",
    "aws_lb_listener",
    "aws_ram_resource_share",
    "aws_rolesanywhere_profile",
    "aws_s3_bucket_policy",
    "aws_scheduler_schedule",
    "aws_sfn_state_machine",
    "aws_ssm_association",
    "aws_ssm_document",
    "aws_ssoadmin_permission_set",
    "aws_vpc_endpoint",
    "aws_vpc_security_group_vpc_association",
    "AWS::CloudFormation::Macro",
    "AWS::EC2::NetworkAclEntry",
    "AWS::EKS::AccessEntry",
    "AWS::Lambda::Permission",
    "AWS::Logs::ResourcePolicy",
    "AWS::Logs::SubscriptionFilter",
    "AWS::S3::BucketPolicy",
    "AWS::SSM::Document",
    "AWS::SSO::Assignment",
    "AWS::StepFunctions::StateMachine",
];

#[test]
fn what_grants_opens_or_runs_is_allowed_by_nobody() {
    let folder = super::acme();
    for kind in NEVER {
        let (code, said) = pack(folder.path(), &["check", "acme", "--allow", kind]);
        assert!(
            code == 1 && said.contains("no trust file"),
            "{kind}: {said}"
        );
    }
}

/// An allowed type, its content, and the place of the refusal.
const WITHIN: &[(&str, &str, &str)] = &[
    (
        "aws_cloudwatch_dashboard",
        "dashboard_body = jsonencode(data.aws_lambda_function.consumer)",
        "dashboard_body",
    ),
    (
        "aws_cloudwatch_dashboard",
        "dashboard_body = file(\"/etc/passwd\")",
        "dashboard_body",
    ),
    (
        "aws_cloudwatch_dashboard",
        "provider = aws.generator",
        "provider",
    ),
    (
        "aws_cloudwatch_composite_alarm",
        "alarm_actions = [\"arn:aws:sns:eu-west-1:666666666666:x\"]",
        "alarm_actions",
    ),
    ("aws_s3_bucket", "policy = \"{}\"", "policy"),
    (
        "aws_s3_bucket",
        "dynamic \"replication_configuration\" {\n    for_each = [1]\n    content {\n      role = \"r\"\n    }\n  }",
        "content.role",
    ),
];

#[test]
fn a_type_that_is_allowed_grants_and_prints_nothing() {
    for (kind, said, place) in WITHIN {
        let text = format!("resource \"{kind}\" \"x\" {{\n  {said}\n}}\n");
        let folder = edited(&[(EXTRA, "", &text)]);
        let (code, told) = pack(folder.path(), &["check", "acme", "--allow", kind]);
        let is_told = told.contains(&format!("{kind} \"x\", ")) && told.contains(place);
        assert!(
            code == 1 && is_told && told.contains("grant nothing"),
            "{told}"
        );
    }
}

#[test]
fn an_answer_that_leaves_out_files_is_the_projects_own() {
    let folder = super::acme();
    let answers = "schema = 1\n[locked]\noutput.omit = [\"terraform/modules/proxy/tests/hardening.tftest.hcl\"]\n";
    put(folder.path(), "answers.toml", answers);
    for (code, said) in [
        pack(folder.path(), &["check", "acme", "--accept"]),
        new(folder.path(), &["--pack", "acme"]),
    ] {
        assert!(code == 1 && said.contains("answers.toml:3:8:"), "{said}");
    }
}

/// Content that is rendered only for one proxy name.
const HIDDEN: &str = "{% if proxy.name == \"prod-proxy\" %}\nresource \"aws_iam_role\" \"bd\" {\n  name = \"bd\"\n}\n{% endif %}\n";

#[test]
fn what_no_sample_shows_is_refused_where_it_shows() {
    let folder = edited(&[(EXTRA, "", HIDDEN)]);
    let at = folder.path();
    assert_eq!(pack(at, &["check", "acme", "--accept"]).0, 0);
    let (code, said) = new(at, &["--pack", "acme", "--set", "proxy.name=prod-proxy"]);
    assert!(code == 1 && said.contains("IAM roles"), "{said}");
    assert!(!at.join("project").exists());

    // The same for a project that is renamed to it.
    let (code, said) = new(at, &["--pack", "acme"]);
    assert_eq!(code, 0, "{said}");
    let spec = at.join("project/rdsproxy.toml");
    let text = std::fs::read_to_string(&spec).unwrap();
    std::fs::write(&spec, text.replace("\"orders-proxy\"", "\"prod-proxy\"")).unwrap();
    let before = crate::support::program::contents(&at.join("project"));
    let output =
        crate::support::program::ended(crate::packs::machine(at).args(["update", "project"]));
    let said = crate::support::program::stdout(&output) + &crate::support::program::stderr(&output);
    assert!(said.contains("IAM roles"), "{said}");
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(crate::support::program::contents(&at.join("project")) == before);
}

/// Compiles only if the rows have the type [`Case`].
const _: fn(&[Case<'_>]) = refused;
