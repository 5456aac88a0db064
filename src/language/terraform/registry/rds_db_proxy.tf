# What the inputs of cloudposse/rds-db-proxy/aws mean. Its name is put together from the labels of its context.

variable "context" { default = {} }
variable "enabled" { default = null }
variable "namespace" { default = null }
variable "tenant" { default = null }
variable "environment" { default = null }
variable "stage" { default = null }
variable "name" { default = null }
variable "delimiter" { default = null }
variable "attributes" { default = [] }
variable "label_order" { default = null }
variable "label_value_case" { default = null }
variable "regex_replace_chars" { default = null }
variable "id_length_limit" { default = null }
variable "iam_role_attributes" { default = null }
variable "debug_logging" { default = false }
variable "engine_family" { default = "MYSQL" }
variable "idle_client_timeout" { default = 1800 }
variable "require_tls" { default = false }
variable "vpc_security_group_ids" {}
variable "vpc_subnet_ids" {}
variable "auth" {}
variable "db_instance_identifier" { default = null }
variable "db_cluster_identifier" { default = null }
variable "connection_borrow_timeout" { default = 120 }
variable "init_query" { default = null }
variable "max_connections_percent" { default = 100 }
variable "max_idle_connections_percent" { default = 50 }
variable "session_pinning_filters" { default = null }
variable "existing_iam_role_arn" { default = null }
variable "kms_key_id" { default = null }
variable "tags" { default = {} }

locals {
  enabled    = module.this.enabled
  makes_role = var.existing_iam_role_arn == null || var.existing_iam_role_arn == ""
}

module "this" {
  source              = "cloudposse/label/null"
  context             = var.context
  enabled             = var.enabled
  namespace           = var.namespace
  tenant              = var.tenant
  environment         = var.environment
  stage               = var.stage
  name                = var.name
  delimiter           = var.delimiter
  attributes          = var.attributes
  label_order         = var.label_order
  label_value_case    = var.label_value_case
  regex_replace_chars = var.regex_replace_chars
  id_length_limit     = var.id_length_limit
  tags                = var.tags
}

module "role_label" {
  source     = "cloudposse/label/null"
  context    = module.this.context
  attributes = var.iam_role_attributes == null ? [] : var.iam_role_attributes
}

resource "aws_db_proxy" "this" {
  count                  = local.enabled ? 1 : 0
  name                   = module.this.id
  debug_logging          = var.debug_logging
  engine_family          = var.engine_family
  idle_client_timeout    = var.idle_client_timeout
  require_tls            = var.require_tls
  role_arn               = local.makes_role ? aws_iam_role.this[0].arn : var.existing_iam_role_arn
  vpc_security_group_ids = var.vpc_security_group_ids
  vpc_subnet_ids         = var.vpc_subnet_ids
  tags                   = module.this.tags

  dynamic "auth" {
    for_each = var.auth
    content {
      auth_scheme = auth.value.auth_scheme
      iam_auth    = auth.value.iam_auth
      secret_arn  = auth.value.secret_arn
    }
  }
}

resource "aws_db_proxy_default_target_group" "this" {
  count         = local.enabled ? 1 : 0
  db_proxy_name = aws_db_proxy.this[0].name

  connection_pool_config {
    connection_borrow_timeout    = var.connection_borrow_timeout
    init_query                   = var.init_query
    max_connections_percent      = var.max_connections_percent
    max_idle_connections_percent = var.max_idle_connections_percent
    session_pinning_filters      = var.session_pinning_filters
  }
}

resource "aws_db_proxy_target" "this" {
  count                  = local.enabled ? 1 : 0
  db_instance_identifier = var.db_instance_identifier
  db_cluster_identifier  = var.db_cluster_identifier
  db_proxy_name          = aws_db_proxy.this[0].name
  target_group_name      = aws_db_proxy_default_target_group.this[0].name
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
  count              = local.enabled && local.makes_role ? 1 : 0
  name               = module.role_label.id
  assume_role_policy = data.aws_iam_policy_document.assume_role.json
}

data "aws_region" "this" {}

data "aws_kms_key" "this" {
  key_id = coalesce(var.kms_key_id, "alias/aws/secretsmanager")
}

data "aws_iam_policy_document" "this" {
  statement {
    actions   = ["secretsmanager:GetSecretValue"]
    resources = compact([for auth in var.auth : lookup(auth, "secret_arn", "")])
  }

  statement {
    actions   = ["kms:Decrypt"]
    resources = [data.aws_kms_key.this.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["secretsmanager.${data.aws_region.this.name}.amazonaws.com"]
    }
  }
}

resource "aws_iam_policy" "this" {
  count  = local.enabled && local.makes_role ? 1 : 0
  policy = data.aws_iam_policy_document.this.json
}

resource "aws_iam_role_policy_attachment" "this" {
  count      = local.enabled && local.makes_role ? 1 : 0
  role       = aws_iam_role.this[0].name
  policy_arn = aws_iam_policy.this[0].arn
}

output "proxy_id" { value = aws_db_proxy.this[0].id }
output "proxy_arn" { value = aws_db_proxy.this[0].arn }
output "proxy_endpoint" { value = aws_db_proxy.this[0].endpoint }
output "proxy_iam_role_arn" { value = aws_iam_role.this[0].arn }
