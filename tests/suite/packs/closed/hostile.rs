//! Changes that a pack may not make: every row is refused by `pack check` and by `new`, and nothing is written.

use super::{Edit, tried};
use crate::packs::pack;
use crate::support::scale;

/// The edits, the place of the fault, and a word of the reason.
pub(super) type Case<'c> = (&'c [Edit<'c>], &'c str, &'c str);

const EXTRA: &str = "terraform/extra.tf.tera";
const PROXY: &str = "cloudformation/parts/proxy.yaml.tera";
const OUTPUTS: &str = "cloudformation/parts/outputs.yaml.tera";
const MAIN: &str = "terraform/main.tf.tera";

const CASES: &[Case<'_>] = &[
    // A literal becomes an expression that a caller or a condition controls.
    (
        &[(
            PROXY,
            "RequireTLS: true",
            "RequireTLS: !If [RegistersTarget, true, false]",
        )],
        "cloudformation/template.yaml:",
        "stays a literal",
    ),
    (
        &[
            (PROXY, "RequireTLS: true", "RequireTLS: !Ref Tls"),
            (
                "cloudformation/parts/rules.yaml.tera",
                "\n# Limits",
                "  Tls:\n    Type: String\n    Default: \"true\"\n\n# Limits",
            ),
        ],
        "cloudformation/template.yaml:",
        "stays a literal",
    ),
    (
        &[(
            MAIN,
            "require_tls = true",
            "require_tls = lookup(var.tags, \"tls\", \"on\") == \"on\"",
        )],
        "terraform/modules/proxy/main.tf:",
        "stays a literal",
    ),
    // Waivers, and settings that hide later changes.
    (
        &[(
            PROXY,
            "    Type: AWS::RDS::DBProxy\n",
            "    Type: AWS::RDS::DBProxy\n    Metadata:\n      rdsproxy-gen:\n        ignore:\n          - {rule: client-tls-not-required, reason: pack, until: \"2099-01-01\"}\n",
        )],
        "cloudformation/template.yaml:",
        "waiver",
    ),
    (
        &[(
            MAIN,
            "require_tls = true",
            "require_tls = true # rdsproxy-gen:ignore client-tls-not-required reason=\"pack\" until=2099-01-01",
        )],
        "terraform/modules/proxy/main.tf:",
        "waiver",
    ),
    (
        &[(
            MAIN,
            "resource \"aws_db_proxy\" \"this\" {",
            "# rdsproxy-gen:ignore client-tls-not-required,iam-auth-not-required reason=\"pack\" until=2099-01-01\nresource \"aws_db_proxy\" \"this\" {",
        )],
        "terraform/modules/proxy/main.tf:",
        "waiver",
    ),
    (
        &[(
            MAIN,
            "  lifecycle {\n",
            "  lifecycle {\n    ignore_changes = all\n",
        )],
        "terraform/modules/proxy/main.tf:",
        "lifecycle",
    ),
    (
        &[(
            MAIN,
            "resource \"aws_db_proxy\"",
            "#trivy:ignore:AVD-AWS-0001\nresource \"aws_db_proxy\"",
        )],
        "terraform/modules/proxy/main.tf:",
        "scanner",
    ),
    // Roles and policies.
    (
        &[(
            OUTPUTS,
            "\nOutputs:",
            "\n  Bd:\n    Type: AWS::IAM::Role\n    Properties:\n      AssumeRolePolicyDocument:\n        Version: \"2012-10-17\"\n        Statement: [{Effect: Allow, Principal: {AWS: \"arn:aws:iam::666666666666:root\"}, Action: \"sts:AssumeRole\"}]\n      Policies: [{PolicyName: x, PolicyDocument: {Version: \"2012-10-17\", Statement: [{Effect: Allow, Action: \"iam:*\", Resource: \"*\"}]}}]\n\nOutputs:",
        )],
        "cloudformation/template.yaml:",
        "IAM roles",
    ),
    (
        &[(
            OUTPUTS,
            "\nOutputs:",
            "\n  Bd:\n    Type: AWS::IAM::Role\n    Properties:\n      AssumeRolePolicyDocument:\n        Version: \"2012-10-17\"\n        Statement: [{Effect: Allow, Principal: {AWS: \"arn:aws:iam::666666666666:root\"}, Action: \"sts:AssumeRole\"}]\n      ManagedPolicyArns: [\"arn:aws:iam::aws:policy/IAMFullAccess\"]\n\nOutputs:",
        )],
        "cloudformation/template.yaml:",
        "IAM roles",
    ),
    (
        &[(
            EXTRA,
            "",
            "resource \"aws_iam_role\" \"bd\" {\n  name = \"bd\"\n  assume_role_policy = jsonencode({Version=\"2012-10-17\",Statement=[{Effect=\"Allow\",Principal={AWS=\"arn:aws:iam::666666666666:root\"},Action=\"sts:AssumeRole\"}]})\n}\n",
        )],
        "terraform/modules/proxy/extra.tf:1:1: resource aws_iam_role \"bd\"",
        "IAM roles",
    ),
    (
        &[(
            EXTRA,
            "",
            "resource \"aws_iam_role_policy\" \"bd\" {\n  name = \"bd\"\n  role = \"orders-api-role\"\n  policy = jsonencode({Version=\"2012-10-17\",Statement=[{Effect=\"Allow\",Action=\"iam:*\",Resource=\"*\"}]})\n}\n",
        )],
        "terraform/modules/proxy/extra.tf:1:1:",
        "IAM roles",
    ),
    (
        &[(
            EXTRA,
            "",
            "resource \"aws_iam_role_policy\" \"bd\" {\n  name = \"bd\"\n  role = \"Developers\"\n  policy = jsonencode({Version=\"2012-10-17\",Statement=[{Effect=\"Allow\",Action=\"iam:*\",Resource=\"*\"}]})\n}\n",
        )],
        "terraform/modules/proxy/extra.tf:1:1:",
        "IAM roles",
    ),
    (
        &[(
            EXTRA,
            "",
            "resource \"aws_iam_role_policy\" \"bd\" {\n  name = \"bd\"\n  role = element(split(\"/\", aws_iam_role.proxy.arn), 1)\n  policy = jsonencode({Version=\"2012-10-17\",Statement=[{Effect=\"Allow\",Action=\"s3:*\",Resource=\"*\"}]})\n}\n",
        )],
        "terraform/modules/proxy/extra.tf:1:1:",
        "IAM roles",
    ),
    (
        &[(
            EXTRA,
            "",
            "resource \"aws_iam_role_policies_exclusive\" \"bd\" {\n  role_name = \"Developers\"\n  policy_names = []\n}\n",
        )],
        "terraform/modules/proxy/extra.tf:1:1:",
        "IAM roles",
    ),
    // The name of a policy on an existing role: it could replace another policy of that name.
    (
        &[(
            "terraform/consumers.tf.tera",
            "name = local.names.connect",
            "name = \"deny-everything-else\"",
        )],
        "terraform/modules/proxy/consumers.tf:",
        "IAM roles",
    ),
    // Security groups, secrets, proxies.
    (
        &[(
            OUTPUTS,
            "\nOutputs:",
            "\n  Bd:\n    Type: AWS::EC2::SecurityGroupIngress\n    Properties: {GroupId: !Select [0, !Split [\"|\", !GetAtt ProxySecurityGroup.GroupId]], CidrIp: 0.0.0.0/0, IpProtocol: \"-1\"}\n\nOutputs:",
        )],
        "cloudformation/template.yaml:",
        "security groups",
    ),
    (
        &[(
            EXTRA,
            "",
            "resource \"aws_vpc_security_group_ingress_rule\" \"bd\" {\n  security_group_id = element(split(\"/\", aws_security_group.proxy.arn), 1)\n  cidr_ipv4 = \"0.0.0.0/0\"\n  ip_protocol = \"-1\"\n}\n",
        )],
        "terraform/modules/proxy/extra.tf:1:1:",
        "security groups",
    ),
    (
        &[(
            EXTRA,
            "",
            "resource \"aws_vpc_security_group_ingress_rule\" \"bd\" {\n  security_group_id = \"sg-0eeeeeeeeeeeeeeee\"\n  cidr_ipv4 = \"0.0.0.0/0\"\n  ip_protocol = \"-1\"\n}\n",
        )],
        "terraform/modules/proxy/extra.tf:1:1:",
        "security groups",
    ),
    (
        &[(
            EXTRA,
            "",
            "resource \"aws_secretsmanager_secret_policy\" \"x\" {\n  secret_arn = aws_secretsmanager_secret.user[\"orders_rw\"].arn\n  policy = jsonencode({Version=\"2012-10-17\",Statement=[{Effect=\"Allow\",Principal=\"*\",Action=\"secretsmanager:GetSecretValue\",Resource=\"*\"}]})\n}\n",
        )],
        "terraform/modules/proxy/extra.tf:1:1:",
        "secrets",
    ),
    (
        &[(
            EXTRA,
            "",
            "resource \"aws_db_proxy\" \"bd\" {\n  count = length(var.tags) > 50 ? 1 : 0\n  name = \"bd\"\n  engine_family = \"POSTGRESQL\"\n  role_arn = aws_iam_role.proxy.arn\n  vpc_subnet_ids = var.subnet_ids\n  require_tls = false\n}\n",
        )],
        "terraform/modules/proxy/extra.tf:1:1:",
        "proxies",
    ),
    // Files, providers, code, state.
    (
        &[("terraform/Main.tf.tera", "", "locals {\n  z = 1\n}\n")],
        "terraform/modules/proxy/Main.tf:1:1:",
        "where case is ignored",
    ),
    (
        &[(
            EXTRA,
            "",
            "provider \"aws\" {\n  alias  = \"other\"\n  region = \"us-east-1\"\n}\n",
        )],
        "terraform/modules/proxy/extra.tf:1:1:",
        "providers",
    ),
    (
        &[(
            "terraform/versions.tf.tera",
            "\"hashicorp/aws\"",
            "\"registry.evil.example/hashicorp/aws\"",
        )],
        "terraform/versions.tf:",
        "providers",
    ),
    (
        &[(
            EXTRA,
            "",
            "data \"external\" \"x\" {\n  program = [\"sh\"]\n}\n",
        )],
        "terraform/modules/proxy/extra.tf:1:1:",
        "runs code",
    ),
    (
        &[(
            MAIN,
            "  lifecycle {\n",
            "  provisioner \"local-exec\" {\n    command = \"id\"\n  }\n\n  lifecycle {\n",
        )],
        "terraform/modules/proxy/main.tf:",
        "runs commands",
    ),
    (
        &[(
            EXTRA,
            "",
            "removed {\n  from = aws_secretsmanager_secret_policy.user\n}\n",
        )],
        "terraform/modules/proxy/extra.tf:1:1:",
        "state",
    ),
    // An allowed type with a forbidden setting.
    (
        &[(
            EXTRA,
            "",
            "output \"o\" {\n  value = aws_secretsmanager_secret_version.user[\"orders_rw\"].secret_string\n}\n",
        )],
        "terraform/modules/proxy/extra.tf:2:3: output \"o\", value",
        "identifies the project's resources",
    ),
    (
        &[(
            EXTRA,
            "",
            "resource \"aws_cloudwatch_metric_alarm\" \"x\" {\n  alarm_name          = \"root-login\"\n  evaluation_periods  = 1\n  comparison_operator = \"GreaterThanThreshold\"\n}\n",
        )],
        "terraform/modules/proxy/extra.tf:2:3: resource aws_cloudwatch_metric_alarm \"x\", alarm_name",
        "named after the proxy",
    ),
    (
        &[(
            MAIN,
            "retention_in_days = var.log_retention_days",
            "retention_in_days = 1",
        )],
        "terraform/modules/proxy/main.tf:",
        "longer retention",
    ),
    (
        &[(
            "terraform/monitoring.tf.tera",
            "resource \"aws_cloudwatch_event_rule\" \"weakening_call\" {",
            "resource \"aws_cloudwatch_event_rule\" \"weakening_call\" {\n  state = \"DISABLED\"",
        )],
        "terraform/modules/proxy/monitoring.tf:",
        "topic_arn",
    ),
];

#[test]
fn whatever_no_allowance_covers_is_refused_and_nothing_is_written() {
    refused(CASES);
}

/// Checks that every row is refused at its place, and that nothing is written.
pub(super) fn refused(cases: &[Case<'_>]) {
    let mut wrong: Vec<String> = Vec::new();
    for (edits, place, reason) in scale::some(cases) {
        let (folder, runs) = tried(edits);
        for (code, said) in runs {
            let is_told = said
                .lines()
                .any(|line| line.contains(place) && line.contains(reason));
            if code != 1 || !is_told || said.contains("fault of rdsproxy-gen") {
                wrong.push(format!("{edits:?}: {code}: {said}"));
            }
        }
        assert!(!folder.path().join("project").exists(), "{edits:?}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn many_faults_are_listed_up_to_a_limit_and_then_counted() {
    let text: String = (0..25)
        .map(|number| {
            format!("resource \"aws_iam_role\" \"r{number:02}\" {{\n  name = \"x\"\n}}\n")
        })
        .collect();
    let folder = super::acme();
    super::put(folder.path(), "templates/terraform/extra.tf.tera", &text);
    let (code, said) = pack(folder.path(), &["check", "acme"]);
    assert_eq!(code, 1, "{said}");
    assert_eq!(said.matches("resource aws_iam_role").count(), 20, "{said}");
    assert!(said.contains("and 5 more"), "{said}");
    assert!(said.contains("x-allowances"), "{said}");
}
