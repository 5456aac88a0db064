resource "aws_db_proxy" "orders" {
  name          = "orders"
  engine_family = "SQLSERVER"
}

resource "aws_db_proxy_endpoint" "readers" { # bad
resource "aws_db_proxy_endpoint" "second" { # good
  db_proxy_name          = aws_db_proxy.orders.name
  db_proxy_endpoint_name = "orders-ro" # bad
  target_role            = "READ_ONLY" # bad
  db_proxy_endpoint_name = "orders-2" # good
  target_role            = "READ_WRITE" # good
}
