resource "aws_db_proxy" "orders" {
  name = "orders"

  dynamic "auth" {
    for_each = range(201) # bad
    for_each = range(20) # good

    content {
      auth_scheme = "SECRETS"
      iam_auth    = "REQUIRED"
      secret_arn  = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:user-${auth.value}"
    }
  }
}
