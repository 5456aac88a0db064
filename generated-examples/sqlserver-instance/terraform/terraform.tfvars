# The values of rdsproxy.toml. Change them there and run rdsproxy-gen again, so that both stay the same.
region     = "eu-west-1"
account_id = "123456789012"
name       = "ledger-proxy"
vpc_id     = "vpc-0d1b2c3d4e5f60718"
subnet_ids = ["subnet-0d10000000000001a", "subnet-0d10000000000001b"]

database_identifier         = "ledger-db"
database_port               = 1433
database_security_group_ids = ["sg-0db0000000000004a"]

users = {
  "Ledger_App" = {
    database           = "ledger"
    generate_password  = true
    secret_arn         = null
    secret_kms_key_arn = null
  }
}

consumers = {
  "ledger-post" = {
    role_name          = "ledger-post-role"
    security_group_ids = ["sg-0fa0000000000004a"]
    users              = ["Ledger_App"]
  }
}

pool = {
  max_connections_percent      = 10
  max_idle_connections_percent = 5
  borrow_timeout               = 30
  idle_client_timeout          = 1800
}

log_retention_days = 731
topic_arn          = "arn:aws:sns:eu-west-1:123456789012:database-alarms"

tags = {
}
