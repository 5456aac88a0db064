# What the inputs of terraform-aws-modules/rds-aurora/aws mean for a proxy in front of its cluster.

variable "create" { default = true }
variable "name" { default = "" }
variable "cluster_identifier" { default = null }
variable "engine" { default = null }
variable "engine_version" { default = null }
variable "engine_mode" { default = null }
variable "master_username" { default = null }
variable "port" { default = null }
variable "manage_master_user_password" { default = true }
variable "vpc_security_group_ids" { default = [] }
variable "create_db_cluster_parameter_group" { default = false }
variable "db_cluster_parameter_group_name" { default = null }
variable "db_cluster_parameter_group_family" { default = "" }
variable "db_cluster_parameter_group_parameters" { default = [] }

# The same since version 10, in one object; the name is that of a group which is already there.
variable "cluster_parameter_group" { default = null }
variable "cluster_parameter_group_name" { default = null }

locals {
  makes_group = var.create_db_cluster_parameter_group || var.cluster_parameter_group != null
  given_group = var.cluster_parameter_group_name != null ? var.cluster_parameter_group_name : var.db_cluster_parameter_group_name
  parameters  = var.cluster_parameter_group != null ? try(var.cluster_parameter_group.parameters, []) : var.db_cluster_parameter_group_parameters
}

resource "aws_rds_cluster_parameter_group" "this" {
  count  = var.create && local.makes_group ? 1 : 0
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
  count                           = var.create ? 1 : 0
  cluster_identifier              = coalesce(var.cluster_identifier, var.name)
  engine                          = var.engine
  engine_version                  = var.engine_version
  engine_mode                     = var.engine_mode
  master_username                 = var.master_username
  port                            = var.port
  manage_master_user_password     = var.manage_master_user_password
  vpc_security_group_ids          = concat([local.own_group], var.vpc_security_group_ids)
  db_cluster_parameter_group_name = local.makes_group ? aws_rds_cluster_parameter_group.this[0].name : local.given_group
}

# The module's own group carries rules that depend on its version.
variable "own_group" {}

locals {
  own_group = var.own_group
}

output "cluster_id" { value = aws_rds_cluster.this[0].id }
output "cluster_arn" { value = aws_rds_cluster.this[0].arn }
output "cluster_identifier" { value = aws_rds_cluster.this[0].cluster_identifier }
output "cluster_endpoint" { value = aws_rds_cluster.this[0].endpoint }
output "cluster_port" { value = aws_rds_cluster.this[0].port }
output "cluster_resource_id" { value = aws_rds_cluster.this[0].cluster_resource_id }
output "cluster_master_username" { value = aws_rds_cluster.this[0].master_username }
output "cluster_master_user_secret" { value = aws_rds_cluster.this[0].master_user_secret }
output "security_group_id" { value = local.own_group }
