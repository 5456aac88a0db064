resource "aws_db_proxy" "this" {
  require_tls = false
  auth {
    secret_arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders-AbCdEf"
  }
}

locals {
  chosen = "no"
}
