resource "aws_db_proxy" "orders" {
  name                   = "orders"
  engine_family          = "POSTGRESQL"
  vpc_security_group_ids = [aws_security_group.proxy.id]
}

resource "aws_security_group" "proxy" {
  name = "orders-proxy"

  egress {
    protocol    = "-1" # bad
    from_port   = 0 # bad
    to_port     = 0 # bad
    cidr_blocks = ["0.0.0.0/0"] # bad
    protocol        = "tcp" # good
    from_port       = 5432 # good
    to_port         = 5432 # good
    security_groups = [aws_security_group.database.id] # good
  }
}
# good
resource "aws_security_group" "database" { # good
  name = "orders-database" # good
} # good
