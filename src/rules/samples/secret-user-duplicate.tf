resource "aws_secretsmanager_secret" "one" {
  name = "orders-one"
}

resource "aws_secretsmanager_secret_version" "one" {
  secret_id                = aws_secretsmanager_secret.one.id
  secret_string_wo         = jsonencode({ username = "orders_rw", password = var.password })
  secret_string_wo_version = 1
}

resource "aws_secretsmanager_secret" "two" {
  name = "orders-two"
}

resource "aws_secretsmanager_secret_version" "two" {
  secret_id                = aws_secretsmanager_secret.two.id
  secret_string_wo         = jsonencode({ username = "orders_rw", password = var.password }) # bad
  secret_string_wo         = jsonencode({ username = "orders_ro", password = var.password }) # good
  secret_string_wo_version = 1
}

resource "aws_db_proxy" "orders" {
  name = "orders"

  auth {
    secret_arn = aws_secretsmanager_secret.one.arn
  }

  auth {
    secret_arn = aws_secretsmanager_secret.two.arn
  }
}
