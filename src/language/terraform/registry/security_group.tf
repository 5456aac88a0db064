# What the inputs of terraform-aws-modules/security-group/aws mean since version 3, and of its modules for one service, which give
# `auto_` rules of their own. A rule is called by a name, or says its ports itself. Of the `computed_` ones, as many count as the
# caller says: none, where nobody says so.

variable "create" { default = true }
variable "create_sg" { default = true }
variable "security_group_id" { default = null }
variable "vpc_id" { default = null }
variable "name" { default = null }
variable "use_name_prefix" { default = true }
variable "tags" { default = {} }

# What the module of a service adds.
variable "auto_ingress_rules" { default = [] }
variable "auto_ingress_with_self" { default = [] }
variable "auto_egress_rules" { default = [] }

variable "ingress_cidr_blocks" { default = [] }
variable "ingress_ipv6_cidr_blocks" { default = [] }
variable "ingress_prefix_list_ids" { default = [] }
variable "ingress_rules" { default = [] }
variable "computed_ingress_rules" { default = [] }
variable "number_of_computed_ingress_rules" { default = 0 }
variable "ingress_with_cidr_blocks" { default = [] }
variable "computed_ingress_with_cidr_blocks" { default = [] }
variable "number_of_computed_ingress_with_cidr_blocks" { default = 0 }
variable "ingress_with_ipv6_cidr_blocks" { default = [] }
variable "computed_ingress_with_ipv6_cidr_blocks" { default = [] }
variable "number_of_computed_ingress_with_ipv6_cidr_blocks" { default = 0 }
variable "ingress_with_source_security_group_id" { default = [] }
variable "computed_ingress_with_source_security_group_id" { default = [] }
variable "number_of_computed_ingress_with_source_security_group_id" { default = 0 }
variable "ingress_with_self" { default = [] }
variable "computed_ingress_with_self" { default = [] }
variable "number_of_computed_ingress_with_self" { default = 0 }

variable "egress_cidr_blocks" { default = ["0.0.0.0/0"] }
variable "egress_ipv6_cidr_blocks" { default = ["::/0"] }
variable "egress_prefix_list_ids" { default = [] }
variable "egress_rules" { default = [] }
variable "computed_egress_rules" { default = [] }
variable "number_of_computed_egress_rules" { default = 0 }
variable "egress_with_cidr_blocks" { default = [] }
variable "computed_egress_with_cidr_blocks" { default = [] }
variable "number_of_computed_egress_with_cidr_blocks" { default = 0 }
variable "egress_with_ipv6_cidr_blocks" { default = [] }
variable "computed_egress_with_ipv6_cidr_blocks" { default = [] }
variable "number_of_computed_egress_with_ipv6_cidr_blocks" { default = 0 }
variable "egress_with_source_security_group_id" { default = [] }
variable "computed_egress_with_source_security_group_id" { default = [] }
variable "number_of_computed_egress_with_source_security_group_id" { default = 0 }
variable "egress_with_self" { default = [] }
variable "computed_egress_with_self" { default = [] }
variable "number_of_computed_egress_with_self" { default = 0 }

locals {
  group = var.create_sg ? try(aws_security_group.this_name_prefix[0].id, aws_security_group.this[0].id) : var.security_group_id

  # From port, to port, protocol.
  rules = {
    "postgresql-tcp"      = [5432, 5432, "tcp"]
    "mysql-tcp"           = [3306, 3306, "tcp"]
    "mssql-tcp"           = [1433, 1433, "tcp"]
    "all-all"             = [-1, -1, "-1"]
    "all-tcp"             = [0, 65535, "tcp"]
    "all-udp"             = [0, 65535, "udp"]
    "all-icmp"            = [-1, -1, "icmp"]
    "http-80-tcp"         = [80, 80, "tcp"]
    "https-443-tcp"       = [443, 443, "tcp"]
    "ssh-tcp"             = [22, 22, "tcp"]
    "redshift-tcp"        = [5439, 5439, "tcp"]
    "redis-tcp"           = [6379, 6379, "tcp"]
    "http-8080-tcp"       = [8080, 8080, "tcp"]
    "https-8443-tcp"      = [8443, 8443, "tcp"]
    "dns-tcp"             = [53, 53, "tcp"]
    "dns-udp"             = [53, 53, "udp"]
    "mssql-udp"           = [1434, 1434, "udp"]
    "mssql-analytics-tcp" = [2383, 2383, "tcp"]
    "oracle-db-tcp"       = [1521, 1521, "tcp"]
  }


  ingress_rules  = concat(var.ingress_rules, var.auto_ingress_rules, slice(var.computed_ingress_rules, 0, min(var.number_of_computed_ingress_rules, length(var.computed_ingress_rules))))
  ingress_cidr   = concat(var.ingress_with_cidr_blocks, slice(var.computed_ingress_with_cidr_blocks, 0, min(var.number_of_computed_ingress_with_cidr_blocks, length(var.computed_ingress_with_cidr_blocks))))
  ingress_ipv6   = concat(var.ingress_with_ipv6_cidr_blocks, slice(var.computed_ingress_with_ipv6_cidr_blocks, 0, min(var.number_of_computed_ingress_with_ipv6_cidr_blocks, length(var.computed_ingress_with_ipv6_cidr_blocks))))
  ingress_source = concat(var.ingress_with_source_security_group_id, slice(var.computed_ingress_with_source_security_group_id, 0, min(var.number_of_computed_ingress_with_source_security_group_id, length(var.computed_ingress_with_source_security_group_id))))
  ingress_self   = concat(var.ingress_with_self, var.auto_ingress_with_self, slice(var.computed_ingress_with_self, 0, min(var.number_of_computed_ingress_with_self, length(var.computed_ingress_with_self))))

  egress_rules  = concat(var.egress_rules, var.auto_egress_rules, slice(var.computed_egress_rules, 0, min(var.number_of_computed_egress_rules, length(var.computed_egress_rules))))
  egress_cidr   = concat(var.egress_with_cidr_blocks, slice(var.computed_egress_with_cidr_blocks, 0, min(var.number_of_computed_egress_with_cidr_blocks, length(var.computed_egress_with_cidr_blocks))))
  egress_ipv6   = concat(var.egress_with_ipv6_cidr_blocks, slice(var.computed_egress_with_ipv6_cidr_blocks, 0, min(var.number_of_computed_egress_with_ipv6_cidr_blocks, length(var.computed_egress_with_ipv6_cidr_blocks))))
  egress_source = concat(var.egress_with_source_security_group_id, slice(var.computed_egress_with_source_security_group_id, 0, min(var.number_of_computed_egress_with_source_security_group_id, length(var.computed_egress_with_source_security_group_id))))
  egress_self   = concat(var.egress_with_self, slice(var.computed_egress_with_self, 0, min(var.number_of_computed_egress_with_self, length(var.computed_egress_with_self))))
}

