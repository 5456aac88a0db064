//! The same for a proxy whose database, consumer and key are created beside it: an unresolved change that may concern
//! them opens their rules too.

use crate::auditing::audit::{audit_in, estate, verdict};

const CONFIGURATION: &str = include_str!("whole.tf");
const TEMPLATE: &str = include_str!("whole.yaml");

const INGRESS: &str = "security-group-ingress-open";
const BYPASS: &str = "database-bypass";
const TLS: &str = "database-tls-not-enforced";
const ROLE: &str = "role-permissions-too-wide";
const CONNECT: &str = "connect-permission-too-wide";
const POLICY: &str = "secret-policy-too-wide";
const KEY: &str = "key-policy-too-wide";
const PLAIN: &str = "password-in-plaintext";
const MASTER: &str = "secret-is-master-user";
const DEFAULT: &str = "security-group-default";

/// The name of the case, the rule and the verdict, and the addition.
type Touch = (&'static str, (&'static str, &'static str), &'static str);

/// A rule that admits all addresses to a group.
macro_rules! rule_for {
    ($group:literal) => {
        concat!(
            "resource \"aws_vpc_security_group_ingress_rule\" \"x\" {\n security_group_id = ",
            $group,
            "\n ip_protocol = \"-1\"\n cidr_ipv4 = \"0.0.0.0/0\"\n}\n"
        )
    };
}

/// A policy that grants a role all actions.
macro_rules! policy_for {
    ($role:literal) => {
        concat!(
            "resource \"aws_iam_role_policy\" \"x\" {\n role = ",
            $role,
            "\n policy = jsonencode({ Statement = [{ Effect = \"Allow\", Action = \"*\", Resource = \"*\" }] })\n}\n"
        )
    };
}

