resource "aws_db_proxy_endpoint" "readers" {
  db_proxy_name          = aws_db_proxy.orders.name
  db_proxy_endpoint_name = "orders-ro"
  target_role            = "READ_ONLY"
  vpc_subnet_ids         = ["subnet-0a", "subnet-0b"]
  vpc_security_group_ids = [aws_security_group.proxy.id] # good
}

resource "aws_db_proxy" "orders" {
  name                   = "orders"
  vpc_security_group_ids = [aws_security_group.proxy.id]
}

resource "aws_security_group" "proxy" {
  name = "orders-proxy"
}
