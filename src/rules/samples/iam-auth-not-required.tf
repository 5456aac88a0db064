resource "aws_db_proxy" "orders" {
  name = "orders"

  auth {
    auth_scheme = "SECRETS"
    iam_auth    = "DISABLED" # bad
    iam_auth    = "REQUIRED" # good
    secret_arn  = aws_secretsmanager_secret.orders.arn
  }
}
