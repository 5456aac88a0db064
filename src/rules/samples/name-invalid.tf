resource "aws_db_proxy" "orders" {
  name = "orders--proxy" # bad
  name = "orders-proxy" # good
}
