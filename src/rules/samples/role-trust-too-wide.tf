resource "aws_db_proxy" "orders" {
  name     = "orders"
  role_arn = aws_iam_role.proxy.arn
}

resource "aws_iam_role" "proxy" {
  name = "orders-proxy"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = ["rds.amazonaws.com", "lambda.amazonaws.com"] } # bad
      Principal = { Service = "rds.amazonaws.com" } # good
      Action    = "sts:AssumeRole"
    }]
  })
}
