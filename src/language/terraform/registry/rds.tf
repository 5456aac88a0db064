# What the inputs of terraform-aws-modules/rds/aws mean for a proxy in front of its database: its parameters, its groups, and the
# secret of its master user, which RDS manages unless somebody says otherwise (since version 6).

variable "create_db_instance" { default = true }
variable "identifier" {}
variable "engine" { default = null }
variable "engine_version" { default = null }
variable "username" { default = null }
variable "port" { default = null }
variable "manage_master_user_password" { default = true }
variable "vpc_security_group_ids" { default = [] }
variable "publicly_accessible" { default = false }
variable "create_db_parameter_group" { default = true }
variable "parameter_group_name" { default = null }
variable "family" { default = null }
variable "parameters" { default = [] }

resource "aws_db_parameter_group" "this" {
  count  = var.create_db_parameter_group ? 1 : 0
  name   = coalesce(var.parameter_group_name, var.identifier)
  family = var.family

  dynamic "parameter" {
    for_each = var.parameters
    content {
      name  = parameter.value.name
      value = parameter.value.value
    }
  }
}

resource "aws_db_instance" "this" {
  count                       = var.create_db_instance ? 1 : 0
  identifier                  = var.identifier
  engine                      = var.engine
  engine_version              = var.engine_version
  username                    = var.username
  port                        = var.port
  manage_master_user_password = var.manage_master_user_password
  vpc_security_group_ids      = var.vpc_security_group_ids
  publicly_accessible         = var.publicly_accessible
  parameter_group_name        = var.create_db_parameter_group ? aws_db_parameter_group.this[0].name : var.parameter_group_name
}

output "db_instance_identifier" { value = aws_db_instance.this[0].identifier }
output "db_instance_id" { value = aws_db_instance.this[0].id }
output "db_instance_arn" { value = aws_db_instance.this[0].arn }
output "db_instance_address" { value = aws_db_instance.this[0].address }
output "db_instance_port" { value = aws_db_instance.this[0].port }
output "db_instance_resource_id" { value = aws_db_instance.this[0].resource_id }
output "db_instance_username" { value = aws_db_instance.this[0].username }
output "db_instance_master_user_secret_arn" { value = aws_db_instance.this[0].master_user_secret[0].secret_arn }
