resource "aws_vpc_encryption_control" "main" {
  vpc_id = "vpc-0a"
  mode   = "enforce" # bad
  mode   = "monitor" # good
}

resource "aws_db_proxy" "orders" {
  name           = "orders"
  vpc_subnet_ids = ["subnet-0a", "subnet-0b"]
}