const TERRAFORM: &[Touch] = &[
    (
        "a parameter that is looked up",
        (INGRESS, "undetermined"),
        concat!(
            "data \"aws_ssm_parameter\" \"x\" {\n name = \"/group\"\n}\n",
            rule_for!("data.aws_ssm_parameter.x.value"),
        ),
    ),
    (
        "what a program says",
        (ROLE, "undetermined"),
        concat!(
            "data \"external\" \"x\" {\n program = [\"sh\"]\n}\n",
            policy_for!("data.external.x.result.role"),
        ),
    ),
    (
        "the proxy that is looked up",
        (INGRESS, "undetermined"),
        concat!(
            "data \"aws_db_proxy\" \"x\" {\n name = \"orders\"\n}\n",
            rule_for!("tolist(data.aws_db_proxy.x.vpc_security_group_ids)[0]"),
        ),
    ),
    (
        "the role of a function that is looked up",
        (ROLE, "pass"),
        concat!(
            "data \"aws_lambda_function\" \"x\" {\n function_name = \"other\"\n}\n",
            policy_for!("data.aws_lambda_function.x.role"),
        ),
    ),
    (
        "what another configuration made",
        (INGRESS, "pass"),
        concat!(
            "data \"terraform_remote_state\" \"x\" {\n backend = \"s3\"\n config = {}\n}\n",
            rule_for!("data.terraform_remote_state.x.outputs.group"),
        ),
    ),
    (
        "a resource that was given what is not known",
        (INGRESS, "undetermined"),
        concat!(
            "variable \"x\" { type = string }\nresource \"terraform_data\" \"x\" {\n input = var.x\n}\n",
            rule_for!("terraform_data.x.output"),
        ),
    ),
    (
        "a resource that was given something else",
        (INGRESS, "pass"),
        concat!(
            "resource \"terraform_data\" \"x\" {\n input = \"sg-0aaaaaaaaaaaaaaaa\"\n}\n",
            rule_for!("terraform_data.x.output"),
        ),
    ),
    (
        "a group by a rule of the other provider",
        (INGRESS, "fail"),
        "resource \"awscc_ec2_security_group_ingress\" \"x\" {\n group_id = aws_security_group.proxy.id\n ip_protocol = \"-1\"\n cidr_ip = \"0.0.0.0/0\"\n}\n",
    ),
    (
        "any group by a rule of the other provider",
        (INGRESS, "undetermined"),
        "variable \"x\" { type = string }\nresource \"awscc_ec2_security_group_ingress\" \"x\" {\n group_id = var.x\n ip_protocol = \"-1\"\n cidr_ip = \"0.0.0.0/0\"\n}\n",
    ),
    (
        "a role by its name in the other provider",
        (ROLE, "fail"),
        "resource \"awscc_iam_role_policy\" \"x\" {\n role_name = \"orders-proxy\"\n policy_name = \"x\"\n policy_document = jsonencode({ Statement = [{ Effect = \"Allow\", Action = \"*\", Resource = \"*\" }] })\n}\n",
    ),
    (
        "a secret in the other provider",
        (POLICY, "fail"),
        "resource \"awscc_secretsmanager_resource_policy\" \"x\" {\n secret_id = aws_secretsmanager_secret.rw.id\n resource_policy = jsonencode({ Statement = [{ Effect = \"Allow\", Principal = \"*\", Action = \"*\", Resource = \"*\" }] })\n}\n",
    ),
    (
        "an endpoint in the other provider",
        (DEFAULT, "fail"),
        "resource \"awscc_rds_db_proxy_endpoint\" \"x\" {\n db_proxy_name = \"orders\"\n db_proxy_endpoint_name = \"x\"\n vpc_subnet_ids = [\"subnet-1\", \"subnet-2\"]\n}\n",
    ),
    (
        "a rule without a peer",
        (INGRESS, "undetermined"),
        "resource \"aws_vpc_security_group_ingress_rule\" \"x\" {\n security_group_id = aws_security_group.proxy.id\n ip_protocol = \"tcp\"\n from_port = 5432\n to_port = 5432\n}\n",
    ),
    (
        "a call of any interface",
        (INGRESS, "undetermined"),
        "resource \"aws_cloudcontrolapi_resource\" \"x\" {\n type_name = \"AWS::EC2::SecurityGroupIngress\"\n desired_state = jsonencode({ GroupId = aws_security_group.proxy.id })\n}\n",
    ),
    (
        "a stack that is given the role",
        (ROLE, "undetermined"),
        "resource \"aws_cloudformation_stack\" \"x\" {\n name = \"x\"\n template_url = \"https://example.com/t\"\n parameters = { Role = aws_iam_role.proxy.name }\n}\n",
    ),
    (
        "a function that is called with the group",
        (INGRESS, "undetermined"),
        "resource \"aws_lambda_invocation\" \"x\" {\n function_name = \"x\"\n input = jsonencode({ group = aws_security_group.proxy.id })\n}\n",
    ),
    (
        "an action that is given the group",
        (INGRESS, "undetermined"),
        "action \"aws_lambda_invoke\" \"x\" {\n config {\n  function_name = \"x\"\n  payload = jsonencode({ group = aws_security_group.proxy.id })\n }\n}\n",
    ),
    (
        "a script of whatever resource",
        (INGRESS, "undetermined"),
        "resource \"aws_s3_bucket\" \"x\" {\n provisioner \"local-exec\" {\n  command = \"./open.sh ${aws_security_group.proxy.id}\"\n }\n}\n",
    ),
    (
        "a provider that nobody knows",
        (POLICY, "undetermined"),
        "resource \"acme_policy\" \"x\" {\n secret = aws_secretsmanager_secret.rw.arn\n}\n",
    ),
    (
        "a provider that keeps values",
        (POLICY, "pass"),
        "resource \"github_actions_variable\" \"x\" {\n repository = \"x\"\n variable_name = \"x\"\n value = aws_secretsmanager_secret.rw.arn\n}\n",
    ),
    (
        "a parameter that keeps the group",
        (INGRESS, "pass"),
        "resource \"aws_ssm_parameter\" \"x\" {\n name = \"/group\"\n type = \"String\"\n value = aws_security_group.proxy.id\n}\n",
    ),
    (
        "a module that is given either",
        (ROLE, "undetermined"),
        "variable \"x\" { type = bool }\nmodule \"x\" {\n source = \"git::https://example.com/m.git\"\n role = var.x ? aws_iam_role.proxy.arn : null\n}\n",
    ),
    (
        "a module that is given either of others",
        (ROLE, "pass"),
        "variable \"x\" { type = bool }\nmodule \"x\" {\n source = \"git::https://example.com/m.git\"\n role = var.x ? aws_iam_role.app.arn : null\n}\n",
    ),
    (
        "a document by the words of before",
        (ROLE, "undetermined"),
        "variable \"x\" { type = string }\ndata \"aws_iam_policy_document\" \"x\" {\n source_json = var.x\n}\nresource \"aws_iam_role_policy\" \"x\" {\n role = aws_iam_role.proxy.name\n policy = data.aws_iam_policy_document.x.json\n}\n",
    ),
    (
        "a policy without a document",
        (ROLE, "undetermined"),
        "resource \"aws_iam_role_policy\" \"x\" {\n role = aws_iam_role.proxy.name\n}\n",
    ),
    (
        "the consumer's role or another",
        (CONNECT, "undetermined"),
        concat!(
            "variable \"x\" { type = string }\n",
            policy_for!("element(split(\",\", var.x), 0)"),
        ),
    ),
    (
        "the consumer's role or another, for something else",
        (CONNECT, "pass"),
        "variable \"x\" { type = string }\nresource \"aws_iam_role_policy\" \"x\" {\n role = var.x\n policy = jsonencode({ Statement = [{ Effect = \"Allow\", Action = \"s3:GetObject\", Resource = \"*\" }] })\n}\n",
    ),
    (
        "a policy of the consumer that cannot be determined",
        (CONNECT, "undetermined"),
        "variable \"x\" { type = string }\nresource \"aws_iam_role_policy_attachment\" \"x\" {\n role = aws_iam_role.app.name\n policy_arn = var.x\n}\n",
    ),
    (
        "a module that is given the consumer's role",
        (CONNECT, "undetermined"),
        "module \"x\" {\n source = \"git::https://example.com/m.git\"\n role = aws_iam_role.app.name\n}\n",
    ),
    (
        "a name that ends in another way",
        (ROLE, "pass"),
        concat!(
            "variable \"x\" { type = string }\n",
            policy_for!("\"${var.x}-reports\""),
        ),
    ),
    (
        "a name that ends alike",
        (ROLE, "undetermined"),
        concat!(
            "variable \"x\" { type = string }\n",
            policy_for!("\"${var.x}-proxy\""),
        ),
    ),
    (
        "a grant of whichever key",
        (KEY, "undetermined"),
        "variable \"x\" { type = string }\nresource \"aws_kms_grant\" \"x\" {\n key_id = var.x\n grantee_principal = \"arn:aws:iam::999999999999:root\"\n operations = [\"Decrypt\"]\n}\n",
    ),
    (
        "a grant to whomever",
        (KEY, "undetermined"),
        "variable \"x\" { type = string }\nresource \"aws_kms_grant\" \"x\" {\n key_id = aws_kms_key.secrets.key_id\n grantee_principal = var.x\n operations = [\"Decrypt\"]\n}\n",
    ),
    (
        "a module that is given the key",
        (KEY, "undetermined"),
        "module \"x\" {\n source = \"git::https://example.com/m.git\"\n key = aws_kms_key.secrets.arn\n}\n",
    ),
    (
        "a second value",
        (PLAIN, "fail"),
        "resource \"aws_secretsmanager_secret_version\" \"x\" {\n secret_id = aws_secretsmanager_secret.rw.id\n secret_string = jsonencode({ username = \"orders_rw\", password = \"not-so-secret\" })\n}\n",
    ),
    (
        "a value of whichever secret",
        (PLAIN, "undetermined"),
        "variable \"x\" { type = string }\nresource \"aws_secretsmanager_secret_version\" \"x\" {\n secret_id = var.x\n secret_string = jsonencode({ username = \"orders_rw\", password = \"not-so-secret\" })\n}\n",
    ),
    (
        "a value that is generated, of whichever secret",
        (PLAIN, "pass"),
        "variable \"x\" { type = string }\nresource \"aws_secretsmanager_secret_version\" \"x\" {\n secret_id = var.x\n secret_string_wo = jsonencode({ username = \"orders_rw\", password = ephemeral.aws_secretsmanager_random_password.rw.random_password })\n secret_string_wo_version = 1\n}\n",
    ),
    (
        "a second value with the master user",
        (MASTER, "fail"),
        "resource \"aws_secretsmanager_secret_version\" \"x\" {\n secret_id = aws_secretsmanager_secret.rw.id\n secret_string_wo = jsonencode({ username = \"dbowner\", password = ephemeral.aws_secretsmanager_random_password.rw.random_password })\n secret_string_wo_version = 1\n}\n",
    ),
    (
        "a second target",
        (TLS, "undetermined"),
        "resource \"aws_db_proxy_target\" \"x\" {\n db_proxy_name = aws_db_proxy.this.name\n target_group_name = \"default\"\n db_instance_identifier = \"other\"\n}\n",
    ),
    (
        "an interface in whichever group",
        (BYPASS, "undetermined"),
        "variable \"x\" { type = string }\nresource \"aws_network_interface\" \"x\" {\n subnet_id = \"subnet-1\"\n security_groups = split(\",\", var.x)\n}\n",
    ),
    (
        "an interface in a group that is given",
        (BYPASS, "pass"),
        "variable \"x\" { type = list(string) }\nresource \"aws_network_interface\" \"x\" {\n subnet_id = \"subnet-1\"\n security_groups = var.x\n}\n",
    ),
    (
        "the group of the database or another",
        (BYPASS, "undetermined"),
        concat!(
            "variable \"x\" { type = string }\n",
            rule_for!("element(split(\",\", var.x), 0)"),
        ),
    ),
];

