//! Every place in which a language can contain a secret, each with a finding beside it. `Canary-7f3K-planted` is the
//! secret.

/// A place that may contain a secret.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) name: &'static str,
    /// Files in addition to the proxy's own.
    pub(super) files: &'static [(&'static str, &'static str)],
    /// Additional arguments of `audit`.
    pub(super) arguments: &'static [&'static str],
    /// The place of the expected finding, and its rule.
    pub(super) found: (&'static str, &'static str),
    /// True if the line or the message of the finding contains the secret, so that a mask must be visible.
    pub(super) is_in_view: bool,
}

/// The Terraform code of a proxy.
pub(super) const PROXY: &str = r#"resource "aws_secretsmanager_secret" "orders" {
  name = "orders-app"
}

resource "aws_db_proxy" "orders" {
  name        = "orders"
  require_tls = false # Canary-7f3K-planted
  auth {
    auth_scheme = "SECRETS"
    iam_auth    = "REQUIRED"
    secret_arn  = aws_secretsmanager_secret.orders.arn
  }
}
"#;

/// The line of the proxy that repeats the secret in a comment: a mask there shows that the value is known.
const REPEATED: (&str, &str) = ("proxy.tf:7:", "client-tls-not-required");

const WRITTEN: &str = "password-in-plaintext";

macro_rules! version {
    ($value:literal) => {
        concat!(
            "resource \"aws_secretsmanager_secret_version\" \"orders\" {\n  secret_id = aws_secretsmanager_secret.orders.id\n  secret_string = ",
            $value,
            "\n}\n"
        )
    };
}

/// A template that begins with these resources, followed by the proxy.
macro_rules! template {
    ($before:literal, $resources:literal) => {
        concat!(
            $before,
            "Resources:\n",
            $resources,
            "  Orders:\n    Type: AWS::RDS::DBProxy\n    Properties:\n      DBProxyName: orders\n      RequireTLS: false # Canary-7f3K-planted\n      Auth:\n        - {AuthScheme: SECRETS, IAMAuth: REQUIRED, SecretArn: !Ref S}\n"
        )
    };
}

macro_rules! written {
    ($name:literal, $value:literal) => {
        Place {
            name: $name,
            files: &[("main.tf", version!($value))],
            arguments: &[],
            found: ("main.tf:3:", WRITTEN),
            is_in_view: true,
        }
    };
}

/// A place in Terraform whose secret is repeated beside a finding.
macro_rules! known {
    ($name:literal, $($file:literal: $text:expr),+ $(; $($argument:literal),+)?) => {
        Place {
            name: $name,
            files: &[$(($file, $text)),+],
            arguments: &[$($($argument),+)?],
            found: REPEATED,
            is_in_view: true,
        }
    };
}

/// A place in a separate template.
macro_rules! stack {
    ($name:literal, $file:literal, $rule:literal, $text:expr $(, $more:literal: $other:literal)* $(; $($argument:literal),+)?) => {
        Place {
            name: $name,
            files: &[($file, $text) $(, ($more, $other))*],
            arguments: &[$($($argument),+)?],
            found: ($file, $rule),
            is_in_view: true,
        }
    };
}

