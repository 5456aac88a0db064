resource "aws_secretsmanager_secret" "orders" {
  name = "orders-app"
}

resource "aws_secretsmanager_secret_policy" "orders" {
  secret_arn = aws_secretsmanager_secret.orders.arn # bad
  secret_arn          = aws_secretsmanager_secret.orders.arn # good
  block_public_policy = true # good

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "rds.amazonaws.com" }
      Action    = "secretsmanager:GetSecretValue"
      Resource  = "*"
      Condition = { StringEquals = { "aws:SourceAccount" = "123456789012" } } # good
    }]
  })
}

resource "aws_db_proxy" "orders" {
  name = "orders"

  auth {
    auth_scheme = "SECRETS"
    iam_auth    = "REQUIRED"
    secret_arn  = aws_secretsmanager_secret.orders.arn
  }
}