resource "aws_security_group" "this" {
  count  = var.create && var.create_sg && !var.use_name_prefix ? 1 : 0
  name   = var.name
  vpc_id = var.vpc_id
  tags   = var.tags
}

resource "aws_security_group" "this_name_prefix" {
  count       = var.create && var.create_sg && var.use_name_prefix ? 1 : 0
  name_prefix = "${var.name}-"
  vpc_id      = var.vpc_id
  tags        = var.tags
}

resource "aws_security_group_rule" "ingress_rules" {
  count             = var.create ? length(local.ingress_rules) : 0
  security_group_id = local.group
  type              = "ingress"
  cidr_blocks       = var.ingress_cidr_blocks
  ipv6_cidr_blocks  = var.ingress_ipv6_cidr_blocks
  prefix_list_ids   = var.ingress_prefix_list_ids
  from_port         = local.rules[local.ingress_rules[count.index]][0]
  to_port           = local.rules[local.ingress_rules[count.index]][1]
  protocol          = local.rules[local.ingress_rules[count.index]][2]
}

resource "aws_security_group_rule" "ingress_with_cidr_blocks" {
  count             = var.create ? length(local.ingress_cidr) : 0
  security_group_id = local.group
  type              = "ingress"
  prefix_list_ids   = var.ingress_prefix_list_ids
  cidr_blocks       = compact(split(",", lookup(local.ingress_cidr[count.index], "cidr_blocks", join(",", var.ingress_cidr_blocks))))
  from_port         = lookup(local.ingress_cidr[count.index], "from_port", try(local.rules[local.ingress_cidr[count.index].rule][0], null))
  to_port           = lookup(local.ingress_cidr[count.index], "to_port", try(local.rules[local.ingress_cidr[count.index].rule][1], null))
  protocol          = lookup(local.ingress_cidr[count.index], "protocol", try(local.rules[local.ingress_cidr[count.index].rule][2], null))
}

resource "aws_security_group_rule" "ingress_with_ipv6_cidr_blocks" {
  count             = var.create ? length(local.ingress_ipv6) : 0
  security_group_id = local.group
  type              = "ingress"
  prefix_list_ids   = var.ingress_prefix_list_ids
  ipv6_cidr_blocks  = compact(split(",", lookup(local.ingress_ipv6[count.index], "ipv6_cidr_blocks", join(",", var.ingress_ipv6_cidr_blocks))))
  from_port         = lookup(local.ingress_ipv6[count.index], "from_port", try(local.rules[local.ingress_ipv6[count.index].rule][0], null))
  to_port           = lookup(local.ingress_ipv6[count.index], "to_port", try(local.rules[local.ingress_ipv6[count.index].rule][1], null))
  protocol          = lookup(local.ingress_ipv6[count.index], "protocol", try(local.rules[local.ingress_ipv6[count.index].rule][2], null))
}

resource "aws_security_group_rule" "ingress_with_source_security_group_id" {
  count                    = var.create ? length(local.ingress_source) : 0
  security_group_id        = local.group
  type                     = "ingress"
  prefix_list_ids          = var.ingress_prefix_list_ids
  source_security_group_id = local.ingress_source[count.index].source_security_group_id
  from_port                = lookup(local.ingress_source[count.index], "from_port", try(local.rules[local.ingress_source[count.index].rule][0], null))
  to_port                  = lookup(local.ingress_source[count.index], "to_port", try(local.rules[local.ingress_source[count.index].rule][1], null))
  protocol                 = lookup(local.ingress_source[count.index], "protocol", try(local.rules[local.ingress_source[count.index].rule][2], null))
}

