resource "aws_db_proxy" "orders" {
  name                   = "orders"
  engine_family          = "POSTGRESQL"
  vpc_security_group_ids = [aws_security_group.proxy.id]
}

resource "aws_security_group" "proxy" {
  name = "orders-proxy"

  ingress {
    protocol    = "tcp" # bad
    from_port   = 5432 # bad
    to_port     = 5432 # bad
    cidr_blocks = ["10.0.0.0/16"] # bad
    protocol        = "tcp" # good
    from_port       = 5432 # good
    to_port         = 5432 # good
    security_groups = [aws_security_group.checkout.id] # good
  }
}
# good
resource "aws_security_group" "checkout" { # good
  name = "checkout" # good
} # good
