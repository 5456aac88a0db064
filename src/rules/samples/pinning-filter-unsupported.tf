resource "aws_db_proxy" "orders" {
  name          = "orders"
  engine_family = "POSTGRESQL" # bad
  engine_family = "MYSQL" # good
}

resource "aws_db_proxy_default_target_group" "orders" {
  db_proxy_name = aws_db_proxy.orders.name

  connection_pool_config {
    session_pinning_filters = ["EXCLUDE_VARIABLE_SETS"]
  }
}
