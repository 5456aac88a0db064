# The values of rdsproxy.toml. Change them there and run rdsproxy-gen again, so that both stay the same.
region     = "us-gov-west-1"
account_id = "123456789012"
name       = "permits-proxy"
vpc_id     = "vpc-0a2b2c3d4e5f60718"
subnet_ids = ["subnet-0a20000000000001a", "subnet-0a20000000000001b"]

database_identifier         = "permits-db"
database_resource_id        = "db-ABCDEFGHIJKLMNOPQRSTUVWXYZ"
database_port               = 3306
database_security_group_ids = ["sg-0db0000000000007a"]

users = {
  "permits" = {
    database = "permits"
  }
}

consumers = {
  "permits-api" = {
    role_name          = "permits-api-role"
    security_group_ids = ["sg-0fa0000000000007a"]
    users              = ["permits"]
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
}
