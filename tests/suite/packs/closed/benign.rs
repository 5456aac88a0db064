//! Typical uses of packs by platform teams: every row passes `pack check` and `new`.

use super::{Edit, tried};
use crate::support::scale;

const EXTRA: &str = "terraform/extra.tf.tera";
const MAIN: &str = "terraform/main.tf.tera";
const PROXY: &str = "cloudformation/parts/proxy.yaml.tera";
const OUTPUTS: &str = "cloudformation/parts/outputs.yaml.tera";

const CASES: &[(&str, &[Edit<'_>])] = &[
    (
        "tags",
        &[
            (
                "terraform/iam.tf.tera",
                "  tags        = var.tags\n",
                "  tags        = merge(var.tags, { CostCenter = \"4711\", Proxy = \"acme-${var.name}\" })\n",
            ),
            (
                MAIN,
                "  idle_client_timeout    = var.pool.idle_client_timeout\n  tags                   = var.tags\n",
                "  idle_client_timeout    = var.pool.idle_client_timeout\n  tags                   = merge(var.tags, { CostCenter = \"4711\" })\n",
            ),
            (
                PROXY,
                "[!GetAtt ProxySecurityGroup.GroupId]\n{%- if tags %}\n      Tags:\n",
                "[!GetAtt ProxySecurityGroup.GroupId]\n      Tags:\n        - {Key: CostCenter, Value: \"4711\"}\n{%- if tags %}\n",
            ),
            (
                "cloudformation/parts/role.yaml.tera",
                "{%- if tags %}\n      Tags:\n",
                "\n      Tags:\n        - {Key: CostCenter, Value: \"4711\"}\n{%- if tags %}\n",
            ),
        ],
    ),
    (
        "a naming scheme",
        &[
            (
                "terraform/secrets.tf.tera",
                "= \"alias/${local.names.proxy}\"",
                "= \"alias/acme-${var.name}\"",
            ),
            (
                "cloudformation/parts/key.yaml.tera",
                "AliasName: {{ names.key_alias | yaml }}",
                "AliasName: {{ (\"alias/acme-\" ~ proxy.name) | yaml }}",
            ),
            (
                "terraform/iam.tf.tera",
                "= local.names.proxy",
                "= \"acme-${var.name}\"",
            ),
            (
                "cloudformation/parts/role.yaml.tera",
                "RoleName: {{ names.role | yaml }}",
                "RoleName: {{ (\"acme-\" ~ proxy.name) | yaml }}",
            ),
            (
                "terraform/security_groups.tf.tera",
                "= local.names.proxy",
                "= \"acme-${var.name}-clients\"",
            ),
            (
                "cloudformation/parts/network.yaml.tera",
                "GroupName: {{ names.security_group | yaml }}",
                "GroupName: {{ (\"acme-\" ~ proxy.name ~ \"-clients\") | yaml }}",
            ),
            (
                "terraform/secrets.tf.tera",
                "\"rdsproxy/${var.name}/${each.key}\"",
                "\"acme/${var.name}/${each.key}\"",
            ),
            (
                "cloudformation/parts/secrets.yaml.tera",
                "Name: {{ user.secret.name | yaml }}",
                "Name: {{ (\"acme/\" ~ proxy.name ~ \"/\" ~ user.name) | yaml }}",
            ),
            (
                "terraform/monitoring.tf.tera",
                "\"${local.names.alarms}-database-connections-without-tls\"",
                "\"acme-${var.name}-database-tls\"",
            ),
        ],
    ),
    (
        "descriptions",
        &[
            (
                "terraform/iam.tf.tera",
                "\"What RDS Proxy ${var.name} may do\"",
                "\"ACME: what RDS Proxy ${var.name} may do\"",
            ),
            (
                "terraform/outputs.tf.tera",
                "ARN of the proxy.",
                "The ARN of ACME's proxy.",
            ),
            (
                OUTPUTS,
                "Description: The ARN of the proxy.",
                "Description: The ARN of ACME's proxy.",
            ),
        ],
    ),
    (
        "a permissions boundary",
        &[(
            "terraform/iam.tf.tera",
            "  tags        = var.tags\n",
            "  tags        = var.tags\n\n  permissions_boundary = \"arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:policy/acme\"\n",
        )],
    ),
    (
        "a longer retention",
        &[
            (
                MAIN,
                "retention_in_days = var.log_retention_days",
                "retention_in_days = 731",
            ),
            (
                PROXY,
                "RetentionInDays: {{ monitoring.log_retention_days }}",
                "RetentionInDays: 731",
            ),
        ],
    ),
    (
        "a key for the log",
        &[(
            MAIN,
            "  retention_in_days = var.log_retention_days\n",
            "  retention_in_days = var.log_retention_days\n  kms_key_id        = \"arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab\"\n",
        )],
    ),
    (
        "a backend",
        &[(
            EXTRA,
            "",
            "terraform {\n  backend \"s3\" {\n    bucket       = \"acme-states\"\n    use_lockfile = true\n  }\n}\n",
        )],
    ),
    (
        "a workspace of HCP Terraform",
        &[(
            EXTRA,
            "",
            "terraform {\n  cloud {\n    organization = \"acme\"\n\n    workspaces {\n      name = \"proxies\"\n    }\n  }\n}\n",
        )],
    ),
    (
        "default tags of the provider",
        &[(
            "terraform/versions.tf.tera",
            "  allowed_account_ids = [var.account_id]\n",
            "  allowed_account_ids = [var.account_id]\n\n  default_tags {\n    tags = { Platform = \"databases\" }\n  }\n",
        )],
    ),
    (
        "alarms",
        &[
            (
                EXTRA,
                "",
                "resource \"aws_cloudwatch_metric_alarm\" \"latency\" {\n  alarm_name          = \"${var.name}-latency\"\n  namespace           = \"AWS/RDS\"\n  metric_name         = \"QueryDatabaseResponseLatency\"\n  dimensions          = { ProxyName = aws_db_proxy.this.name }\n  statistic           = \"Average\"\n  period              = 60\n  evaluation_periods  = 5\n  threshold           = 100000\n  comparison_operator = \"GreaterThanThreshold\"\n  alarm_actions       = local.alarm_actions\n  tags                = var.tags\n}\n",
            ),
            (
                OUTPUTS,
                "\nOutputs:",
                "\n  LatencyAlarm:\n    Type: AWS::CloudWatch::Alarm\n    Properties:\n      AlarmName: {{ (proxy.name ~ \"-latency\") | yaml }}\n      Namespace: AWS/RDS\n      MetricName: QueryDatabaseResponseLatency\n      Dimensions:\n        - {Name: ProxyName, Value: !Ref Proxy}\n      Statistic: Average\n      Period: 60\n      EvaluationPeriods: 5\n      Threshold: 100000\n      ComparisonOperator: GreaterThanThreshold\n\nOutputs:",
            ),
        ],
    ),
    (
        "outputs",
        &[
            (
                "terraform/outputs.tf.tera",
                "",
                "\noutput \"role_arn\" {\n  description = \"ARN of the role.\"\n  value       = aws_iam_role.proxy.arn\n}\n",
            ),
            (
                OUTPUTS,
                "\nOutputs:",
                "\nOutputs:\n  ProxyRoleArn:\n    Value: !GetAtt ProxyRole.Arn",
            ),
        ],
    ),
    (
        "SSM parameters",
        &[
            (
                EXTRA,
                "",
                "resource \"aws_ssm_parameter\" \"endpoint\" {\n  name  = \"/databases/${var.name}/endpoint\"\n  type  = \"String\"\n  value = aws_db_proxy.this.endpoint\n  tags  = var.tags\n}\n",
            ),
            (
                OUTPUTS,
                "\nOutputs:",
                "\n  EndpointParameter:\n    Type: AWS::SSM::Parameter\n    Properties:\n      Name: {{ (\"/databases/\" ~ proxy.name ~ \"/endpoint\") | yaml }}\n      Type: String\n      Value: !GetAtt Proxy.Endpoint\n\nOutputs:",
            ),
        ],
    ),
    (
        "texts",
        &[
            (
                "terraform/HOUSE.md.tera",
                "",
                "# {{ proxy.name }}\n\nAsk the platform team.\n",
            ),
            ("terraform/README.md.tera", "", "\nAsk the platform team.\n"),
        ],
    ),
    (
        "a data source and what is made of it",
        &[(
            EXTRA,
            "",
            "data \"aws_iam_account_alias\" \"current\" {}\n\nlocals {\n  acme_account = \"acme-${data.aws_iam_account_alias.current.account_alias}\"\n}\n\nvariable \"cost_center\" {\n  type    = string\n  default = \"4711\"\n\n  validation {\n    condition     = length(var.cost_center) == 4\n    error_message = \"Four digits.\"\n  }\n}\n\noutput \"account\" {\n  value = \"${local.acme_account} ${var.cost_center}\"\n}\n",
        )],
    ),
    (
        "a precondition and a check",
        &[
            (
                MAIN,
                "  lifecycle {\n",
                "  lifecycle {\n    precondition {\n      condition     = contains(keys(var.tags), \"Team\") || length(var.tags) >= 0\n      error_message = \"Tag the proxy of ${var.name}.\"\n    }\n\n",
            ),
            (
                EXTRA,
                "",
                "check \"region\" {\n  assert {\n    condition     = startswith(data.aws_region.current.id, \"eu-\")\n    error_message = \"ACME runs in Europe.\"\n  }\n}\n",
            ),
        ],
    ),
    (
        "nothing is destroyed",
        &[
            (
                MAIN,
                "  lifecycle {\n",
                "  lifecycle {\n    prevent_destroy = true\n\n",
            ),
            (PROXY, "DeletionPolicy: Delete", "DeletionPolicy: Retain"),
        ],
    ),
    (
        "lower thresholds",
        &[(
            "terraform/monitoring.tf.tera",
            "threshold = {{ alarm.threshold }}",
            "threshold = 0",
        )],
    ),
    (
        "comments, layout and places of blocks",
        &[
            (
                MAIN,
                "  require_tls = true\n",
                "  require_tls = (true) // ACME insists.\n",
            ),
            (
                "terraform/outputs.tf.tera",
                "output \"proxy_id\" {\n  description = \"The prx-... id, which grants of rds-db:connect name.\"\n  value       = local.proxy_id\n}\n",
                "",
            ),
            (
                EXTRA,
                "",
                "output \"proxy_id\" {\n  value       = local.proxy_id\n  description = \"The prx-... id, which grants of rds-db:connect name.\"\n}\n",
            ),
        ],
    ),
    (
        "a boundary that a data source finds",
        &[
            (
                "terraform/iam.tf.tera",
                "  tags        = var.tags\n",
                "  tags        = var.tags\n\n  permissions_boundary = data.aws_iam_policy.boundary.arn\n",
            ),
            (
                EXTRA,
                "",
                "data \"aws_iam_policy\" \"boundary\" {\n  name = \"acme-boundary\"\n}\n",
            ),
        ],
    ),
    (
        "a boundary of a parameter",
        &[
            (
                "cloudformation/parts/rules.yaml.tera",
                "\n# Limits",
                "  BoundaryArn:\n    Type: String\n    Default: arn:aws:iam::123456789012:policy/acme\n\n# Limits",
            ),
            (
                "cloudformation/parts/role.yaml.tera",
                "      Description",
                "      PermissionsBoundary: !Ref BoundaryArn\n      Description",
            ),
        ],
    ),
    (
        "a backend with a role and a key",
        &[(
            EXTRA,
            "",
            "terraform {\n  backend \"s3\" {\n    bucket     = \"acme-states\"\n    key        = \"proxy.tfstate\"\n    region     = \"eu-west-1\"\n    encrypt    = true\n    kms_key_id = \"alias/states\"\n\n    assume_role = {\n      role_arn     = \"arn:aws:iam::123456789012:role/states\"\n      session_name = \"terraform\"\n    }\n  }\n}\n",
        )],
    ),
    (
        "a backend that init is told",
        &[(EXTRA, "", "terraform {\n  backend \"kubernetes\" {}\n}\n")],
    ),
    (
        "a backend over https",
        &[(
            EXTRA,
            "",
            "terraform {\n  backend \"http\" {\n    address        = \"https://gitlab.acme.example/state\"\n    lock_address   = \"https://gitlab.acme.example/state/lock\"\n    lock_method    = \"POST\"\n    retry_wait_min = 5\n  }\n}\n",
        )],
    ),
    (
        "other backends",
        &[(
            EXTRA,
            "",
            "terraform {\n  backend \"azurerm\" {\n    storage_account_name = \"acme\"\n    container_name       = \"states\"\n    key                  = \"proxy.tfstate\"\n    use_oidc             = true\n  }\n}\n",
        )],
    ),
    (
        "tags of all resources, of an environment",
        &[
            (
                "terraform/versions.tf.tera",
                "  allowed_account_ids = [var.account_id]\n",
                "  allowed_account_ids = [var.account_id]\n\n  default_tags {\n    tags = merge({ Platform = \"databases\" }, local.house_tags)\n  }\n",
            ),
            (
                EXTRA,
                "",
                "variable \"environment\" {\n  type    = string\n  default = \"dev\"\n\n  validation {\n    condition     = contains([\"dev\", \"prod\"], var.environment)\n    error_message = \"dev or prod, not ${var.environment}.\"\n  }\n}\n\nlocals {\n  house_tags = { for key, value in { Environment = var.environment, Owner = null } : key => value if value != null }\n}\n",
            ),
        ],
    ),
    (
        "outputs that put together what is there",
        &[(
            EXTRA,
            "",
            "output \"house\" {\n  value = {\n    url     = \"postgresql://${aws_db_proxy.this.endpoint}:${var.database_port}\"\n    secrets = { for name, secret in aws_secretsmanager_secret.user : name => secret.arn }\n    alarms  = sort([for alarm in aws_cloudwatch_metric_alarm.proxy : alarm.arn])\n    zones   = distinct([for subnet in data.aws_subnet.this : subnet.availability_zone])\n    json    = jsonencode({ users = keys(var.users), key = try(aws_kms_key.secrets.arn, null) })\n  }\n\n  precondition {\n    condition     = length(var.subnet_ids) >= 2\n    error_message = \"Two subnets.\"\n  }\n}\n",
        )],
    ),
    (
        "outputs of a template that put together what is there",
        &[(
            OUTPUTS,
            "\nOutputs:",
            "\nOutputs:\n  HouseUrl:\n    Value: !Join [\"\", [\"postgresql://\", !GetAtt Proxy.Endpoint, \":5432\"]]\n  HouseGroup:\n    Value: !GetAtt ProxySecurityGroup.GroupId\n    Export:\n      Name: !Sub \"${AWS::StackName}-group\"",
        )],
    ),
    (
        "SSM parameters of the id and a secret",
        &[(
            EXTRA,
            "",
            "resource \"aws_ssm_parameter\" \"id\" {\n  name  = \"/acme/${var.name}/id\"\n  type  = \"String\"\n  value = local.proxy_id\n}\n\nresource \"aws_ssm_parameter\" \"secret\" {\n  name  = \"/acme/${var.name}/orders_rw\"\n  type  = \"String\"\n  value = aws_secretsmanager_secret.user[\"orders_rw\"].arn\n}\n",
        )],
    ),
    (
        "alarms in the list of those that are there",
        &[
            (
                "terraform/monitoring.tf.tera",
                "{%- endfor %}\n  }",
                "{%- endfor %}\n    latency = {\n      metric      = \"QueryDatabaseResponseLatency\"\n      description = \"Slow.\"\n      threshold   = 100000\n      period      = 60\n      periods     = 5\n    }\n  }",
            ),
            (
                EXTRA,
                "",
                "resource \"aws_cloudwatch_metric_alarm\" \"each\" {\n  for_each = toset([\"a\", \"b\"])\n\n  alarm_name          = \"acme-${var.name}-${each.key}\"\n  namespace           = \"AWS/RDS\"\n  metric_name         = \"ClientConnections\"\n  extended_statistic  = \"p99\"\n  period              = 60\n  evaluation_periods  = 3\n  threshold           = 0.5\n  comparison_operator = \"GreaterThanThreshold\"\n}\n",
            ),
        ],
    ),
    (
        "checks of what a data source finds",
        &[
            (
                EXTRA,
                "",
                "check \"dns\" {\n  data \"aws_vpc\" \"house\" {\n    id = var.vpc_id\n  }\n\n  assert {\n    condition     = data.aws_vpc.house.enable_dns_support\n    error_message = \"DNS is off.\"\n  }\n}\n",
            ),
            (
                MAIN,
                "  lifecycle {\n",
                "  lifecycle {\n    postcondition {\n      condition     = self.require_tls\n      error_message = \"TLS.\"\n    }\n\n",
            ),
        ],
    ),
    (
        "data sources with a filter and one for each",
        &[(
            EXTRA,
            "",
            "data \"aws_vpcs\" \"house\" {\n  filter {\n    name   = \"tag:Owner\"\n    values = [\"platform\"]\n  }\n}\n\ndata \"aws_subnet\" \"house\" {\n  for_each = toset(var.subnet_ids)\n\n  id = each.value\n}\n\noutput \"cidrs\" {\n  value = join(\",\", [for subnet in data.aws_subnet.house : subnet.cidr_block])\n}\n",
        )],
    ),
    (
        "names out of functions and regions",
        &[
            (
                "terraform/iam.tf.tera",
                "= local.names.proxy",
                "= lower(join(\"-\", [\"acme\", data.aws_region.current.region, var.name]))",
            ),
            (
                "cloudformation/parts/role.yaml.tera",
                "RoleName: {{ names.role | yaml }}",
                "RoleName: !Sub \"{{ proxy.name }}-${AWS::Region}\"",
            ),
        ],
    ),
    (
        "a key for the log that is there",
        &[
            (
                MAIN,
                "  retention_in_days = var.log_retention_days\n",
                "  retention_in_days = var.log_retention_days\n  kms_key_id        = data.aws_kms_alias.logs.target_key_arn\n",
            ),
            (
                EXTRA,
                "",
                "data \"aws_kms_alias\" \"logs\" {\n  name = \"alias/logs\"\n}\n",
            ),
        ],
    ),
    (
        "another way of writing a template, and other letters",
        &[
            (
                PROXY,
                "      RequireTLS: true\n",
                "      \"RequireTLS\": \"true\" # ACME: für alle\n",
            ),
            (
                "terraform/iam.tf.tera",
                "\"What RDS Proxy ${var.name} may do\"",
                "\"Was der Proxy ${var.name} darf: für alle\"",
            ),
        ],
    ),
];

#[test]
fn what_an_allowance_covers_passes() {
    let mut wrong: Vec<String> = Vec::new();
    for (what, edits) in scale::some(CASES) {
        let (_, runs) = tried(edits);
        for (code, said) in runs {
            if code != 0 {
                wrong.push(format!("{what}: {code}: {said}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
