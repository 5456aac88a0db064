# The values of rdsproxy.toml. Change them there and run rdsproxy-gen again, so that both stay the same.
region     = "us-east-1"
account_id = "123456789012"
name       = "shop-proxy"
vpc_id     = "vpc-0b1b2c3d4e5f60718"
subnet_ids = ["subnet-0b10000000000001a", "subnet-0b10000000000001b"]

database_identifier         = "shop-db"
database_port               = 3307
database_security_group_ids = ["sg-0db0000000000002a", "sg-0db0000000000002b"]

users = {
  "shop_ro" = {
    database           = "shop"
    generate_password  = true
    secret_arn         = null
    secret_kms_key_arn = null
  }
  "shop_rw" = {
    database           = "shop"
    generate_password  = true
    secret_arn         = null
    secret_kms_key_arn = null
  }
}

consumers = {
  "shop-api" = {
    role_name          = "shop-api-role"
    security_group_ids = ["sg-0fa0000000000002a"]
    users              = ["shop_ro", "shop_rw"]
  }
  "shop-report" = {
    role_name          = "shop-report-role"
    security_group_ids = ["sg-0fa0000000000002b"]
    users              = ["shop_ro"]
  }
}

kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/0c1d2e3f-4a5b-4c6d-8e7f-001122334455"

pool = {
  max_connections_percent      = 60
  max_idle_connections_percent = 20
  borrow_timeout               = 30
  idle_client_timeout          = 1800
}

log_retention_days = 365

tags = {
  "cost centre" = "42/7 @ retail"
  "team"        = "shop"
}
