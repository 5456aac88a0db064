resource "aws_db_proxy" "orders" {
  name          = "orders"
  engine_family = "POSTGRESQL"

  auth {
    auth_scheme = "SECRETS"
    iam_auth    = "REQUIRED"
    secret_arn  = aws_secretsmanager_secret.orders.arn
    username    = "orders_rw" # bad
  }
}
