variable "debug" {
  type    = bool
  default = true
}

variable "require_tls" {
  type    = bool
  default = true
}

variable "iam" {}

resource "aws_db_proxy" "orders" {
  name                   = "orders"
  engine_family          = "POSTGRESQL"
  role_arn               = aws_iam_role.proxy.arn
  vpc_subnet_ids         = ["subnet-0a", "subnet-0b"]
  vpc_security_group_ids = [aws_security_group.proxy.id]
  require_tls            = var.require_tls
  debug_logging          = var.debug

  auth {
    iam_auth   = var.iam
    secret_arn = aws_secretsmanager_secret.orders.arn
  }
}

resource "aws_db_proxy_default_target_group" "orders" {
  db_proxy_name = aws_db_proxy.orders.name
}

resource "aws_db_proxy_target" "orders" {
  db_proxy_name          = aws_db_proxy.orders.name
  target_group_name      = aws_db_proxy_default_target_group.orders.name
  db_instance_identifier = aws_db_instance.orders.identifier
}

resource "aws_db_instance" "orders" {
  identifier             = "orders-db"
  engine                 = "postgres"
  engine_version         = "16.4"
  port                   = 5432
  parameter_group_name   = aws_db_parameter_group.orders.name
  vpc_security_group_ids = [aws_security_group.database.id]
}

resource "aws_db_parameter_group" "orders" {
  name   = "orders"
  family = "postgres16"

  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }
}

resource "aws_secretsmanager_secret" "orders" {
  name = "orders/app"
}

resource "aws_security_group" "proxy" {
  name   = "orders-proxy"
  vpc_id = "vpc-0123"

  ingress {
    from_port       = 5432
    to_port         = 5432
    protocol        = "tcp"
    security_groups = [aws_security_group.app.id]
  }

  egress {
    from_port       = 5432
    to_port         = 5432
    protocol        = "tcp"
    security_groups = [aws_security_group.database.id]
  }
}

resource "aws_security_group" "database" {
  name   = "orders-database"
  vpc_id = "vpc-0123"
}

resource "aws_security_group" "app" {
  name   = "orders-app"
  vpc_id = "vpc-0123"
}

resource "aws_lambda_function" "checkout" {
  function_name = "checkout"
  role          = aws_iam_role.checkout.arn

  vpc_config {
    subnet_ids         = ["subnet-0a", "subnet-0b"]
    security_group_ids = [aws_security_group.app.id]
  }
}

resource "aws_iam_role" "checkout" {
  name = "checkout"
}

resource "aws_iam_role_policy" "connect" {
  role = aws_iam_role.checkout.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "rds-db:connect"
      Resource = "arn:aws:rds-db:eu-west-1:123456789012:dbuser:*/*"
    }]
  })
}

resource "aws_iam_role" "proxy" {
  name = "orders-proxy"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "rds.amazonaws.com" }
    }]
  })
}
