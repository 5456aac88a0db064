resource "aws_db_proxy" "orders" {
  name = "orders"
}

resource "aws_db_proxy_target" "orders" {
  db_proxy_name          = aws_db_proxy.orders.name
  target_group_name      = "default"
  db_instance_identifier = "db-ABCDEFGHIJKLMNOPQRSTUVWXYZ" # bad
  db_instance_identifier = "orders" # good
}
