# The values of rdsproxy.toml. Change them there and run rdsproxy-gen again, so that both stay the same.
region     = "eu-west-1"
account_id = "123456789012"
name       = "clinic-proxy"
vpc_id     = "vpc-0b2b2c3d4e5f60718"
subnet_ids = ["subnet-0b20000000000001a", "subnet-0b20000000000001b"]

database_identifier         = "clinic-db"
database_port               = 6432
database_security_group_ids = ["sg-0db0000000000008a"]

users = {
  "booking" = {
    database           = "clinic"
    generate_password  = true
    secret_arn         = null
    secret_kms_key_arn = null
  }
  "records" = {
    database           = "clinic"
    generate_password  = true
    secret_arn         = null
    secret_kms_key_arn = null
  }
  "statistics" = {
    database           = "clinic"
    generate_password  = true
    secret_arn         = null
    secret_kms_key_arn = null
  }
}

consumers = {
  "clinic-booking" = {
    role_name          = "clinic-booking-role"
    security_group_ids = ["sg-0fa0000000000008a"]
    users              = ["booking"]
  }
  "clinic-records" = {
    role_name          = "clinic-records-role"
    security_group_ids = ["sg-0fa0000000000008a", "sg-0fa0000000000008b"]
    users              = ["records"]
  }
  "clinic-statistics" = {
    role_name          = "clinic-statistics-role"
    security_group_ids = ["sg-0fa0000000000008c"]
    users              = ["statistics"]
  }
}

secret_readers = ["arn:aws:iam::123456789012:role/break-glass", "arn:aws:iam::123456789012:role/deploy"]

pool = {
  max_connections_percent      = 80
  max_idle_connections_percent = 40
  borrow_timeout               = 30
  idle_client_timeout          = 1800
}

log_retention_days = 365

tags = {
  "data class" = "health"
  "team"       = "clinic"
}
