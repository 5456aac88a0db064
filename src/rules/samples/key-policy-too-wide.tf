data "aws_caller_identity" "current" {} # good
# good
resource "aws_kms_key" "secrets" {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "*" } # bad
      Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:root" } # good
      Action    = "kms:*"
      Resource  = "*"
    }]
  })
}

resource "aws_secretsmanager_secret" "orders" {
  name       = "orders-app"
  kms_key_id = aws_kms_key.secrets.arn
}

resource "aws_db_proxy" "orders" {
  name = "orders"

  auth {
    auth_scheme = "SECRETS"
    iam_auth    = "REQUIRED"
    secret_arn  = aws_secretsmanager_secret.orders.arn
  }
}
