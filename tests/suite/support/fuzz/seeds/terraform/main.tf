variable "name" {
  type    = string
  default = "orders"
}

variable "tls" {
  default = true
}

variable "subnets" {
  type    = list(string)
  default = ["subnet-0a", "subnet-0b"]
}

variable "users" {
  type = map(object({
    name = optional(string, "app")
    iam  = optional(string, "REQUIRED")
    tags = optional(map(string), {})
  }))
  default = {
    app    = {}
    report = { iam = "DISABLED", tags = { team = "é本🦀" } }
  }
}

locals {
  full    = lower(format("%s-%03d-%v", var.name, length(var.users), true))
  cidrs   = [for index in range(3) : cidrsubnet("10.0.0.0/16", 8, index)]
  by_name = { for key, user in var.users : upper(key) => user... if user.iam != "NONE" }
  joined  = join(",", sort(distinct(concat(local.cidrs, flatten([["a"], [["b"]]])))))
  chosen  = var.tls ? coalesce(null, "yes") : try(var.nothing.here, lookup({ a = "b" }, "a", "c"))
  padded  = format("%*d|%-10s|%5.2f", 6, 42, "x", 3.14159)
  decoded = jsondecode("{\"a\": [1, 2.5, null, {\"b\": \"\\u00e9\"}]}")
  split   = element(split(":", "arn:aws:rds:eu-west-1:123456789012:db-proxy:prx-0"), 6)
  matched = regexall("[a-z]+-(\\d{1,3})", local.full)
  replace = replace(local.full, "/-+/", "_")
  chunks  = chunklist(range(1, 10, 2), 2)
  product = setproduct(["a", "b"], [1, 2], toset(["x"]))
  text    = <<-EOT
    %{ for key, user in var.users ~}
    ${key}: ${user.iam}%{ if user.iam == "REQUIRED" } ok %{ else } no %{ endif }
    %{ endfor ~}
    $${not} %%{this}
  EOT
}

data "aws_region" "current" {}
data "aws_caller_identity" "current" {}

data "aws_iam_policy_document" "trust" {
  statement {
    sid     = "Trust"
    effect  = "Allow"
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["rds.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
  dynamic "statement" {
    for_each = var.users
    content {
      actions   = ["rds-db:connect"]
      resources = ["arn:aws:rds-db:${data.aws_region.current.name}:*:dbuser:${split(":", aws_db_proxy.this[0].arn)[6]}/${statement.key}"]
    }
  }
}

resource "aws_iam_role" "proxy" {
  name               = "${var.name}-proxy"
  assume_role_policy = data.aws_iam_policy_document.trust.json
  inline_policy {
    name   = "secrets"
    policy = <<EOF2
{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "secretsmanager:*", "Resource": "${aws_secretsmanager_secret.user["app"].arn}"}]}
EOF2
  }
}

resource "aws_iam_role_policy" "decrypt" {
  role = aws_iam_role.proxy.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [for key in keys(var.users) : {
      Effect   = "Allow"
      Action   = ["kms:Decrypt"]
      Resource = "*"
    }]
  })
}

resource "aws_secretsmanager_secret" "user" {
  for_each   = var.users
  name       = "${var.name}/${each.key}"
  kms_key_id = aws_kms_key.secrets.arn
}

resource "aws_secretsmanager_secret_version" "user" {
  for_each      = aws_secretsmanager_secret.user
  secret_id     = each.value.id
  secret_string = jsonencode({ username = each.key, password = "example" })
}

resource "aws_secretsmanager_secret_policy" "user" {
  count      = length(var.users)
  secret_arn = values(aws_secretsmanager_secret.user)[count.index].arn
  policy     = templatefile("${path.module}/policy.json.tftpl", { role = aws_iam_role.proxy.arn, users = var.users })
}

resource "aws_kms_key" "secrets" {
  enable_key_rotation = true
}

resource "aws_security_group" "proxy" {
  name   = local.full
  vpc_id = "vpc-0123456789"
  dynamic "ingress" {
    for_each = local.cidrs
    iterator = block
    content {
      from_port   = 5432
      to_port     = 5432
      protocol    = "tcp"
      cidr_blocks = [block.value]
    }
  }
  egress {
    from_port = 0
    to_port   = 65535
    protocol  = "-1"
    self      = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "from" {
  for_each                     = toset(["a", "b"])
  security_group_id            = aws_security_group.proxy.id
  referenced_security_group_id = aws_security_group.proxy.id
  ip_protocol                  = "tcp"
  from_port                    = 3306
  to_port                      = tonumber("3306")
}

resource "aws_db_proxy" "this" {
  count                  = var.tls ? 1 : 0
  name                   = local.full
  engine_family          = "POSTGRESQL"
  role_arn               = aws_iam_role.proxy.arn
  vpc_subnet_ids         = var.subnets
  vpc_security_group_ids = aws_security_group.proxy.*.id
  require_tls            = var.tls
  debug_logging          = !var.tls || local.chosen == "no"
  idle_client_timeout    = 30 * 60 % 7200
  dynamic "auth" {
    for_each = aws_secretsmanager_secret.user
    content {
      auth_scheme = "SECRETS"
      iam_auth    = var.users[auth.key].iam
      secret_arn  = auth.value.arn
    }
  }
}

resource "aws_db_proxy_default_target_group" "this" {
  db_proxy_name = aws_db_proxy.this[0].name
  connection_pool_config {
    max_connections_percent      = 90
    session_pinning_filters      = ["EXCLUDE_VARIABLE_SETS"]
    connection_borrow_timeout    = 120
    max_idle_connections_percent = 50
  }
}

resource "aws_db_proxy_target" "this" {
  db_proxy_name          = one(aws_db_proxy.this[*].name)
  target_group_name      = aws_db_proxy_default_target_group.this.name
  db_instance_identifier = aws_db_instance.this.identifier
}

resource "aws_db_instance" "this" {
  identifier             = "orders"
  engine                 = "postgres"
  engine_version         = "16.4"
  username               = "master"
  vpc_security_group_ids = [aws_security_group.proxy.id]
  parameter_group_name   = aws_db_parameter_group.this.name
}

resource "aws_db_parameter_group" "this" {
  family = "postgres16"
  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }
}

module "report" {
  source   = "./modules/proxy"
  for_each = { a = 1, b = 2 }
  name     = "report-${each.key}"
  proxy    = { tls = each.value > 1, auth = [for key in keys(var.users) : { secret = key }] }
}

module "known" {
  source      = "terraform-aws-modules/rds-proxy/aws"
  version     = "3.1.0"
  name        = "known"
  require_tls = module.report["a"].tls
  auth        = { app = { iam_auth = "REQUIRED", secret_arn = aws_secretsmanager_secret.user["app"].arn } }
}

output "endpoint" {
  value = module.report["b"].endpoint
}
