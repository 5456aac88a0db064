resource "aws_db_proxy" "orders" {
  name           = "orders"
  engine_family  = "POSTGRESQL"
  role_arn       = aws_iam_role.proxy.arn
  vpc_subnet_ids = ["subnet-a", "subnet-b"]
  require_tls    = var.require_tls

  auth {
    auth_scheme = "SECRETS"
    iam_auth    = "DISABLED"
    secret_arn  = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders-AbCdEf"
  }
}

variable "require_tls" {
  default = false
}
