resource "aws_db_proxy" "orders" {
  name          = "orders"
  engine_family = "MYSQL"
}

resource "aws_db_proxy_target" "orders" {
  db_proxy_name         = aws_db_proxy.orders.name
  target_group_name     = "default"
  db_cluster_identifier = aws_rds_cluster.orders.cluster_identifier
}

resource "aws_rds_cluster" "orders" {
  cluster_identifier = "orders"
  engine             = "aurora-mysql"
  engine_mode        = "serverless" # bad
  engine_mode        = "provisioned" # good
}
