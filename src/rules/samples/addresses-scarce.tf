# A /28 has 11 usable addresses: one endpoint more than the built-in one is too much. # bad
resource "aws_subnet" "a" {
  vpc_id            = "vpc-0a"
  cidr_block        = "10.0.0.0/28" # bad
  cidr_block        = "10.0.0.0/24" # good
  availability_zone = "eu-west-1a"
}

resource "aws_db_proxy" "orders" {
  name           = "orders"
  vpc_subnet_ids = [aws_subnet.a.id, "subnet-0b"]
}
