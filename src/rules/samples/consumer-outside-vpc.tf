resource "aws_db_proxy" "orders" {
  name = "orders"
}

resource "aws_iam_role" "checkout" {
  name               = "checkout"
  assume_role_policy = "{}"
}

resource "aws_iam_role_policy" "checkout" {
  role = aws_iam_role.checkout.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "rds-db:connect"
      Resource = "arn:aws:rds-db:eu-west-1:123456789012:dbuser:${element(split(":", aws_db_proxy.orders.arn), 6)}/orders_rw"
    }]
  })
}

resource "aws_lambda_function" "checkout" {
  function_name = "checkout"
  role          = aws_iam_role.checkout.arn
# good
  vpc_config { # good
    subnet_ids         = ["subnet-0a", "subnet-0b"] # good
    security_group_ids = ["sg-0c"] # good
  } # good
}
