# Fails when somebody weakens the module, in place or through an override file. Needs no account and no network, and knows no environment: every value
# is made up.
#
#   terraform init && terraform test

mock_provider "aws" {
  mock_data "aws_partition" {
    defaults = { partition = "aws", dns_suffix = "amazonaws.com" }
  }

  mock_data "aws_region" {
    defaults = { id = "eu-west-1" }
  }

  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_data "aws_vpc" {
    defaults = { instance_tenancy = "default" }
  }

  mock_data "aws_db_subnet_group" {
    defaults = { vpc_id = "vpc-0000000000000000a" }
  }

  mock_data "aws_db_instance" {
    defaults = { port = 10001, replicate_source_db = "" }
  }

  mock_data "aws_lambda_function" {
    defaults = { vpc_config = [{ vpc_id = "vpc-0000000000000000a" }] }
  }

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/mock" }
  }

  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:eu-west-1:123456789012:key/mock" }
  }

  mock_resource "aws_secretsmanager_secret" {
    defaults = {
      id  = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:mock-AbCdEf"
      arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:mock-AbCdEf"
    }
  }

  mock_resource "aws_db_proxy_default_target_group" {
    defaults = { name = "default" }
  }

  mock_resource "aws_db_proxy" {
    defaults = { arn = "arn:aws:rds:eu-west-1:123456789012:db-proxy:prx-0123456789abcdef0" }
  }
}

override_data {
  target = data.aws_subnet.this[0]
  values = { vpc_id = "vpc-0000000000000000a", availability_zone_id = "zone-1" }
}

override_data {
  target = data.aws_subnet.this[1]
  values = { vpc_id = "vpc-0000000000000000a", availability_zone_id = "zone-2" }
}

# Every user has a secret of its own, so every mock has an ARN of its own.
override_resource {
  target = aws_secretsmanager_secret.user["first"]
  values = {
    id  = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:mock-1-AbCdEf"
    arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:mock-1-AbCdEf"
  }
}

# Mocks know no ephemeral resources: no password is generated here, and this provider is never called.
provider "aws" {
  alias                       = "generator"
  region                      = "eu-west-1"
  access_key                  = "unused"
  secret_key                  = "unused"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}

variables {
  name                        = "under-test"
  vpc_id                      = "vpc-0000000000000000a"
  subnet_ids                  = ["subnet-0000000000000000a", "subnet-0000000000000000b"]
  database_identifier         = "under-test"
  database_port               = 10001
  database_security_group_ids = { database = "sg-0000000000000000d" }

  users = {
    first = {
      database           = "app"
      generate_password  = false
      secret_arn         = null
      secret_kms_key_arn = null
    }
    second = {
      database           = "app"
      generate_password  = false
      secret_arn         = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:second-AbCdEf"
      secret_kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/second"
    }
  }

  # The first two share a role.
  consumers = {
    one = {
      function_name      = "one"
      role_name          = "shared"
      role_key           = "shared"
      security_group_ids = { one = "sg-00000000000000001" }
      users              = ["first"]
    }
    two = {
      role_name          = "shared"
      role_key           = "shared"
      security_group_ids = { two = "sg-00000000000000002" }
      users              = ["second"]
    }
    three = {
      role_name          = "three"
      security_group_ids = { two = "sg-00000000000000002" }
      users              = ["second"]
    }
  }

  passwords          = { first = "unused" }
  topic_arn          = "arn:aws:sns:eu-west-1:123456789012:topic"
  log_retention_days = 30
  tags               = { team = "test" }

  pool = {
    max_connections_percent      = 60
    max_idle_connections_percent = 30
    borrow_timeout               = 45
    idle_client_timeout          = 1800
  }
}