pub(super) const TERRAFORM: &[Place] = &[
    written!("attribute", r#""Canary-7f3K-planted""#),
    written!(
        "jsonencode",
        r#"jsonencode({ username = "u", password = "Canary-7f3K-planted" })"#
    ),
    written!(
        "JSON in a string",
        r#""{\"username\": \"u\", \"password\": \"Canary-7f3K-planted\"}""#
    ),
    written!(
        "a function around it",
        r#"base64decode(trimspace("Canary-7f3K-planted"))"#
    ),
    Place {
        name: "heredoc",
        files: &[(
            "main.tf",
            version!("<<EOT\n{\"username\": \"u\", \"password\": \"Canary-7f3K-planted\"}\nEOT"),
        )],
        arguments: &[],
        found: REPEATED,
        is_in_view: true,
    },
    known!("default of a sensitive variable", "v.tf": "variable \"pin\" {\n  sensitive = true\n  default = \"Canary-7f3K-planted\"\n}\n"),
    known!("default of a variable with such a name", "v.tf": "variable \"db_password\" {\n  default = \"Canary-7f3K-planted\"\n}\n"),
    known!("variable that a password is taken from", "main.tf": version!("var.pin"), "v.tf": "variable \"pin\" {\n  default = \"Canary-7f3K-planted\"\n}\n"),
    known!("terraform.tfvars", "v.tf": "variable \"pin\" {\n  sensitive = true\n}\n", "terraform.tfvars": "pin = \"Canary-7f3K-planted\"\n"),
    known!("x.auto.tfvars.json", "v.tf": "variable \"pin\" {\n  sensitive = true\n}\n", "x.auto.tfvars.json": "{\"pin\": \"Canary-7f3K-planted\"}\n"),
    known!("--var-file", "v.tf": "variable \"pin\" {\n  sensitive = true\n}\n", "more/x.tfvars": "pin = \"Canary-7f3K-planted\"\n"; "--var-file", "more/x.tfvars"),
    known!("--var", "v.tf": "variable \"pin\" {\n  sensitive = true\n}\n"; "--var", "pin=Canary-7f3K-planted"),
    known!("--var with such a name", "v.tf": "variable \"token\" {\n}\n"; "--var", "token=Canary-7f3K-planted"),
    known!("argument of a module", "m.tf": "module \"m\" {\n  source = \"./m\"\n  pin = \"Canary-7f3K-planted\"\n}\n", "m/v.tf": "variable \"pin\" {\n  sensitive = true\n}\nresource \"aws_db_proxy\" \"p\" {\n  name = \"p\"\n}\n"),
    known!("local", "main.tf": version!("local.pin"), "l.tf": "locals {\n  pin = \"Canary-7f3K-planted\"\n}\n"),
    known!("member of a local", "main.tf": version!("local.db.pin"), "l.tf": "locals {\n  db = { size = 1, pin = \"Canary-7f3K-planted\" }\n}\n"),
    known!("sensitive output", "o.tf": "output \"pin\" {\n  sensitive = true\n  value = \"Canary-7f3K-planted\"\n}\n"),
    known!("sensitive()", "l.tf": "locals {\n  pin = sensitive(\"Canary-7f3K-planted\")\n}\n"),
    known!("master password", "d.tf": "resource \"aws_db_instance\" \"d\" {\n  identifier = \"d\"\n  password = \"Canary-7f3K-planted\"\n}\n"),
    known!("write-only password", "d.tf": "resource \"aws_rds_cluster\" \"d\" {\n  master_password_wo = \"Canary-7f3K-planted\"\n}\n"),
    known!("environment of a function", "f.tf": "resource \"aws_lambda_function\" \"f\" {\n  function_name = \"f\"\n  environment {\n    variables = { DB_PASSWORD = \"Canary-7f3K-planted\" }\n  }\n}\n"),
    known!("environment of a container", "f.tf": "locals {\n  c = jsonencode([{ environment = [{ name = \"DB_PASSWORD\", value = \"Canary-7f3K-planted\" }] }])\n}\n"),
    known!("connection string", "f.tf": "locals {\n  url = \"postgres://u:Canary-7f3K-planted@h/db\"\n}\n"),
    known!("user data", "f.tf": "locals {\n  run = <<EOT\nexport DB_PASSWORD=Canary-7f3K-planted\nEOT\n}\n"),
    known!("parameter of Systems Manager", "p.tf": "resource \"aws_ssm_parameter\" \"p\" {\n  name = \"p\"\n  type = \"SecureString\"\n  value = \"Canary-7f3K-planted\"\n}\n"),
    known!("units of Terragrunt", "terragrunt.hcl": "terraform {\n  source = \".\"\n}\ninputs = {\n  db_password = \"Canary-7f3K-planted\"\n}\n"),
    known!("item of a repeated block", "b.tf": "locals {\n  all = { a = \"Canary-7f3K-planted\" }\n}\nresource \"aws_secretsmanager_secret_version\" \"v\" {\n  for_each = local.all\n  secret_id = \"x\"\n  secret_string = each.value\n}\n"),
    known!("member of a repeated block", "b.tf": "locals {\n  all = { a = { k = \"Canary-7f3K-planted\" } }\n}\nresource \"aws_secretsmanager_secret_version\" \"v\" {\n  for_each = local.all\n  secret_id = \"x\"\n  secret_string = each.value.k\n}\n"),
    known!("local behind locals", "b.tf": "locals {\n  a = \"Canary-7f3K-planted\"\n  b = local.a\n  c = { d = local.b }\n}\nresource \"aws_secretsmanager_secret_version\" \"v\" {\n  secret_id = \"x\"\n  secret_string = jsonencode({ password = local.c.d })\n}\n"),
    known!("output of a module", "b.tf": "module \"m\" {\n  source = \"./m\"\n}\nresource \"aws_secretsmanager_secret_version\" \"v\" {\n  secret_id = \"x\"\n  secret_string = module.m.o\n}\n", "m/o.tf": "output \"o\" {\n  value = \"Canary-7f3K-planted\"\n}\n"),
    known!("choice", "b.tf": "resource \"x\" \"y\" {\n  password = var.x == \"\" ? \"Canary-7f3K-planted\" : null\n}\n"),
    known!("YAML in a text", "b.tf": "locals {\n  f = <<EOT\ndb:\n  password: Canary-7f3K-planted\nEOT\n}\n"),
    known!("comment", "c.tf": "# password = \"Canary-7f3K-planted\"\n"),
    known!("block comment", "c.tf": "/*\n  db_password: 'Canary-7f3K-planted'\n*/\n"),
    known!("Terraform's JSON", "v.tf.json": "{\"variable\": {\"pin\": {\"sensitive\": true, \"default\": \"Canary-7f3K-planted\"}}}"),
    known!("attribute in Terraform's JSON", "d.tf.json": "{\"resource\": {\"aws_db_instance\": {\"d\": {\"identifier\": \"d\", \"password\": \"Canary-7f3K-planted\"}}}}"),
    known!("code that cannot be read", "broken.tf": "resource \"aws_db_instance\" \"d\" {\n  password = \"Canary-7f3K-planted\n}\n"),
    known!("JSON that cannot be read", "broken.tf.json": "{\"resource\": {\"password\": \"Canary-7f3K-planted\", }"),
    known!("reason of a waiver", "main.tf": "variable \"pin\" {\n  sensitive = true\n  default = \"Canary-7f3K-planted\"\n}\n", "rdsproxy-policy.toml": "schema = 1\n[[waivers]]\nrule = \"security-group-default\"\nreason = \"was Canary-7f3K-planted\"\n"; "--policy", "rdsproxy-policy.toml"),
    Place {
        name: "name of what is told",
        files: &[(
            "main.tf",
            "variable \"db_password\" {\n  default = \"Canary-7f3K-planted\"\n}\nresource \"aws_secretsmanager_secret\" \"x\" {\n  name = \"Canary-7f3K-planted\"\n}\nresource \"aws_db_proxy\" \"x\" {\n  name = \"x\"\n  auth {\n    iam_auth = \"DISABLED\"\n    secret_arn = aws_secretsmanager_secret.x.arn\n  }\n}\n",
        )],
        arguments: &[],
        found: ("main.tf:10:", "iam-auth-not-required"),
        is_in_view: true,
    },
];

pub(super) const TEMPLATES: &[Place] = &[
    stack!(
        "plain scalar",
        "t.yaml",
        "password-in-plaintext",
        template!(
            "",
            "  S: {Type: AWS::SecretsManager::Secret, Properties: {SecretString: Canary-7f3K-planted}}\n"
        )
    ),
    stack!(
        "quoted scalar",
        "t.yaml",
        "password-in-plaintext",
        template!(
            "",
            "  S:\n    Type: AWS::SecretsManager::Secret\n    Properties:\n      SecretString: '{\"username\": \"u\", \"password\": \"Canary-7f3K-planted\"}'\n"
        )
    ),
    stack!(
        "block scalar",
        "t.yaml",
        "password-in-plaintext",
        template!(
            "",
            "  S:\n    Type: AWS::SecretsManager::Secret\n    Properties:\n      SecretString: |\n        {\"username\": \"u\", \"password\": \"Canary-7f3K-planted\"}\n"
        )
    ),
    stack!(
        "Fn::Sub",
        "t.yaml",
        "password-in-plaintext",
        template!(
            "",
            "  S:\n    Type: AWS::SecretsManager::Secret\n    Properties:\n      SecretString: !Sub '{\"username\": \"u\", \"password\": \"Canary-7f3K-planted\", \"host\": \"${AWS::Region}\"}'\n"
        )
    ),
    stack!(
        "Fn::Join",
        "t.yaml",
        "client-tls-not-required",
        template!(
            "",
            "  S:\n    Type: AWS::SecretsManager::Secret\n    Properties:\n      SecretString: !Join ['', [Canary-7f3K-planted, '']]\n"
        )
    ),
    stack!(
        "a default that is not to be shown",
        "t.yaml",
        "client-tls-not-required",
        template!(
            "Parameters:\n  Pin: {Type: String, NoEcho: true, Default: Canary-7f3K-planted}\n",
            "  S: {Type: AWS::SecretsManager::Secret}\n"
        )
    ),
    stack!(
        "a parameter that a password is taken from",
        "t.yaml",
        "client-tls-not-required",
        template!(
            "Parameters:\n  Pin: {Type: String, Default: Canary-7f3K-planted}\n",
            "  S: {Type: AWS::SecretsManager::Secret, Properties: {SecretString: !Ref Pin}}\n"
        )
    ),
    stack!("parameters as a list", "t.yaml", "client-tls-not-required", template!("Parameters:\n  Pin: {Type: String, NoEcho: true}\n", "  S: {Type: AWS::SecretsManager::Secret}\n"), "p.json": "[{\"ParameterKey\": \"Pin\", \"ParameterValue\": \"Canary-7f3K-planted\"}]"; "--parameters", "p.json"),
    stack!("parameters as an object", "t.yaml", "client-tls-not-required", template!("Parameters:\n  Pin: {Type: String, NoEcho: true}\n", "  S: {Type: AWS::SecretsManager::Secret}\n"), "p.json": "{\"Parameters\": {\"Pin\": \"Canary-7f3K-planted\"}}"; "--parameters", "p.json"),
    stack!(
        "an anchor",
        "t.yaml",
        "client-tls-not-required",
        template!(
            "Metadata: {x: &pin Canary-7f3K-planted}\n",
            "  S: {Type: AWS::SecretsManager::Secret, Properties: {SecretString: *pin}}\n"
        )
    ),
    stack!(
        "master password",
        "t.yaml",
        "client-tls-not-required",
        template!(
            "",
            "  S: {Type: AWS::SecretsManager::Secret}\n  D: {Type: AWS::RDS::DBInstance, Properties: {MasterUserPassword: Canary-7f3K-planted}}\n"
        )
    ),
    stack!(
        "environment of a function",
        "t.yaml",
        "client-tls-not-required",
        template!(
            "",
            "  S: {Type: AWS::SecretsManager::Secret}\n  F: {Type: AWS::Lambda::Function, Properties: {Environment: {Variables: {DB_PASSWORD: Canary-7f3K-planted}}}}\n"
        )
    ),
    stack!(
        "environment of a container",
        "t.yaml",
        "client-tls-not-required",
        template!(
            "",
            "  S: {Type: AWS::SecretsManager::Secret}\n  F: {Type: AWS::ECS::TaskDefinition, Properties: {ContainerDefinitions: [{Environment: [{Name: DB_PASSWORD, Value: Canary-7f3K-planted}]}]}}\n"
        )
    ),
    stack!(
        "nested stack",
        "t.yaml",
        "client-tls-not-required",
        template!(
            "",
            "  S: {Type: AWS::SecretsManager::Secret}\n  N: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: x, Parameters: {DbPassword: Canary-7f3K-planted}}}\n"
        )
    ),
    stack!(
        "template of a generated secret",
        "t.yaml",
        "client-tls-not-required",
        template!(
            "",
            "  S: {Type: AWS::SecretsManager::Secret, Properties: {GenerateSecretString: {SecretStringTemplate: '{\"username\": \"u\", \"key\": \"Canary-7f3K-planted\"}', GenerateStringKey: password}}}\n"
        )
    ),
    stack!(
        "escapes",
        "t.json",
        "client-tls-not-required",
        "{\"Resources\": {\"S\": {\"Type\": \"AWS::SecretsManager::Secret\", \"Properties\": {\"Name\": \"Canary-7f3K-planted\", \"SecretString\": \"\\u0043anary-7f3K-planted\"}}, \"Orders\": {\"Type\": \"AWS::RDS::DBProxy\", \"Properties\": {\"DBProxyName\": \"orders\", \"RequireTLS\": false, \"Auth\": [{\"AuthScheme\": \"SECRETS\", \"SecretArn\": {\"Ref\": \"S\"}}]}}}}"
    ),
    stack!(
        "user data",
        "t.yaml",
        "client-tls-not-required",
        template!(
            "",
            "  S: {Type: AWS::SecretsManager::Secret}\n  I:\n    Type: AWS::EC2::Instance\n    Properties:\n      UserData:\n        Fn::Base64: !Sub |\n          export PGPASSWORD=Canary-7f3K-planted\n"
        )
    ),
    stack!(
        "a choice",
        "t.yaml",
        "client-tls-not-required",
        template!(
            "Conditions: {C: !Equals [a, b]}\n",
            "  S: {Type: AWS::SecretsManager::Secret}\n  P: {Type: X, Properties: {Password: !If [C, Canary-7f3K-planted, b]}}\n"
        )
    ),
    stack!(
        "an output",
        "t.yaml",
        "client-tls-not-required",
        template!(
            "Outputs: {DbPassword: {Value: Canary-7f3K-planted}}\n",
            "  S: {Type: AWS::SecretsManager::Secret}\n"
        )
    ),
    stack!(
        "a secret parameter of Systems Manager",
        "t.yaml",
        "client-tls-not-required",
        template!(
            "",
            "  S: {Type: AWS::SecretsManager::Secret}\n  P: {Type: AWS::SSM::Parameter, Properties: {Name: /prod/db/password, Type: String, Value: Canary-7f3K-planted}}\n"
        )
    ),
    stack!(
        "a comment",
        "t.yaml",
        "client-tls-not-required",
        template!(
            "# password=Canary-7f3K-planted\n",
            "  S: {Type: AWS::SecretsManager::Secret}\n"
        )
    ),
    stack!(
        "JSON in one line",
        "t.json",
        "client-tls-not-required",
        "{\"Resources\": {\"S\": {\"Type\": \"AWS::SecretsManager::Secret\", \"Properties\": {\"SecretString\": \"{\\\"username\\\": \\\"u\\\", \\\"password\\\": \\\"Canary-7f3K-planted\\\"}\"}}, \"Orders\": {\"Type\": \"AWS::RDS::DBProxy\", \"Properties\": {\"DBProxyName\": \"orders\", \"RequireTLS\": false, \"Auth\": [{\"AuthScheme\": \"SECRETS\", \"SecretArn\": {\"Ref\": \"S\"}}]}}}}"
    ),
    stack!(
        "a service: environment and custom values",
        "serverless.yml",
        "client-tls-not-required",
        "service: x\nprovider:\n  name: aws\n  environment:\n    DB_PASSWORD: ${self:custom.pin}\ncustom:\n  pin: Canary-7f3K-planted\nresources:\n  Resources:\n    Orders:\n      Type: AWS::RDS::DBProxy\n      Properties:\n        DBProxyName: orders\n        RequireTLS: false # Canary-7f3K-planted\n"
    ),
    stack!(
        "a service: parameters",
        "serverless.yml",
        "client-tls-not-required",
        "service: x\nprovider:\n  name: aws\nparams:\n  default:\n    dbPassword: Canary-7f3K-planted\nresources:\n  Resources:\n    Orders:\n      Type: AWS::RDS::DBProxy\n      Properties:\n        DBProxyName: orders\n        RequireTLS: false # Canary-7f3K-planted\n"
    ),
    stack!(
        "a service: fallback of a variable",
        "serverless.yml",
        "client-tls-not-required",
        "service: x\nprovider:\n  name: aws\n  environment:\n    DB_PASSWORD: \"${env:P, 'Canary-7f3K-planted'}\"\nresources:\n  Resources:\n    Orders:\n      Type: AWS::RDS::DBProxy\n      Properties:\n        DBProxyName: orders\n        RequireTLS: false # Canary-7f3K-planted\n"
    ),
];

/// Plans and states: the secret is also the instance key in the proxy's address.
macro_rules! document {
    ($name:literal, $file:literal, $text:literal) => {
        Place {
            name: $name,
            files: &[($file, $text)],
            arguments: &[],
            found: ($file, "client-tls-not-required"),
            is_in_view: true,
        }
    };
}

pub(super) const DOCUMENTS: &[Place] = &[
    document!(
        "state: sensitive attributes",
        "terraform.tfstate",
        r#"{"version": 4, "terraform_version": "1.9.0", "lineage": "x", "resources": [{"mode": "managed", "type": "aws_x", "name": "x", "instances": [{"attributes": {"pin": {"a": "Canary-7f3K-planted"}}, "sensitive_attributes": [[{"type": "get_attr", "value": "pin"}, {"type": "get_attr", "value": "a"}]]}]}, {"mode": "managed", "type": "aws_db_proxy", "name": "p", "instances": [{"index_key": "Canary-7f3K-planted", "attributes": {"name": "p", "require_tls": false, "auth": []}}]}]}"#
    ),
    document!(
        "state: output",
        "terraform.tfstate",
        r#"{"version": 4, "terraform_version": "1.9.0", "lineage": "x", "outputs": {"pin": {"value": "Canary-7f3K-planted", "type": "string", "sensitive": true}}, "resources": [{"mode": "managed", "type": "aws_db_proxy", "name": "p", "instances": [{"index_key": "Canary-7f3K-planted", "attributes": {"name": "p", "require_tls": false, "auth": []}}]}]}"#
    ),
    document!(
        "state: generated password",
        "terraform.tfstate",
        r#"{"version": 4, "terraform_version": "1.9.0", "lineage": "x", "resources": [{"mode": "managed", "type": "random_password", "name": "x", "instances": [{"attributes": {"result": "Canary-7f3K-planted"}}]}, {"mode": "managed", "type": "aws_db_proxy", "name": "p", "instances": [{"index_key": "Canary-7f3K-planted", "attributes": {"name": "p", "require_tls": false, "auth": []}}]}]}"#
    ),
    document!(
        "state: text of a secret",
        "terraform.tfstate",
        r#"{"version": 4, "terraform_version": "1.9.0", "lineage": "x", "resources": [{"mode": "managed", "type": "aws_secretsmanager_secret_version", "name": "x", "instances": [{"attributes": {"secret_string": "{\"username\": \"u\", \"password\": \"Canary-7f3K-planted\"}"}}]}, {"mode": "managed", "type": "aws_db_proxy", "name": "p", "instances": [{"index_key": "Canary-7f3K-planted", "attributes": {"name": "p", "require_tls": false, "auth": []}}]}]}"#
    ),
    document!(
        "plan: planned values",
        "plan.json",
        r#"{"format_version": "1.2", "terraform_version": "1.9.0", "planned_values": {"root_module": {"resources": [{"address": "aws_x.x", "mode": "managed", "type": "aws_x", "name": "x", "values": {"pin": "Canary-7f3K-planted"}, "sensitive_values": {"pin": true}}]}}, "resource_changes": [{"address": "aws_db_proxy.p[\"Canary-7f3K-planted\"]", "mode": "managed", "type": "aws_db_proxy", "name": "p", "change": {"actions": ["create"], "after": {"name": "p", "require_tls": false, "auth": []}, "after_unknown": {}}}], "configuration": {}}"#
    ),
    document!(
        "plan: state before",
        "plan.json",
        r#"{"format_version": "1.2", "terraform_version": "1.9.0", "prior_state": {"values": {"root_module": {"resources": [{"address": "random_password.x", "mode": "managed", "type": "random_password", "name": "x", "values": {"result": "Canary-7f3K-planted"}}]}}}, "planned_values": {"root_module": {"resources": []}}, "resource_changes": [{"address": "aws_db_proxy.p[\"Canary-7f3K-planted\"]", "mode": "managed", "type": "aws_db_proxy", "name": "p", "change": {"actions": ["create"], "after": {"name": "p", "require_tls": false, "auth": []}, "after_unknown": {}}}], "configuration": {}}"#
    ),
    document!(
        "plan: variables",
        "plan.json",
        r#"{"format_version": "1.2", "terraform_version": "1.9.0", "variables": {"pin": {"value": "Canary-7f3K-planted"}}, "planned_values": {"root_module": {"resources": []}}, "resource_changes": [{"address": "aws_db_proxy.p[\"Canary-7f3K-planted\"]", "mode": "managed", "type": "aws_db_proxy", "name": "p", "change": {"actions": ["create"], "after": {"name": "p", "require_tls": false, "auth": []}, "after_unknown": {}}}], "configuration": {"root_module": {"variables": {"pin": {"sensitive": true}}}}}"#
    ),
    document!(
        "plan: changes",
        "plan.json",
        r#"{"format_version": "1.2", "terraform_version": "1.9.0", "planned_values": {"root_module": {"resources": []}}, "resource_changes": [{"address": "aws_db_proxy.p[\"Canary-7f3K-planted\"]", "mode": "managed", "type": "aws_db_proxy", "name": "p", "change": {"actions": ["create"], "after": {"name": "p", "require_tls": false, "auth": []}, "after_unknown": {}}}, {"address": "aws_x.x", "mode": "managed", "type": "aws_x", "name": "x", "change": {"actions": ["update"], "before": {"pin": "Canary-7f3K-planted"}, "before_sensitive": {"pin": true}}}], "configuration": {}}"#
    ),
];
