# The values of rdsproxy.toml. Change them there and run rdsproxy-gen again, so that both stay the same.
region     = "eu-central-1"
account_id = "123456789012"
name       = "wiki-proxy"
vpc_id     = "vpc-0c1b2c3d4e5f60718"
subnet_ids = ["subnet-0c10000000000001a", "subnet-0c10000000000001b"]

database_identifier         = "wiki-db"
database_port               = 3306
database_security_group_ids = ["sg-0db0000000000003a"]

users = {
  "wiki" = {
    database           = "wiki"
    generate_password  = false
    secret_arn         = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:wiki/database-AbCdEf"
    secret_kms_key_arn = "arn:aws:kms:eu-central-1:123456789012:key/1c1d2e3f-4a5b-4c6d-8e7f-001122334455"
  }
}

consumers = {
  "wiki-render" = {
    role_name          = "wiki-render-role"
    security_group_ids = ["sg-0fa0000000000003a"]
    users              = ["wiki"]
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
