resource "aws_db_proxy" "orders" {
  name          = "orders"
  debug_logging = true # bad
  debug_logging = false # good
}