const CLOUDFORMATION: &[Touch] = &[
    (
        "a group by its name",
        (INGRESS, "fail"),
        "  X:\n    Type: AWS::EC2::SecurityGroupIngress\n    Properties: {GroupName: orders-proxy, IpProtocol: '-1', CidrIp: 0.0.0.0/0}\n",
    ),
    (
        "a group by a name that is put together",
        (INGRESS, "undetermined"),
        "  X:\n    Type: AWS::EC2::SecurityGroupIngress\n    Properties: {GroupName: !Sub '${AWS::StackName}-proxy', IpProtocol: '-1', CidrIp: 0.0.0.0/0}\n",
    ),
    (
        "a stack that is given what is not known",
        (INGRESS, "undetermined"),
        "  S:\n    Type: AWS::CloudFormation::Stack\n    Properties: {TemplateURL: 'https://example.com/t', Parameters: {G: !Select [0, !Ref Ids]}}\n  X:\n    Type: AWS::EC2::SecurityGroupIngress\n    Properties: {GroupId: !GetAtt S.Outputs.G, IpProtocol: '-1', CidrIp: 0.0.0.0/0}\n",
    ),
    (
        "a stack that is given nothing",
        (INGRESS, "pass"),
        "  S:\n    Type: AWS::CloudFormation::Stack\n    Properties: {TemplateURL: 'https://example.com/t'}\n  X:\n    Type: AWS::EC2::SecurityGroupIngress\n    Properties: {GroupId: !GetAtt S.Outputs.G, IpProtocol: '-1', CidrIp: 0.0.0.0/0}\n",
    ),
    (
        "what waits for a signal",
        (ROLE, "undetermined"),
        "  W:\n    Type: AWS::CloudFormation::WaitCondition\n    Properties: {Count: 1}\n  X:\n    Type: AWS::IAM::RolePolicy\n    Properties: {PolicyName: x, RoleName: !GetAtt W.Data, PolicyDocument: {Statement: [{Effect: Allow, Action: '*', Resource: '*'}]}}\n",
    ),
    (
        "a module of the registry",
        (ROLE, "undetermined"),
        "  X:\n    Type: Acme::Iam::Policy::MODULE\n    Properties: {Role: !Ref ProxyRole}\n",
    ),
    (
        "a type of somebody else",
        (INGRESS, "undetermined"),
        "  X:\n    Type: Acme::Network::Rule\n    Properties: {Group: !GetAtt ProxyGroup.GroupId}\n",
    ),
    (
        "an automation that is given the group",
        (INGRESS, "undetermined"),
        "  X:\n    Type: AWS::SSM::Association\n    Properties: {Name: AWS-Open, Parameters: {Group: [!Ref ProxyGroup]}}\n",
    ),
    (
        "stacks that are given the group",
        (INGRESS, "undetermined"),
        "  X:\n    Type: AWS::CloudFormation::StackSet\n    Properties: {StackSetName: x, PermissionModel: SELF_MANAGED, TemplateBody: !Sub 'open ${ProxyGroup}'}\n",
    ),
    (
        "a custom resource that is given either",
        (INGRESS, "undetermined"),
        "  X:\n    Type: Custom::Open\n    Properties: {ServiceToken: a, Group: !If [Open, !Ref ProxyGroup, x]}\n",
    ),
    (
        "a file that is brought in",
        (INGRESS, "undetermined"),
        "  Fn::Transform: {Name: AWS::Include, Parameters: {Location: 's3://b/f'}}\n",
    ),
    (
        "a loop over what is not known",
        (INGRESS, "undetermined"),
        "  Fn::ForEach::L:\n    - A\n    - !Ref Ids\n    - 'X${A}':\n        Type: AWS::EC2::SecurityGroupIngress\n        Properties: {GroupId: !Ref A, IpProtocol: '-1', CidrIp: 0.0.0.0/0}\n",
    ),
    (
        "a copy of the key with its own policy",
        (KEY, "fail"),
        "  X:\n    Type: AWS::KMS::ReplicaKey\n    Properties: {PrimaryKeyArn: !GetAtt SecretsKey.Arn, KeyPolicy: {Statement: [{Effect: Allow, Principal: '*', Action: 'kms:*', Resource: '*'}]}}\n",
    ),
    (
        "a custom resource that is given the key",
        (KEY, "undetermined"),
        "  X:\n    Type: Custom::Grant\n    Properties: {ServiceToken: a, Key: !GetAtt SecretsKey.Arn}\n",
    ),
    (
        "a custom resource that is given the consumer's role",
        (CONNECT, "undetermined"),
        "  X:\n    Type: Custom::Role\n    Properties: {ServiceToken: a, Role: !Ref AppRole}\n",
    ),
    (
        "a second target",
        (TLS, "undetermined"),
        "  X:\n    Type: AWS::RDS::DBProxyTargetGroup\n    Properties: {DBProxyName: orders, TargetGroupName: default, DBClusterIdentifiers: [other]}\n",
    ),
    (
        "an interface in one of several groups",
        (BYPASS, "undetermined"),
        "  X:\n    Type: AWS::EC2::NetworkInterface\n    Properties: {SubnetId: a, GroupSet: [!Select [0, !Ref Ids]]}\n",
    ),
    (
        "an interface in groups that exist",
        (BYPASS, "pass"),
        "  X:\n    Type: AWS::EC2::NetworkInterface\n    Properties: {SubnetId: a, GroupSet: !Ref Ids}\n",
    ),
];

