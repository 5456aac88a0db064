resource "aws_db_proxy" "orders" {
  name                   = "orders"
  vpc_security_group_ids = [aws_security_group.proxy.id]
}

resource "aws_db_proxy_target" "orders" {
  db_proxy_name          = aws_db_proxy.orders.name
  target_group_name      = "default"
  db_instance_identifier = aws_db_instance.orders.identifier
}

resource "aws_db_instance" "orders" {
  identifier             = "orders"
  engine                 = "postgres"
  port                   = 5432
  vpc_security_group_ids = [aws_security_group.database.id]
}

resource "aws_security_group" "proxy" {
  name = "orders-proxy"
}

resource "aws_security_group" "checkout" { # bad
  name = "checkout" # bad
} # bad
# bad
resource "aws_security_group" "database" {
  name = "orders-database"

  ingress {
    protocol        = "tcp"
    from_port       = 5432
    to_port         = 5432
    security_groups = [aws_security_group.checkout.id] # bad
    security_groups = [aws_security_group.proxy.id] # good
  }
}
