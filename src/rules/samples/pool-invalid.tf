resource "aws_db_proxy" "orders" {
  name                = "orders"
  idle_client_timeout = 86400 # bad
  idle_client_timeout = 1800 # good
}