/// A template with its parameter and condition, whether they are used or not.
fn template(added: &str) -> String {
    TEMPLATE
        .replace("  # more parameters\n", "  Ids: {Type: CommaDelimitedList}\n")
        .replace(
            "\nResources:\n",
            &format!("\nConditions:\n  Open: !Equals [!Select [0, !Ref Ids], a]\nTransform: AWS::LanguageExtensions\nResources:\n{added}"),
        )
}

/// The verdicts that differ from a table.
fn wrong(touches: &[Touch], file: &str, write: fn(&str) -> String) -> Vec<String> {
    let judged = |added: &str| {
        let home = estate(&[(file, &write(added))]);
        audit_in(home.path(), &[".", "--format", "json", "--no-policy"])
    };
    let untouched = judged("").json();
    let of_one = |(name, (rule, expected), added): &Touch| {
        assert_eq!(verdict(&untouched, 0, rule), "pass", "{name}");
        let run = judged(added);
        let found = verdict(&run.json(), 0, rule);
        (found != *expected).then(|| format!("{name}: {found}, not {expected}\n{}", run.stderr))
    };
    touches.iter().filter_map(of_one).collect()
}

#[test]
fn what_may_be_of_the_database_the_consumer_or_the_key_is_never_a_pass() {
    let mut found = wrong(TERRAFORM, "main.tf", |added| {
        format!("{CONFIGURATION}\n{added}")
    });
    found.extend(wrong(CLOUDFORMATION, "template.yaml", template));
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// The name of the role, the verdict of its rule, and the role that a policy is attached to.
const NAMES: &[(&str, &str, &str)] = &[
    ("var.name", "undetermined", "\"orders-proxy\""),
    ("\"${var.name}-proxy\"", "undetermined", "\"orders-proxy\""),
    ("\"${var.name}-proxy\"", "pass", "\"deployer\""),
    ("random_pet.x.id", "undetermined", "random_pet.x.id"),
    ("\"orders-proxy\"", "pass", "random_pet.x.id"),
    ("\"orders-proxy\"", "pass", "\"deployer\""),
];

#[test]
fn a_name_may_be_that_of_a_role_whose_own_is_not_known() {
    for (own, expected, named) in NAMES {
        let role = "resource \"aws_iam_role\" \"proxy\" {\n  name = ";
        let configuration =
            CONFIGURATION.replace(&format!("{role}\"orders-proxy\""), &format!("{role}{own}"));
        let added = format!(
            "variable \"name\" {{ type = string }}\nresource \"random_pet\" \"x\" {{}}\nresource \"aws_iam_role_policy\" \"x\" {{\n role = {named}\n policy = jsonencode({{ Statement = [{{ Effect = \"Allow\", Action = \"*\", Resource = \"*\" }}] }})\n}}\n"
        );
        let home = estate(&[("main.tf", &format!("{configuration}\n{added}"))]);
        let run = audit_in(home.path(), &[".", "--format", "json", "--no-policy"]);
        let found = verdict(&run.json(), 0, ROLE);
        assert_eq!(found, *expected, "{own} and {named}");
    }
}
