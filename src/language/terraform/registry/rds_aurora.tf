# What the inputs of terraform-aws-modules/rds-aurora/aws mean since version 5 for a proxy in front of its cluster. An input that only some
# versions have stands here for all: the others refuse it. What has another default before version 8 is in rds_aurora_5.tf.
#
# Source: its main.tf and variables.tf; UPGRADE-6.0.md, UPGRADE-8.0.md, UPGRADE-10.0.md.

variable "create" { default = true }
variable "create_cluster" { default = true }
variable "username" { default = null }
variable "name" { default = "" }
variable "cluster_identifier" { default = null }
variable "engine" { default = null }
variable "engine_version" { default = null }
variable "engine_mode" { default = null }
variable "master_username" { default = null }
variable "port" { default = null }
variable "manage_master_user_password" { default = true }
variable "vpc_id" { default = null }
variable "vpc_security_group_ids" { default = [] }
variable "create_security_group" { default = true }
variable "security_group_name" { default = null }

# Before version 8.
variable "allowed_security_groups" { default = [] }
variable "allowed_cidr_blocks" { default = [] }

# Of versions 8 and 9.
variable "security_group_rules" { default = {} }

# Since version 10; the ones out of the group before version 8 too.
variable "security_group_ingress_rules" { default = {} }
variable "security_group_egress_rules" { default = {} }

variable "create_db_cluster_parameter_group" { default = false }
variable "db_cluster_parameter_group_name" { default = null }
variable "db_cluster_parameter_group_family" { default = "" }
variable "db_cluster_parameter_group_parameters" { default = [] }

# The same since version 10, in one object; the name is that of a group which is already there.
variable "cluster_parameter_group" { default = null }
variable "cluster_parameter_group_name" { default = null }

locals {
  create      = var.create && var.create_cluster
  owns_group  = local.create && var.create_security_group
  port        = coalesce(var.port, var.engine == "aurora-postgresql" ? 5432 : 3306)
  makes_group = var.create_db_cluster_parameter_group || var.cluster_parameter_group != null
  given_group = var.cluster_parameter_group_name != null ? var.cluster_parameter_group_name : var.db_cluster_parameter_group_name
  parameters  = var.cluster_parameter_group != null ? try(var.cluster_parameter_group.parameters, []) : var.db_cluster_parameter_group_parameters
}

resource "aws_rds_cluster_parameter_group" "this" {
  count  = local.create && local.makes_group ? 1 : 0
  name   = try(coalesce(try(var.cluster_parameter_group.name, null), var.db_cluster_parameter_group_name, var.name), null)
  family = var.cluster_parameter_group != null ? try(var.cluster_parameter_group.family, null) : var.db_cluster_parameter_group_family

  dynamic "parameter" {
    for_each = local.parameters
    content {
      name  = try(parameter.value.name, parameter.key)
      value = parameter.value.value
    }
  }
}

resource "aws_rds_cluster" "this" {
  count                           = local.create ? 1 : 0
  cluster_identifier              = coalesce(var.cluster_identifier, var.name)
  engine                          = var.engine
  engine_version                  = var.engine_version
  engine_mode                     = var.engine_mode
  master_username                 = var.username != null ? var.username : var.master_username
  port                            = var.port
  manage_master_user_password     = var.manage_master_user_password
  vpc_security_group_ids          = concat(aws_security_group.this[*].id, var.vpc_security_group_ids)
  db_cluster_parameter_group_name = local.makes_group ? aws_rds_cluster_parameter_group.this[0].name : local.given_group
}

resource "aws_security_group" "this" {
  count  = local.owns_group ? 1 : 0
  name   = try(coalesce(var.security_group_name, var.name), null)
  vpc_id = var.vpc_id
}

resource "aws_security_group_rule" "allowed_groups" {
  count                    = local.owns_group ? length(var.allowed_security_groups) : 0
  type                     = "ingress"
  from_port                = local.port
  to_port                  = local.port
  protocol                 = "tcp"
  source_security_group_id = var.allowed_security_groups[count.index]
  security_group_id        = aws_security_group.this[0].id
}

