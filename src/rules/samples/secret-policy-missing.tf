resource "aws_secretsmanager_secret" "orders" {
  name = "orders-app"
}

resource "aws_secretsmanager_secret_policy" "orders" { # good
  secret_arn          = aws_secretsmanager_secret.orders.arn # good
  block_public_policy = true # good
# good
  policy = jsonencode({ # good
    Version = "2012-10-17" # good
    Statement = [{ # good
      Sid       = "ProxyRoleReads" # good
      Effect    = "Allow" # good
      Principal = { AWS = "arn:aws:iam::123456789012:role/orders-proxy" } # good
      Action    = "secretsmanager:GetSecretValue" # good
      Resource  = "*" # good
    }] # good
  }) # good
} # good
# good
resource "aws_db_proxy" "orders" {
  name     = "orders"
  role_arn = aws_iam_role.proxy.arn # bad
  role_arn = "arn:aws:iam::123456789012:role/orders-proxy" # good

  auth {
    auth_scheme = "SECRETS"
    iam_auth    = "REQUIRED"
    secret_arn  = aws_secretsmanager_secret.orders.arn
  }
}
