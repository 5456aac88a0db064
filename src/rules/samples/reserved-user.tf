resource "aws_secretsmanager_secret" "orders" {
  name = "orders-app"
}

resource "aws_secretsmanager_secret_version" "orders" {
  secret_id                = aws_secretsmanager_secret.orders.id
  secret_string_wo         = jsonencode({ username = "rdsproxyadmin", password = var.password }) # bad
  secret_string_wo         = jsonencode({ username = "orders_rw", password = var.password }) # good
  secret_string_wo_version = 1
}

resource "aws_db_proxy" "orders" {
  name = "orders"

  auth {
    secret_arn = aws_secretsmanager_secret.orders.arn
  }
}