run "hardened" {
  command = apply

  assert {
    condition     = aws_db_proxy.this.require_tls == true
    error_message = "Rule 2 (client-tls-not-required): require_tls must be true."
  }

  assert {
    condition     = coalesce(aws_db_proxy.this.debug_logging, false) == false
    error_message = "Rule 6 (debug-logging-on): debug_logging must be false."
  }

  assert {
    condition     = alltrue([for entry in aws_db_proxy.this.auth : entry.iam_auth == "REQUIRED" && entry.auth_scheme == "SECRETS"])
    error_message = "Rule 5 (iam-auth-not-required): iam_auth must be REQUIRED on every auth entry."
  }

  assert {
    condition     = length(aws_db_proxy.this.auth) == length(var.users) && length(distinct([for entry in aws_db_proxy.this.auth : entry.secret_arn])) == length(var.users)
    error_message = "Rule 3 (secret-shared): every user needs a secret of its own."
  }

  assert {
    condition     = alltrue([for name in keys(local.created_users) : aws_secretsmanager_secret_policy.user[name].block_public_policy])
    error_message = "Rule 3 (secret-policy-missing): every created secret needs a policy that blocks public access."
  }

  assert {
    condition = alltrue(flatten([for policy in aws_secretsmanager_secret_policy.user : [
      for statement in jsondecode(policy.policy).Statement :
      statement.Effect == "Deny" || (statement.Action == "secretsmanager:GetSecretValue" && (
        try(statement.Principal.AWS, "") == aws_iam_role.proxy.arn ||
        (try(statement.Principal.Service, "") == "rds.amazonaws.com" && try(statement.Condition.StringEquals["aws:SourceAccount"], "") == "123456789012")
      ))
    ]]))
    error_message = "Rule 3 (secret-policy-too-wide): only the proxy's role and RDS of this account may read a secret."
  }

  assert {
    condition = alltrue([for policy in aws_secretsmanager_secret_policy.user : anytrue([
      for statement in jsondecode(policy.policy).Statement :
      statement.Effect == "Allow" && try(statement.Principal.AWS, "") == aws_iam_role.proxy.arn
    ])])
    error_message = "Rule 3 (secret-policy-missing): the policy of a secret must name the proxy's role."
  }

  assert {
    condition = alltrue([for policy in aws_secretsmanager_secret_policy.user : anytrue([
      for statement in jsondecode(policy.policy).Statement :
      statement.Effect == "Deny" && statement.Principal == "*" && statement.Action == "secretsmanager:GetSecretValue" && try(statement.Condition.Bool["aws:SecureTransport"], "") == "false"
    ])])
    error_message = "Rule 3 (secret-policy-too-wide): nobody may read a secret in clear text."
  }

  assert {
    condition     = aws_kms_key.secrets.enable_key_rotation && alltrue([for statement in jsondecode(aws_kms_key.secrets.policy).Statement : try(statement.Principal.AWS, "") == "arn:aws:iam::123456789012:root"])
    error_message = "The key rotates, and its policy leaves the decision to IAM of this account."
  }

  assert {
    condition     = alltrue([for secret in aws_secretsmanager_secret.user : secret.kms_key_id == aws_kms_key.secrets.arn])
    error_message = "Every created secret is encrypted with the customer-managed key."
  }

  assert {
    condition = alltrue([for rule in concat(tolist(aws_security_group.proxy.ingress), tolist(aws_security_group.proxy.egress)) :
      length(coalesce(rule.cidr_blocks, [])) == 0 && length(coalesce(rule.ipv6_cidr_blocks, [])) == 0 && length(coalesce(rule.prefix_list_ids, [])) == 0 && rule.self == false
    ])
    error_message = "Rule 4 (security-group-ingress-open): the proxy's group refers to groups only, never to addresses."
  }

  assert {
    condition     = alltrue([for rule in aws_security_group.proxy.ingress : rule.protocol == "tcp" && rule.from_port == 1433 && rule.to_port == 1433])
    error_message = "Rule 4 (security-group-ingress-open): one port comes in."
  }

  assert {
    condition     = alltrue([for rule in aws_security_group.proxy.egress : rule.protocol == "tcp" && rule.from_port == var.database_port && rule.to_port == var.database_port])
    error_message = "Rule 4 (security-group-egress-open): one port goes out."
  }

  assert {
    condition     = distinct(sort(flatten([for rule in aws_security_group.proxy.ingress : tolist(rule.security_groups)]))) == tolist(["sg-00000000000000001", "sg-00000000000000002"])
    error_message = "Rule 4 (security-group-ingress-open): only the groups of consumers come in."
  }

  assert {
    condition     = distinct(sort(flatten([for rule in aws_security_group.proxy.egress : tolist(rule.security_groups)]))) == tolist(["sg-0000000000000000d"])
    error_message = "Rule 4 (security-group-egress-open): only the groups of the database are reached."
  }

  assert {
    condition     = tolist(aws_db_proxy.this.vpc_security_group_ids) == tolist([aws_security_group.proxy.id])
    error_message = "Rule 4 (security-group-default): the proxy has its own group and no other."
  }

  assert {
    condition     = aws_db_proxy.this.role_arn == aws_iam_role.proxy.arn
    error_message = "role-permissions-too-wide: the proxy assumes its own role and no other."
  }

  assert {
    condition = alltrue([for statement in jsondecode(aws_iam_role_policy.proxy.policy).Statement : statement.Effect == "Allow" && anytrue([
      jsonencode(flatten([statement.Action])) == jsonencode(["secretsmanager:GetSecretValue"]) && length(setsubtract(flatten([statement.Resource]), [
        aws_secretsmanager_secret.user["first"].arn,
        var.users["second"].secret_arn,
      ])) == 0,
      jsonencode(flatten([statement.Action])) == jsonencode(["kms:Decrypt"]) && length(setsubtract(flatten([statement.Resource]), [
        aws_kms_key.secrets.arn,
        var.users["second"].secret_kms_key_arn,
      ])) == 0 && try(statement.Condition.StringEquals["kms:ViaService"], "") == "secretsmanager.eu-west-1.amazonaws.com",
    ])])
    error_message = "role-permissions-too-wide: the proxy's role may do what its users need, and nothing else."
  }

  assert {
    condition     = jsonencode(aws_iam_role_policies_exclusive.proxy.policy_names) == jsonencode([aws_iam_role_policy.proxy.name]) && length(aws_iam_role_policy_attachments_exclusive.proxy.policy_arns) == 0
    error_message = "role-permissions-too-wide: the proxy's role has one policy."
  }

  assert {
    condition     = jsonencode([for statement in jsondecode(aws_iam_role.proxy.assume_role_policy).Statement : [statement.Effect, statement.Action, statement.Principal]]) == jsonencode([["Allow", "sts:AssumeRole", { Service = "rds.amazonaws.com" }]])
    error_message = "role-trust-too-wide: only RDS assumes the proxy's role."
  }

  assert {
    condition = alltrue(flatten([for role, policy in aws_iam_role_policy.connect : [
      for statement in jsondecode(policy.policy).Statement :
      statement.Effect == "Allow" && jsonencode(flatten([statement.Action])) == jsonencode(["rds-db:connect"]) && length(setsubtract(flatten([statement.Resource]), lookup({

        shared = [
          "arn:aws:rds-db:eu-west-1:123456789012:dbuser:prx-0123456789abcdef0/first",
          "arn:aws:rds-db:eu-west-1:123456789012:dbuser:prx-0123456789abcdef0/second",
        ]
        three = ["arn:aws:rds-db:eu-west-1:123456789012:dbuser:prx-0123456789abcdef0/second"]
      }, role, []))) == 0
    ]]))
    error_message = "connect-permission-too-wide: a consumer connects to this proxy only, as its named users only."
  }

  assert {
    condition = alltrue([for rule in values(aws_vpc_security_group_ingress_rule.database_from_proxy) :
      rule.referenced_security_group_id == aws_security_group.proxy.id && rule.cidr_ipv4 == null && rule.cidr_ipv6 == null && rule.prefix_list_id == null &&
      rule.ip_protocol == "tcp" && rule.from_port == var.database_port && rule.to_port == var.database_port
    ])
    error_message = "Rule 4 (database-bypass): what is added to the database's groups admits the proxy only."
  }

  assert {
    condition = alltrue([for rule in values(aws_vpc_security_group_egress_rule.consumer_to_proxy) :
      rule.referenced_security_group_id == aws_security_group.proxy.id && rule.cidr_ipv4 == null && rule.cidr_ipv6 == null && rule.prefix_list_id == null &&
      rule.ip_protocol == "tcp" && rule.from_port == 1433 && rule.to_port == 1433
    ])
    error_message = "Rule 4 (security-group-egress-open): what is added to the consumers' groups reaches the proxy only."
  }

  assert {
    condition     = anytrue([for parameter in aws_db_parameter_group.force_tls.parameter : parameter.name == "rds.force_ssl" && parameter.value == "1"])
    error_message = "Rule 1 (database-tls-not-enforced): the parameter group must set rds.force_ssl to 1."
  }
}

run "refuses_one_subnet" {
  command = plan

  variables {
    subnet_ids = ["subnet-0000000000000000a"]
  }

  expect_failures = [var.subnet_ids]
}

run "refuses_a_wildcard_user" {
  command = plan

  variables {
    users     = { "*" = { database = "app", generate_password = false, secret_arn = null, secret_kms_key_arn = null } }
    consumers = {}
  }

  expect_failures = [var.users]
}
