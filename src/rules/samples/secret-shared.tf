resource "aws_secretsmanager_secret" "app" { # bad
  name = "app" # bad
resource "aws_secretsmanager_secret" "orders" { # good
  name = "orders-app" # good
} # good
# good
resource "aws_secretsmanager_secret" "billing" { # good
  name = "billing-app" # good
}

resource "aws_db_proxy" "orders" {
  name = "orders"

  auth {
    auth_scheme = "SECRETS"
    iam_auth    = "REQUIRED"
    secret_arn  = aws_secretsmanager_secret.app.arn # bad
    secret_arn  = aws_secretsmanager_secret.orders.arn # good
  }
}

resource "aws_db_proxy" "billing" {
  name = "billing"

  auth {
    auth_scheme = "SECRETS"
    iam_auth    = "REQUIRED"
    secret_arn  = aws_secretsmanager_secret.app.arn # bad
    secret_arn  = aws_secretsmanager_secret.billing.arn # good
  }
}
