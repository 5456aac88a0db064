# The values of rdsproxy.toml. Change them there and run rdsproxy-gen again, so that both stay the same.
region     = "eu-north-1"
account_id = "123456789012"
name       = "events-proxy"
vpc_id     = "vpc-0f1b2c3d4e5f60718"
subnet_ids = ["subnet-0f10000000000001a", "subnet-0f10000000000001b"]

database_identifier         = "events"
database_resource_id        = "cluster-ABCDEFGHIJKLMNOPQRSTUVWXYZ"
database_port               = 5432
database_security_group_ids = ["sg-0db0000000000006a"]

users = {
  "events_ro" = {
    database = "events"
  }
  "events_rw" = {
    database = "events"
  }
}

consumers = {
  "events-ingest" = {
    role_name          = "events-ingest-role"
    security_group_ids = ["sg-0fa0000000000006a"]
    users              = ["events_rw"]
  }
  "events-query" = {
    role_name          = "events-query-role"
    security_group_ids = ["sg-0fa0000000000006b"]
    users              = ["events_ro"]
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
