resource "aws_db_proxy" "orders" {
  name = "orders"

  auth {
    secret_arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders-rw-AbCdEf"
  }

  auth {
    secret_arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:orders-ro-GhIjKl" # bad
    secret_arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders-ro-GhIjKl" # good
  }
}
