resource "aws_db_proxy" "orders" {
  name          = "orders"
  engine_family = "MYSQL" # bad
  engine_family = "POSTGRESQL" # good
}

resource "aws_db_proxy_target" "orders" {
  db_proxy_name          = aws_db_proxy.orders.name
  target_group_name      = "default"
  db_instance_identifier = aws_db_instance.orders.identifier
}

resource "aws_db_instance" "orders" {
  identifier     = "orders"
  engine         = "postgres"
  engine_version = "16.4"
}
