resource "aws_db_proxy" "orders" {
  name     = "orders"
  role_arn = aws_iam_role.proxy.arn

  auth {
    auth_scheme = "SECRETS"
    iam_auth    = "REQUIRED"
    secret_arn  = aws_secretsmanager_secret.orders.arn
  }
}

resource "aws_secretsmanager_secret" "orders" {
  name = "orders-app"
}

resource "aws_iam_role" "proxy" {
  name               = "orders-proxy"
  assume_role_policy = "{}"
}

resource "aws_iam_role_policy" "proxy" {
  role = aws_iam_role.proxy.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "secretsmanager:GetSecretValue"
      Resource = "*" # bad
      Resource = aws_secretsmanager_secret.orders.arn # good
    }]
  })
}
