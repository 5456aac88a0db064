resource "aws_db_proxy" "orders" {
  name          = "orders"
  engine_family = "POSTGRESQL"
}

resource "aws_db_proxy_target" "orders" {
  db_proxy_name         = aws_db_proxy.orders.name
  target_group_name     = "default"
  db_instance_identifier = aws_db_instance.replica.identifier # bad
  db_instance_identifier = aws_db_instance.orders.identifier # good
}

resource "aws_db_instance" "replica" { # bad
  identifier          = "orders-replica" # bad
  engine              = "postgres" # bad
  replicate_source_db = "orders" # bad
resource "aws_db_instance" "orders" { # good
  identifier = "orders" # good
  engine     = "postgres" # good
}
