//! An unresolved change that may concern a proxy's group, role, secret or endpoint leaves the rule open; one that
//! certainly concerns something else changes nothing.

mod whole;

use std::fs;
use std::path::Path;

use crate::auditing::audit::{audit_in, estate, verdict};

/// A hardened proxy in one folder, and as a template.
const CONFIGURATION: &str = "tests/suite/reading/flat";
const TEMPLATE: &str = "generated-examples/postgresql-instance/cloudformation";

/// An addition to the example, and the expected verdict.
struct Touch {
    name: &'static str,
    rule: &'static str,
    /// The verdict after the change; before it, the rule passes.
    expected: &'static str,
    added: &'static str,
    /// In a template, an additional parameter.
    parameter: &'static str,
}

const fn touch(
    name: &'static str,
    (rule, expected): (&'static str, &'static str),
    added: &'static str,
) -> Touch {
    Touch {
        name,
        rule,
        expected,
        added,
        parameter: "",
    }
}

const INGRESS: &str = "security-group-ingress-open";
const EGRESS: &str = "security-group-egress-open";
const ROLE: &str = "role-permissions-too-wide";
const POLICY: &str = "secret-policy-too-wide";

const TERRAFORM: &[Touch] = &[
    touch(
        "an item of a text that is not known",
        (INGRESS, "undetermined"),
        r#"
variable "ids" { type = string }
resource "aws_vpc_security_group_ingress_rule" "x" {
  security_group_id = element(split(",", var.ids), 0)
  ip_protocol       = "-1"
  cidr_ipv4         = "0.0.0.0/0"
}"#,
    ),
    touch(
        "an item of a text that holds the group",
        (INGRESS, "fail"),
        r#"
resource "aws_vpc_security_group_ingress_rule" "x" {
  security_group_id = element(split(",", join(",", [aws_security_group.proxy.id, "sg-0aaaaaaaaaaaaaaaa"])), 0)
  ip_protocol       = "-1"
  cidr_ipv4         = "0.0.0.0/0"
}"#,
    ),
    touch(
        "a variable without a value",
        (INGRESS, "undetermined"),
        r#"
variable "id" { type = string }
resource "aws_vpc_security_group_ingress_rule" "x" {
  security_group_id = var.id
  ip_protocol       = "-1"
  cidr_ipv4         = "0.0.0.0/0"
}"#,
    ),
    touch(
        "each of a set that is not known",
        (INGRESS, "undetermined"),
        r#"
variable "ids" { type = set(string) }
resource "aws_vpc_security_group_ingress_rule" "x" {
  for_each          = var.ids
  security_group_id = each.value
  ip_protocol       = "-1"
  cidr_ipv4         = "0.0.0.0/0"
}"#,
    ),
    touch(
        "a group that is looked up by tags",
        (INGRESS, "undetermined"),
        r#"
data "aws_security_group" "x" {
  tags = { team = "orders" }
}
resource "aws_vpc_security_group_ingress_rule" "x" {
  security_group_id = data.aws_security_group.x.id
  ip_protocol       = "-1"
  cidr_ipv4         = "0.0.0.0/0"
}"#,
    ),
    touch(
        "one of the groups that are looked up",
        (INGRESS, "undetermined"),
        r#"
data "aws_security_groups" "x" {
  tags = { team = "orders" }
}
resource "aws_vpc_security_group_ingress_rule" "x" {
  security_group_id = data.aws_security_groups.x.ids[0]
  ip_protocol       = "-1"
  cidr_ipv4         = "0.0.0.0/0"
}"#,
    ),
    touch(
        "a rule for either direction",
        (EGRESS, "undetermined"),
        r#"
variable "ids" { type = string }
resource "aws_security_group_rule" "x" {
  type              = "egress"
  security_group_id = element(split(",", var.ids), 0)
  protocol          = "-1"
  from_port         = 0
  to_port           = 0
  cidr_blocks       = ["0.0.0.0/0"]
}"#,
    ),
    touch(
        "a harmless rule",
        (INGRESS, "pass"),
        r#"
variable "id" { type = string }
resource "aws_vpc_security_group_ingress_rule" "x" {
  security_group_id            = var.id
  referenced_security_group_id = "sg-0aaaaaaaaaaaaaaaa"
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}"#,
    ),
    touch(
        "a policy for a role that a variable names",
        (ROLE, "undetermined"),
        r#"
variable "role" { type = string }
resource "aws_iam_role_policy" "x" {
  role   = var.role
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }] })
}"#,
    ),
    touch(
        "a policy for a role whose name is put together",
        (ROLE, "undetermined"),
        r#"
variable "stage" { type = string }
resource "aws_iam_role_policy" "x" {
  role   = "orders-proxy-${var.stage}"
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }] })
}"#,
    ),
    touch(
        "an attachment to one of several roles",
        (ROLE, "undetermined"),
        r#"
variable "roles" { type = string }
resource "aws_iam_role_policy_attachment" "x" {
  role       = element(split(",", var.roles), 1)
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}"#,
    ),
    touch(
        "an attachment to a list of roles",
        (ROLE, "undetermined"),
        r#"
variable "roles" { type = list(string) }
resource "aws_iam_policy_attachment" "x" {
  name       = "x"
  roles      = var.roles
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}"#,
    ),
    touch(
        "an attachment to a known role and another",
        (ROLE, "undetermined"),
        r#"
variable "role" { type = string }
resource "aws_iam_policy_attachment" "x" {
  name       = "x"
  roles      = ["other", var.role]
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}"#,
    ),
    touch(
        "what a resource passes on",
        (ROLE, "undetermined"),
        r#"
resource "terraform_data" "x" {
  input = aws_iam_role.proxy.id
}
resource "aws_iam_role_policy_attachment" "x" {
  role       = terraform_data.x.output
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}"#,
    ),
    touch(
        "what a resource does not pass on",
        (ROLE, "pass"),
        r#"
resource "aws_eks_cluster" "x" {
  name = "x"
}
resource "aws_iam_role_policy_attachment" "x" {
  role       = aws_eks_cluster.x.role
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}"#,
    ),
    touch(
        "a role of another configuration",
        (ROLE, "pass"),
        r#"
data "terraform_remote_state" "x" {
  backend = "s3"
}
resource "aws_iam_role_policy_attachment" "x" {
  role       = data.terraform_remote_state.x.outputs.role
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}"#,
    ),
    touch(
        "a policy for a secret that a variable names",
        (POLICY, "undetermined"),
        r#"
variable "secret" { type = string }
resource "aws_secretsmanager_secret_policy" "x" {
  secret_arn = var.secret
  policy     = jsonencode({ Statement = [{ Effect = "Allow", Principal = "*", Action = "*", Resource = "*" }] })
}"#,
    ),
    touch(
        "a second policy",
        (POLICY, "fail"),
        r#"
resource "aws_secretsmanager_secret_policy" "x" {
  secret_arn = aws_secretsmanager_secret.user["orders_rw"].arn
  policy     = jsonencode({ Statement = [{ Effect = "Allow", Principal = "*", Action = "*", Resource = "*" }] })
}"#,
    ),
    touch(
        "a second policy that may be there",
        (POLICY, "undetermined"),
        r#"
variable "many" { type = number }
resource "aws_secretsmanager_secret_policy" "x" {
  count      = var.many
  secret_arn = aws_secretsmanager_secret.user["orders_rw"].arn
  policy     = jsonencode({ Statement = [{ Effect = "Allow", Principal = "*", Action = "*", Resource = "*" }] })
}"#,
    ),
    touch(
        "a second policy that keeps the rule",
        (POLICY, "pass"),
        r#"
resource "aws_secretsmanager_secret_policy" "x" {
  secret_arn = aws_secretsmanager_secret.user["orders_rw"].arn
  policy     = jsonencode({ Statement = [{ Effect = "Allow", Principal = { AWS = aws_iam_role.proxy.arn }, Action = "secretsmanager:GetSecretValue", Resource = "*" }] })
}"#,
    ),
    touch(
        "a module out of view that is given the group",
        (INGRESS, "undetermined"),
        r#"
module "x" {
  source   = "git::https://example.com/rules.git"
  group_id = aws_security_group.proxy.id
}"#,
    ),
    touch(
        "a module out of view that is given the role",
        (ROLE, "undetermined"),
        r#"
module "x" {
  source = "git::https://example.com/policies.git"
  roles  = [aws_iam_role.proxy.name]
}"#,
    ),
    touch(
        "a module out of view that is given the secret",
        (POLICY, "undetermined"),
        r#"
module "x" {
  source  = "git::https://example.com/policies.git"
  secrets = { orders = aws_secretsmanager_secret.user["orders_rw"].arn }
}"#,
    ),
    touch(
        "a module out of view that is given something else",
        (ROLE, "pass"),
        r#"
module "x" {
  source = "git::https://example.com/policies.git"
  vpc_id = data.aws_vpc.this.id
}"#,
    ),
    touch(
        "another provider for AWS",
        (INGRESS, "fail"),
        r#"
resource "awscc_ec2_security_group_ingress" "x" {
  group_id    = aws_security_group.proxy.id
  ip_protocol = "-1"
  cidr_ip     = "0.0.0.0/0"
}"#,
    ),
    touch(
        "a script that is given the group",
        (INGRESS, "undetermined"),
        r#"
resource "null_resource" "x" {
  triggers = { group = aws_security_group.proxy.id }
}"#,
    ),
    touch(
        "an endpoint of a proxy that a variable names",
        ("security-group-default", "undetermined"),
        r#"
variable "proxy" { type = string }
resource "aws_db_proxy_endpoint" "x" {
  db_proxy_name          = var.proxy
  db_proxy_endpoint_name = "x"
  vpc_subnet_ids         = ["subnet-0a10000000000001a", "subnet-0a10000000000001b"]
}"#,
    ),
];

