resource "aws_db_proxy" "orders" {
  name           = "orders"
  vpc_subnet_ids = [aws_subnet.a.id, aws_subnet.b.id]
}

resource "aws_subnet" "a" {
  vpc_id            = "vpc-0a"
  cidr_block        = "10.0.0.0/24"
  availability_zone = "ap-east-2a" # bad
  availability_zone = "ap-northeast-1a" # good
}

resource "aws_subnet" "b" {
  vpc_id            = "vpc-0a"
  cidr_block        = "10.0.1.0/24"
  availability_zone = "ap-east-2b" # bad
  availability_zone = "ap-northeast-1c" # good
}
