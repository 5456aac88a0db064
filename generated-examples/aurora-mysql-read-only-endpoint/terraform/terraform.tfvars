# The values of rdsproxy.toml. Change them there and run rdsproxy-gen again, so that both stay the same.
region     = "us-west-2"
account_id = "123456789012"
name       = "billing-proxy"
vpc_id     = "vpc-0e1b2c3d4e5f60718"
subnet_ids = ["subnet-0e10000000000001a", "subnet-0e10000000000001b", "subnet-0e10000000000001c"]

database_identifier         = "billing"
database_port               = 3306
database_security_group_ids = ["sg-0db0000000000005a"]

users = {
  "billing_ro" = {
    database           = "billing"
    generate_password  = true
    secret_arn         = null
    secret_kms_key_arn = null
  }
  "billing_rw" = {
    database           = "billing"
    generate_password  = true
    secret_arn         = null
    secret_kms_key_arn = null
  }
}

consumers = {
  "billing-invoice" = {
    role_name          = "billing-role"
    security_group_ids = ["sg-0fa0000000000005a"]
    users              = ["billing_rw"]
  }
  "billing-report" = {
    role_name          = "billing-role"
    security_group_ids = ["sg-0fa0000000000005a"]
    users              = ["billing_ro"]
  }
}

pool = {
  max_connections_percent      = 80
  max_idle_connections_percent = 40
  borrow_timeout               = 30
  idle_client_timeout          = 1800
}

log_retention_days = 365
topic_arn          = "arn:aws:sns:us-west-2:123456789012:database-alarms"

tags = {
}
