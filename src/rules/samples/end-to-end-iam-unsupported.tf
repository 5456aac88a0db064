resource "aws_db_proxy" "orders" {
  name                = "orders" # bad
  engine_family       = "SQLSERVER" # bad
  default_auth_scheme = "IAM_AUTH" # bad
  name          = "orders" # good
  engine_family = "SQLSERVER" # good
# good
  auth { # good
    auth_scheme = "SECRETS" # good
    iam_auth    = "REQUIRED" # good
    secret_arn  = aws_secretsmanager_secret.orders.arn # good
  } # good
}
