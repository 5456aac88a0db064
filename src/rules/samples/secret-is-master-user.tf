resource "aws_db_instance" "orders" { # bad
  identifier                  = "orders" # bad
  username                    = "admin" # bad
  manage_master_user_password = true # bad
resource "aws_secretsmanager_secret" "orders" { # good
  name = "orders-app" # good
}

resource "aws_db_proxy" "orders" {
  name = "orders"

  auth {
    auth_scheme = "SECRETS"
    iam_auth    = "REQUIRED"
    secret_arn  = aws_db_instance.orders.master_user_secret[0].secret_arn # bad
    secret_arn  = aws_secretsmanager_secret.orders.arn # good
  }
}