resource "aws_security_group_rule" "allowed_ranges" {
  count             = local.owns_group && length(var.allowed_cidr_blocks) > 0 ? 1 : 0
  type              = "ingress"
  from_port         = local.port
  to_port           = local.port
  protocol          = "tcp"
  cidr_blocks       = var.allowed_cidr_blocks
  security_group_id = aws_security_group.this[0].id
}

resource "aws_security_group_rule" "this" {
  for_each                 = { for name, rule in var.security_group_rules : name => rule if local.owns_group }
  type                     = try(each.value.type, "ingress")
  from_port                = try(each.value.from_port, local.port)
  to_port                  = try(each.value.to_port, local.port)
  protocol                 = try(each.value.protocol, "tcp")
  cidr_blocks              = try(each.value.cidr_blocks, null)
  ipv6_cidr_blocks         = try(each.value.ipv6_cidr_blocks, null)
  prefix_list_ids          = try(each.value.prefix_list_ids, null)
  source_security_group_id = try(each.value.source_security_group_id, null)
  security_group_id        = aws_security_group.this[0].id
}

resource "aws_vpc_security_group_ingress_rule" "this" {
  for_each                     = { for name, rule in coalesce(var.security_group_ingress_rules, {}) : name => rule if local.owns_group }
  from_port                    = try(coalesce(try(each.value.from_port, null), local.port), null)
  to_port                      = try(coalesce(try(each.value.to_port, null), try(each.value.from_port, null), local.port), null)
  ip_protocol                  = try(coalesce(try(each.value.ip_protocol, null), "tcp"), null)
  cidr_ipv4                    = try(each.value.cidr_ipv4, null)
  cidr_ipv6                    = try(each.value.cidr_ipv6, null)
  prefix_list_id               = try(each.value.prefix_list_id, null)
  referenced_security_group_id = try(each.value.referenced_security_group_id == "self" ? aws_security_group.this[0].id : each.value.referenced_security_group_id, null)
  security_group_id            = aws_security_group.this[0].id
}

resource "aws_security_group_rule" "egress" {
  for_each                 = { for name, rule in coalesce(var.security_group_egress_rules, {}) : name => rule if local.owns_group }
  type                     = "egress"
  from_port                = try(coalesce(try(each.value.from_port, null), local.port), null)
  to_port                  = try(coalesce(try(each.value.to_port, null), try(each.value.from_port, null), local.port), null)
  protocol                 = try(coalesce(try(each.value.ip_protocol, null), "tcp"), null)
  cidr_blocks              = try(coalesce(try(each.value.cidr_blocks, null), [each.value.cidr_ipv4]), null)
  ipv6_cidr_blocks         = try(coalesce(try(each.value.ipv6_cidr_blocks, null), [each.value.cidr_ipv6]), null)
  source_security_group_id = try(each.value.referenced_security_group_id, each.value.source_security_group_id, null)
  security_group_id        = aws_security_group.this[0].id
}

output "cluster_id" { value = aws_rds_cluster.this[0].id }
output "cluster_arn" { value = aws_rds_cluster.this[0].arn }
output "cluster_identifier" { value = aws_rds_cluster.this[0].cluster_identifier }
output "cluster_endpoint" { value = aws_rds_cluster.this[0].endpoint }
output "cluster_port" { value = aws_rds_cluster.this[0].port }
output "cluster_resource_id" { value = aws_rds_cluster.this[0].cluster_resource_id }
output "cluster_master_username" { value = aws_rds_cluster.this[0].master_username }
output "cluster_master_user_secret" { value = aws_rds_cluster.this[0].master_user_secret }
output "security_group_id" { value = try(aws_security_group.this[0].id, null) }

# The names before version 6.
output "rds_cluster_id" { value = aws_rds_cluster.this[0].id }
output "rds_cluster_arn" { value = aws_rds_cluster.this[0].arn }
output "rds_cluster_endpoint" { value = aws_rds_cluster.this[0].endpoint }
output "rds_cluster_port" { value = aws_rds_cluster.this[0].port }
output "rds_cluster_resource_id" { value = aws_rds_cluster.this[0].cluster_resource_id }
output "rds_cluster_master_username" { value = aws_rds_cluster.this[0].master_username }