const IDS: &str = "  Ids:\n    Type: String\n";
const LIST: &str = "  Ids:\n    Type: CommaDelimitedList\n";

/// Adds a parameter `Ids`.
const fn of_list(touch: Touch) -> Touch {
    Touch {
        parameter: LIST,
        ..touch
    }
}

const fn of_text(touch: Touch) -> Touch {
    Touch {
        parameter: IDS,
        ..touch
    }
}

const CLOUDFORMATION: &[Touch] = &[
    of_list(touch("an item of a list that is not known", (INGRESS, "undetermined"), "
  Extra:
    Type: AWS::EC2::SecurityGroupIngress
    Properties: {GroupId: !Select [0, !Ref Ids], IpProtocol: '-1', CidrIp: 0.0.0.0/0}
")),
    of_text(touch("an item of a text that is not known", (INGRESS, "undetermined"), "
  Extra:
    Type: AWS::EC2::SecurityGroupIngress
    Properties: {GroupId: !Select [0, !Split [',', !Ref Ids]], IpProtocol: '-1', CidrIp: 0.0.0.0/0}
")),
    of_text(touch("an index that is not known", (INGRESS, "undetermined"), "
  Extra:
    Type: AWS::EC2::SecurityGroupIngress
    Properties: {GroupId: !Select [!Ref Ids, [!Ref ProxySecurityGroup, sg-0aaaaaaaaaaaaaaaa]], IpProtocol: '-1', CidrIp: 0.0.0.0/0}
")),
    touch("an item of a list that is known", (INGRESS, "fail"), "
  Extra:
    Type: AWS::EC2::SecurityGroupIngress
    Properties: {GroupId: !Select [0, [!Ref ProxySecurityGroup, sg-0aaaaaaaaaaaaaaaa]], IpProtocol: '-1', CidrIp: 0.0.0.0/0}
"),
    of_text(touch("a parameter, which names what exists already", (INGRESS, "pass"), "
  Extra:
    Type: AWS::EC2::SecurityGroupIngress
    Properties: {GroupId: !Ref Ids, IpProtocol: '-1', CidrIp: 0.0.0.0/0}
")),
    touch("an export of another stack", (INGRESS, "pass"), "
  Extra:
    Type: AWS::EC2::SecurityGroupIngress
    Properties: {GroupId: !ImportValue group, IpProtocol: '-1', CidrIp: 0.0.0.0/0}
"),
    of_list(touch("an item of a list of roles", (ROLE, "undetermined"), "
  Extra:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: x
      Roles: [!Select [0, !Ref Ids]]
      PolicyDocument: {Statement: [{Effect: Allow, Action: '*', Resource: '*'}]}
")),
    of_text(touch("a role whose name is put together", (ROLE, "undetermined"), "
  Extra:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: x
      Roles: [!Sub 'orders-${Ids}']
      PolicyDocument: {Statement: [{Effect: Allow, Action: '*', Resource: '*'}]}
")),
    touch("the role's name out of its ARN", (ROLE, "undetermined"), "
  Extra:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      Roles: [!Select [1, !Split ['/', !GetAtt ProxyRole.Arn]]]
      PolicyDocument: {Statement: [{Effect: Allow, Action: '*', Resource: '*'}]}
"),
    of_list(touch("an item of a list of secrets", (POLICY, "undetermined"), "
  Extra:
    Type: AWS::SecretsManager::ResourcePolicy
    Properties:
      SecretId: !Select [0, !Ref Ids]
      ResourcePolicy: {Statement: [{Effect: Allow, Principal: '*', Action: '*', Resource: '*'}]}
")),
    touch("a second policy", (POLICY, "fail"), "
  Extra:
    Type: AWS::SecretsManager::ResourcePolicy
    Properties:
      SecretId: !Ref OrdersRwSecret
      ResourcePolicy: {Statement: [{Effect: Allow, Principal: '*', Action: '*', Resource: '*'}]}
"),
    touch("a nested stack out of view that is given the group", (INGRESS, "undetermined"), "
  Extra:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: 'https://s3.amazonaws.com/b/t.yaml', Parameters: {Group: !Ref ProxySecurityGroup}}
"),
    touch("a custom resource that is given the group", (INGRESS, "undetermined"), "
  Extra:
    Type: Custom::Open
    Properties: {ServiceToken: 'arn:aws:lambda:eu-west-1:123456789012:function:x', Group: !GetAtt ProxySecurityGroup.GroupId}
"),
    touch("a custom resource that says which group", (INGRESS, "undetermined"), "
  Made:
    Type: Custom::Group
    Properties: {ServiceToken: 'arn:aws:lambda:eu-west-1:123456789012:function:x'}
  Extra:
    Type: AWS::EC2::SecurityGroupIngress
    Properties: {GroupId: !GetAtt Made.GroupId, IpProtocol: '-1', CidrIp: 0.0.0.0/0}
"),
];

/// The files of a folder of the example.
fn files(folder: &str) -> Vec<(String, String)> {
    let entries = fs::read_dir(Path::new(folder)).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let named = paths.filter(|path| path.is_file()).map(|path| {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        (name, fs::read_to_string(path).unwrap())
    });
    named.collect()
}

fn written(files: &[(String, String)]) -> tempfile::TempDir {
    let files: Vec<_> = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    estate(&files)
}

/// The configuration of the example with an addition.
fn configuration(touch: Option<&Touch>) -> tempfile::TempDir {
    let mut files = files(CONFIGURATION);
    files.extend(touch.map(|touch| ("touch.tf".to_owned(), touch.added.to_owned())));
    written(&files)
}

/// The template of the example with an addition.
fn template(touch: Option<&Touch>) -> tempfile::TempDir {
    let mut files = files(TEMPLATE);
    for (_, text) in files.iter_mut().filter(|(name, _)| name == "template.yaml") {
        if let Some(touch) = touch {
            let parameters = format!("\nParameters:\n{}", touch.parameter);
            let resources = format!("\nResources:{}", touch.added);
            *text = text.replacen("\nParameters:\n", &parameters, 1).replacen(
                "\nResources:\n",
                &resources,
                1,
            );
        }
    }
    written(&files)
}

/// The verdicts that differ from a table.
fn wrong(touches: &[Touch], written: fn(Option<&Touch>) -> tempfile::TempDir) -> Vec<String> {
    let judged = |touch: Option<&Touch>| {
        let home = written(touch);
        audit_in(home.path(), &[".", "--format", "json", "--no-policy"])
    };
    let untouched = judged(None).json();
    let of_one = |touch: &Touch| {
        assert_eq!(verdict(&untouched, 0, touch.rule), "pass", "{}", touch.name);
        let run = judged(Some(touch));
        let found = verdict(&run.json(), 0, touch.rule);
        (found != touch.expected).then(|| {
            format!(
                "{}: {found}, not {}\n{}",
                touch.name, touch.expected, run.stderr
            )
        })
    };
    touches.iter().filter_map(of_one).collect()
}

#[test]
fn what_touches_a_proxy_and_cannot_be_told_is_never_a_pass() {
    let mut found = wrong(TERRAFORM, configuration);
    found.extend(wrong(CLOUDFORMATION, template));
    assert!(found.is_empty(), "{}", found.join("\n"));
}