resource "aws_security_group_rule" "ingress_with_self" {
  count             = var.create ? length(local.ingress_self) : 0
  security_group_id = local.group
  type              = "ingress"
  prefix_list_ids   = var.ingress_prefix_list_ids
  self              = lookup(local.ingress_self[count.index], "self", true)
  from_port         = lookup(local.ingress_self[count.index], "from_port", try(local.rules[local.ingress_self[count.index].rule][0], null))
  to_port           = lookup(local.ingress_self[count.index], "to_port", try(local.rules[local.ingress_self[count.index].rule][1], null))
  protocol          = lookup(local.ingress_self[count.index], "protocol", try(local.rules[local.ingress_self[count.index].rule][2], null))
}

resource "aws_security_group_rule" "egress_rules" {
  count             = var.create ? length(local.egress_rules) : 0
  security_group_id = local.group
  type              = "egress"
  cidr_blocks       = var.egress_cidr_blocks
  ipv6_cidr_blocks  = var.egress_ipv6_cidr_blocks
  prefix_list_ids   = var.egress_prefix_list_ids
  from_port         = local.rules[local.egress_rules[count.index]][0]
  to_port           = local.rules[local.egress_rules[count.index]][1]
  protocol          = local.rules[local.egress_rules[count.index]][2]
}

resource "aws_security_group_rule" "egress_with_cidr_blocks" {
  count             = var.create ? length(local.egress_cidr) : 0
  security_group_id = local.group
  type              = "egress"
  prefix_list_ids   = var.egress_prefix_list_ids
  cidr_blocks       = compact(split(",", lookup(local.egress_cidr[count.index], "cidr_blocks", join(",", var.egress_cidr_blocks))))
  from_port         = lookup(local.egress_cidr[count.index], "from_port", try(local.rules[local.egress_cidr[count.index].rule][0], null))
  to_port           = lookup(local.egress_cidr[count.index], "to_port", try(local.rules[local.egress_cidr[count.index].rule][1], null))
  protocol          = lookup(local.egress_cidr[count.index], "protocol", try(local.rules[local.egress_cidr[count.index].rule][2], null))
}

resource "aws_security_group_rule" "egress_with_ipv6_cidr_blocks" {
  count             = var.create ? length(local.egress_ipv6) : 0
  security_group_id = local.group
  type              = "egress"
  prefix_list_ids   = var.egress_prefix_list_ids
  ipv6_cidr_blocks  = compact(split(",", lookup(local.egress_ipv6[count.index], "ipv6_cidr_blocks", join(",", var.egress_ipv6_cidr_blocks))))
  from_port         = lookup(local.egress_ipv6[count.index], "from_port", try(local.rules[local.egress_ipv6[count.index].rule][0], null))
  to_port           = lookup(local.egress_ipv6[count.index], "to_port", try(local.rules[local.egress_ipv6[count.index].rule][1], null))
  protocol          = lookup(local.egress_ipv6[count.index], "protocol", try(local.rules[local.egress_ipv6[count.index].rule][2], null))
}

resource "aws_security_group_rule" "egress_with_source_security_group_id" {
  count                    = var.create ? length(local.egress_source) : 0
  security_group_id        = local.group
  type                     = "egress"
  prefix_list_ids          = var.egress_prefix_list_ids
  source_security_group_id = local.egress_source[count.index].source_security_group_id
  from_port                = lookup(local.egress_source[count.index], "from_port", try(local.rules[local.egress_source[count.index].rule][0], null))
  to_port                  = lookup(local.egress_source[count.index], "to_port", try(local.rules[local.egress_source[count.index].rule][1], null))
  protocol                 = lookup(local.egress_source[count.index], "protocol", try(local.rules[local.egress_source[count.index].rule][2], null))
}

resource "aws_security_group_rule" "egress_with_self" {
  count             = var.create ? length(local.egress_self) : 0
  security_group_id = local.group
  type              = "egress"
  prefix_list_ids   = var.egress_prefix_list_ids
  self              = lookup(local.egress_self[count.index], "self", true)
  from_port         = lookup(local.egress_self[count.index], "from_port", try(local.rules[local.egress_self[count.index].rule][0], null))
  to_port           = lookup(local.egress_self[count.index], "to_port", try(local.rules[local.egress_self[count.index].rule][1], null))
  protocol          = lookup(local.egress_self[count.index], "protocol", try(local.rules[local.egress_self[count.index].rule][2], null))
}

output "security_group_id" { value = local.group }
output "this_security_group_id" { value = local.group }
output "security_group_arn" { value = try(aws_security_group.this_name_prefix[0].arn, aws_security_group.this[0].arn) }
output "security_group_name" { value = try(aws_security_group.this_name_prefix[0].name, aws_security_group.this[0].name) }
