data "aws_partition" "current" {}

data "aws_region" "current" {}

data "aws_caller_identity" "current" {}

data "aws_vpc" "this" {
  id = var.vpc_id
}

data "aws_subnet" "this" {
  count = length(var.subnet_ids)

  id = sort(var.subnet_ids)[count.index]
}

data "aws_db_instance" "this" {
  db_instance_identifier = var.database_identifier
}

data "aws_db_subnet_group" "database" {
  name = data.aws_db_instance.this.db_subnet_group
}

locals {
  # The names of what is created, with the limits of their services.
  forms = {
    proxy   = { suffix = "-rds-proxy", longest = 64 }
    connect = { suffix = "-connect", longest = 128 }
    alarms  = { suffix = "", longest = 49 }
  }

  # What is left of a name that is too long; a digest tells it from others.
  stems = {
    for key, form in local.forms :
    key => "${trimsuffix(substr(var.name, 0, form.longest - length(form.suffix) - 7), "-")}-${substr(sha256(var.name), 0, 6)}"
  }

  names = {
    for key, form in local.forms :
    key => "${length(var.name) + length(form.suffix) <= form.longest ? var.name : local.stems[key]}${form.suffix}"
  }

  # The `prx-...` id, which grants name. It is neither the name of the proxy nor its ARN.
  # Source: RDS User Guide, "Connecting to a database through RDS Proxy".
  proxy_id = element(split(":", aws_db_proxy.this.arn), 6)

  # Source: RDS User Guide, "Quotas and limitations for RDS Proxy".
  unsupported_zones = ["use1-az3", "usw1-az2"]
}

# Created before the proxy, which would make it with a retention without end.
resource "aws_cloudwatch_log_group" "proxy" {
  # checkov:skip=CKV_AWS_158:With debug logging off the log holds no SQL; CloudWatch Logs encrypts it with a key of its own.
  # checkov:skip=CKV_AWS_338:The retention is chosen in rdsproxy.toml.
  name              = "/aws/rds/proxy/${var.name}"
  retention_in_days = var.log_retention_days
  tags              = var.tags
}

resource "aws_db_proxy" "this" {
  name                   = var.name
  engine_family          = "POSTGRESQL"
  role_arn               = aws_iam_role.proxy.arn
  vpc_subnet_ids         = var.subnet_ids
  vpc_security_group_ids = [aws_security_group.proxy.id]
  idle_client_timeout    = var.pool.idle_client_timeout
  tags                   = var.tags

  # Rule 2: clients in clear text are refused. Whether it covers the leg to the database too, AWS says in two ways:
  # rule 1 is kept by the database itself.
  require_tls = true

  # Rule 6.
  debug_logging = false

  # Rules 3 and 5: a secret of its own and IAM for every user.
  dynamic "auth" {
    for_each = local.secret_arns

    content {
      auth_scheme = "SECRETS"
      iam_auth    = "REQUIRED"
      secret_arn  = auth.value
    }
  }

  # What the role may do, the passwords and the log have to be there when the proxy first tries to log in.
  depends_on = [
    aws_cloudwatch_log_group.proxy,
    aws_iam_role_policy.proxy,
    aws_secretsmanager_secret_policy.user,
    aws_secretsmanager_secret_version.user,
  ]

  lifecycle {
    precondition {
      condition     = data.aws_vpc.this.instance_tenancy != "dedicated"
      error_message = "RDS Proxy does not work in a VPC with dedicated tenancy."
    }

    precondition {
      condition     = length(distinct([for subnet in data.aws_subnet.this : subnet.availability_zone_id])) >= 2
      error_message = "The subnets lie in one availability zone: a proxy needs two."
    }

    precondition {
      condition     = alltrue([for subnet in data.aws_subnet.this : !contains(local.unsupported_zones, subnet.availability_zone_id)])
      error_message = "A subnet lies in an availability zone without RDS Proxy (use1-az3, usw1-az2); it would show as a change in every plan."
    }

    precondition {
      condition     = alltrue([for subnet in data.aws_subnet.this : subnet.vpc_id == var.vpc_id])
      error_message = "A subnet lies outside the VPC."
    }
  }
}

resource "aws_db_proxy_default_target_group" "this" {
  db_proxy_name = aws_db_proxy.this.name

  connection_pool_config {
    max_connections_percent      = var.pool.max_connections_percent
    max_idle_connections_percent = var.pool.max_idle_connections_percent
    connection_borrow_timeout    = var.pool.borrow_timeout
  }

  # A proxy that is replaced keeps its name: without this, the new one would get neither pool nor target.
  lifecycle {
    replace_triggered_by = [aws_db_proxy.this.arn]
  }
}

resource "aws_db_proxy_target" "this" {
  db_proxy_name          = aws_db_proxy.this.name
  target_group_name      = aws_db_proxy_default_target_group.this.name
  db_instance_identifier = var.database_identifier

  lifecycle {
    replace_triggered_by = [aws_db_proxy.this.arn]

    precondition {
      condition     = data.aws_db_subnet_group.database.vpc_id == var.vpc_id
      error_message = "The database lies in another VPC than the proxy."
    }

    precondition {
      condition     = data.aws_db_instance.this.port == var.database_port
      error_message = "The database listens on another port than database_port: the security groups would not let the proxy through."
    }

    precondition {
      condition     = data.aws_db_instance.this.replicate_source_db == "" || data.aws_db_instance.this.replicate_source_db == null
      error_message = "The database is a read replica: a proxy takes a writer."
    }
  }
}
