ephemeral "aws_secretsmanager_random_password" "orders" { # good
  password_length     = 40 # good
  exclude_punctuation = true # good
} # good
# good
resource "aws_secretsmanager_secret" "orders" {
  name = "orders-app"
}

resource "aws_secretsmanager_secret_version" "orders" {
  secret_id     = aws_secretsmanager_secret.orders.id # bad
  secret_string = jsonencode({ username = "orders_rw", password = "correct-horse" }) # bad
  secret_id                = aws_secretsmanager_secret.orders.id # good
  secret_string_wo_version = 1 # good
# good
  secret_string_wo = jsonencode({ # good
    username = "orders_rw" # good
    password = ephemeral.aws_secretsmanager_random_password.orders.random_password # good
  }) # good
}

resource "aws_db_proxy" "orders" {
  name = "orders"

  auth {
    auth_scheme = "SECRETS"
    iam_auth    = "REQUIRED"
    secret_arn  = aws_secretsmanager_secret.orders.arn
  }
}
