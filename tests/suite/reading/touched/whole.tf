data "aws_partition" "current" {}
data "aws_region" "current" {}
data "aws_caller_identity" "current" {}

locals { proxy_id = element(split(":", aws_db_proxy.this.arn), 6) }

resource "aws_security_group" "proxy" {
  name   = "orders-proxy"
  vpc_id = "vpc-0b1b2c3d4e5f60718"
  ingress {
    protocol        = "tcp"
    from_port       = 5432
    to_port         = 5432
    security_groups = [aws_security_group.app.id]
  }
}
resource "aws_vpc_security_group_egress_rule" "proxy" {
  security_group_id            = aws_security_group.proxy.id
  referenced_security_group_id = aws_security_group.db.id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}
resource "aws_security_group" "db" {
  name   = "orders-db"
  vpc_id = "vpc-0b1b2c3d4e5f60718"
  ingress {
    protocol        = "tcp"
    from_port       = 5432
    to_port         = 5432
    security_groups = [aws_security_group.proxy.id]
  }
}
resource "aws_security_group" "app" {
  name   = "orders-app"
  vpc_id = "vpc-0b1b2c3d4e5f60718"
}
resource "aws_vpc_security_group_egress_rule" "app" {
  security_group_id            = aws_security_group.app.id
  referenced_security_group_id = aws_security_group.proxy.id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}
resource "aws_db_parameter_group" "db" {
  name   = "orders-db"
  family = "postgres16"
  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }
}
resource "aws_db_instance" "db" {
  identifier                  = "orders-db"
  engine                      = "postgres"
  engine_version              = "16.4"
  instance_class              = "db.r6g.large"
  allocated_storage           = 20
  username                    = "dbowner"
  manage_master_user_password = true
  port                        = 5432
  iam_database_authentication_enabled = true
  parameter_group_name        = aws_db_parameter_group.db.name
  vpc_security_group_ids      = [aws_security_group.db.id]
}
resource "aws_kms_key" "secrets" {
  description = "secrets"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "Admin", Effect = "Allow", Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:root" }, Action = "kms:*", Resource = "*" }] })
}
resource "aws_secretsmanager_secret" "rw" {
  name       = "orders/rw"
  kms_key_id = aws_kms_key.secrets.arn
}
ephemeral "aws_secretsmanager_random_password" "rw" {
  password_length = 40
}
resource "aws_secretsmanager_secret_version" "rw" {
  secret_id = aws_secretsmanager_secret.rw.id
  secret_string_wo = jsonencode({ username = "orders_rw", password = ephemeral.aws_secretsmanager_random_password.rw.random_password })
  secret_string_wo_version = 1
}
resource "aws_secretsmanager_secret_policy" "rw" {
  secret_arn          = aws_secretsmanager_secret.rw.arn
  block_public_policy = true
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { AWS = aws_iam_role.proxy.arn }, Action = "secretsmanager:GetSecretValue", Resource = "*" }] })
}
resource "aws_iam_role" "proxy" {
  name = "orders-proxy"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "rds.amazonaws.com" }, Action = "sts:AssumeRole" }] })
}
resource "aws_iam_role_policy" "proxy" {
  name = "read"
  role = aws_iam_role.proxy.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = "secretsmanager:GetSecretValue", Resource = aws_secretsmanager_secret.rw.arn },
    { Effect = "Allow", Action = "kms:Decrypt", Resource = aws_kms_key.secrets.arn, Condition = { StringEquals = { "kms:ViaService" = "secretsmanager.${data.aws_region.current.id}.${data.aws_partition.current.dns_suffix}" } } } ] })
}
resource "aws_db_proxy" "this" {
  name                   = "orders"
  engine_family          = "POSTGRESQL"
  role_arn               = aws_iam_role.proxy.arn
  vpc_subnet_ids         = ["subnet-0b10000000000001a", "subnet-0b10000000000001b"]
  vpc_security_group_ids = [aws_security_group.proxy.id]
  require_tls            = true
  debug_logging          = false
  auth {
    auth_scheme = "SECRETS"
    iam_auth    = "REQUIRED"
    secret_arn  = aws_secretsmanager_secret.rw.arn
  }
}
resource "aws_db_proxy_default_target_group" "this" {
  db_proxy_name = aws_db_proxy.this.name
  connection_pool_config { max_connections_percent = 60 }
}
resource "aws_db_proxy_target" "this" {
  db_proxy_name          = aws_db_proxy.this.name
  target_group_name      = aws_db_proxy_default_target_group.this.name
  db_instance_identifier = aws_db_instance.db.identifier
}
resource "aws_iam_role" "app" {
  name = "orders-app"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }] })
}
resource "aws_iam_role_policy" "app" {
  name = "connect"
  role = aws_iam_role.app.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "rds-db:connect", Resource = "arn:${data.aws_partition.current.partition}:rds-db:${data.aws_region.current.id}:${data.aws_caller_identity.current.account_id}:dbuser:${local.proxy_id}/orders_rw" }] })
}
resource "aws_lambda_function" "app" {
  function_name = "orders-app"
  role          = aws_iam_role.app.arn
  runtime       = "python3.13"
  handler       = "app.handler"
  filename      = "app.zip"
  environment { variables = { PROXY = aws_db_proxy.this.endpoint } }
  vpc_config {
    subnet_ids         = ["subnet-0b10000000000001a", "subnet-0b10000000000001b"]
    security_group_ids = [aws_security_group.app.id]
  }
}
