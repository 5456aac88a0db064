# The values of rdsproxy.toml. Change them there and run rdsproxy-gen again, so that both stay the same.
region     = "eu-west-1"
account_id = "123456789012"
name       = "orders-proxy"
vpc_id     = "vpc-0a1b2c3d4e5f60718"
subnet_ids = ["subnet-0a10000000000001a", "subnet-0a10000000000001b", "subnet-0a10000000000001c"]

database_identifier         = "orders-db"
database_port               = 5432
database_security_group_ids = ["sg-0db0000000000001a"]

users = {
  "orders_rw" = {
    database           = "orders"
    generate_password  = true
    secret_arn         = null
    secret_kms_key_arn = null
  }
}

consumers = {
  "orders-api" = {
    role_name          = "orders-api-role"
    security_group_ids = ["sg-0fa0000000000001a"]
    users              = ["orders_rw"]
  }
}

pool = {
  max_connections_percent      = 80
  max_idle_connections_percent = 40
  borrow_timeout               = 30
  idle_client_timeout          = 1800
}

log_retention_days = 365

tags = {
  "team" = "orders"
}
