# Rule 4: consumer -> proxy -> database, by reference to groups, one port each, and nothing else.

locals {
  # One name stands for one group, whichever consumers have it.
  consumer_security_groups = merge([for consumer in values(var.consumers) : consumer.security_group_ids]...)
}

# The rules stand inside the group, so that one added by hand shows in the next plan.
resource "aws_security_group" "proxy" {
  # checkov:skip=CKV2_AWS_5:It is attached to the proxy, which this check does not know.
  name        = local.names.proxy
  description = "RDS Proxy ${var.name}: consumers in, database out"
  vpc_id      = var.vpc_id
  tags        = var.tags

  ingress = [for id in sort(distinct(values(local.consumer_security_groups))) : {
    description      = "Consumers of the proxy"
    protocol         = "tcp"
    from_port        = 3306
    to_port          = 3306
    security_groups  = [id]
    cidr_blocks      = []
    ipv6_cidr_blocks = []
    prefix_list_ids  = []
    self             = false
  }]

  egress = [for id in sort(distinct(values(var.database_security_group_ids))) : {
    description      = "The database"
    protocol         = "tcp"
    from_port        = var.database_port
    to_port          = var.database_port
    security_groups  = [id]
    cidr_blocks      = []
    ipv6_cidr_blocks = []
    prefix_list_ids  = []
    self             = false
  }]
}

# The groups of the database and of the consumers belong to others: each gets the one rule that it needs.
resource "aws_vpc_security_group_ingress_rule" "database_from_proxy" {
  for_each = var.database_security_group_ids

  security_group_id            = each.value
  referenced_security_group_id = aws_security_group.proxy.id
  description                  = "RDS Proxy ${var.name}"
  ip_protocol                  = "tcp"
  from_port                    = var.database_port
  to_port                      = var.database_port
  tags                         = var.tags
}

resource "aws_vpc_security_group_egress_rule" "consumer_to_proxy" {
  for_each = local.consumer_security_groups

  security_group_id            = each.value
  referenced_security_group_id = aws_security_group.proxy.id
  description                  = "RDS Proxy ${var.name}"
  ip_protocol                  = "tcp"
  from_port                    = 3306
  to_port                      = 3306
  tags                         = var.tags
}
