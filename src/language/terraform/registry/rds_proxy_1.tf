# What the inputs of terraform-aws-modules/rds-proxy/aws mean in versions 1 and 2: one way to log in for all `secrets`.

variable "create_proxy" { default = true }
variable "name" { default = "" }
variable "auth_scheme" { default = "SECRETS" }
variable "iam_auth" { default = "REQUIRED" }
variable "secrets" { default = {} }
variable "debug_logging" { default = false }
variable "engine_family" { default = "" }
variable "idle_client_timeout" { default = 1800 }
variable "require_tls" { default = true }
variable "role_arn" { default = "" }
variable "vpc_security_group_ids" { default = [] }
variable "vpc_subnet_ids" { default = [] }
variable "connection_borrow_timeout" { default = null }
variable "init_query" { default = "" }
variable "max_connections_percent" { default = 90 }
variable "max_idle_connections_percent" { default = 50 }
variable "session_pinning_filters" { default = [] }
variable "target_db_instance" { default = false }
variable "db_instance_identifier" { default = "" }
variable "target_db_cluster" { default = false }
variable "db_cluster_identifier" { default = "" }
variable "db_proxy_endpoints" { default = {} }
variable "create_iam_role" { default = true }
variable "create_iam_policy" { default = true }
variable "iam_role_name" { default = "" }
variable "tags" { default = {} }

data "aws_partition" "current" {}
data "aws_region" "current" {}

resource "aws_db_proxy" "this" {
  count                  = var.create_proxy ? 1 : 0
  name                   = var.name
  debug_logging          = var.debug_logging
  engine_family          = var.engine_family
  idle_client_timeout    = var.idle_client_timeout
  require_tls            = var.require_tls
  role_arn               = var.create_iam_role ? aws_iam_role.this[0].arn : var.role_arn
  vpc_security_group_ids = var.vpc_security_group_ids
  vpc_subnet_ids         = var.vpc_subnet_ids
  tags                   = var.tags

  dynamic "auth" {
    for_each = var.secrets
    content {
      auth_scheme = var.auth_scheme
      iam_auth    = var.iam_auth
      secret_arn  = auth.value.arn
    }
  }
}

resource "aws_db_proxy_default_target_group" "this" {
  count         = var.create_proxy ? 1 : 0
  db_proxy_name = aws_db_proxy.this[0].name

  connection_pool_config {
    connection_borrow_timeout    = var.connection_borrow_timeout
    init_query                   = var.init_query
    max_connections_percent      = var.max_connections_percent
    max_idle_connections_percent = var.max_idle_connections_percent
    session_pinning_filters      = var.session_pinning_filters
  }
}

resource "aws_db_proxy_target" "db_instance" {
  count                  = var.create_proxy && var.target_db_instance ? 1 : 0
  db_proxy_name          = aws_db_proxy.this[0].name
  target_group_name      = aws_db_proxy_default_target_group.this[0].name
  db_instance_identifier = var.db_instance_identifier
}

resource "aws_db_proxy_target" "db_cluster" {
  count                 = var.create_proxy && var.target_db_cluster ? 1 : 0
  db_proxy_name         = aws_db_proxy.this[0].name
  target_group_name     = aws_db_proxy_default_target_group.this[0].name
  db_cluster_identifier = var.db_cluster_identifier
}

resource "aws_db_proxy_endpoint" "this" {
  for_each               = { for name, one in var.db_proxy_endpoints : name => one if var.create_proxy }
  db_proxy_name          = aws_db_proxy.this[0].name
  db_proxy_endpoint_name = each.value.name
  vpc_subnet_ids         = each.value.vpc_subnet_ids
  vpc_security_group_ids = lookup(each.value, "vpc_security_group_ids", null)
  target_role            = lookup(each.value, "target_role", null)
}

data "aws_iam_policy_document" "assume_role" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["rds.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "this" {
  count              = var.create_proxy && var.create_iam_role ? 1 : 0
  name               = coalesce(var.iam_role_name, var.name)
  assume_role_policy = data.aws_iam_policy_document.assume_role.json
}

data "aws_iam_policy_document" "this" {
  statement {
    actions   = ["kms:Decrypt"]
    resources = distinct([for secret in var.secrets : secret.kms_key_id])

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["secretsmanager.${data.aws_region.current.name}.${data.aws_partition.current.dns_suffix}"]
    }
  }

  statement {
    actions   = ["secretsmanager:GetRandomPassword", "secretsmanager:ListSecrets"]
    resources = ["*"]
  }

  statement {
    actions = [
      "secretsmanager:DescribeSecret", "secretsmanager:GetResourcePolicy", "secretsmanager:GetSecretValue",
      "secretsmanager:ListSecretVersionIds",
    ]
    resources = distinct([for secret in var.secrets : secret.arn])
  }
}

resource "aws_iam_role_policy" "this" {
  count  = var.create_proxy && var.create_iam_role && var.create_iam_policy ? 1 : 0
  role   = aws_iam_role.this[0].id
  policy = data.aws_iam_policy_document.this.json
}

output "proxy_id" { value = aws_db_proxy.this[0].id }
output "proxy_arn" { value = aws_db_proxy.this[0].arn }
output "proxy_endpoint" { value = aws_db_proxy.this[0].endpoint }
output "iam_role_arn" { value = aws_iam_role.this[0].arn }
output "iam_role_name" { value = aws_iam_role.this[0].name }
