resource "aws_vpc" "main" {
  cidr_block       = "10.0.0.0/16"
  instance_tenancy = "dedicated" # bad
  instance_tenancy = "default" # good
}

resource "aws_subnet" "a" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.0.0/24"
}

resource "aws_db_proxy" "orders" {
  name           = "orders"
  vpc_subnet_ids = [aws_subnet.a.id]
}
