# What shows that the proxy has become weaker. A metric without data is no proof of TLS, and no alarm either.
# Source: RDS User Guide, "Monitoring RDS Proxy metrics with Amazon CloudWatch".

locals {
  alarms = {
    "clients-without-tls" = {
      metric      = "ClientConnectionsNoTLS"
      description = "A client is connected to the proxy in clear text. RequireTLS has been switched off."
      threshold   = 0
      period      = 60
      periods     = 1
    }
    "queries-without-tls" = {
      metric      = "QueryRequestsNoTLS"
      description = "A query reached the proxy in clear text. RequireTLS has been switched off."
      threshold   = 0
      period      = 60
      periods     = 1
    }
    "client-logins-failing" = {
      metric      = "ClientConnectionsSetupFailedAuth"
      description = "Clients fail to log in to the proxy: wrong user, expired token, or no TLS."
      threshold   = 10
      period      = 300
      periods     = 1
    }
    "database-logins-failing" = {
      metric      = "DatabaseConnectionsSetupFailed"
      description = "The proxy fails to log in to the database. Compare the secret with the database user."
      threshold   = 5
      period      = 300
      periods     = 1
    }
    "sessions-pinned" = {
      metric      = "DatabaseConnectionsCurrentlySessionPinned"
      description = "Sessions stay pinned to database connections, which the proxy then cannot share."
      threshold   = 20
      period      = 300
      periods     = 3
    }
  }
  alarm_actions = []
}

resource "aws_cloudwatch_metric_alarm" "proxy" {
  for_each = local.alarms

  alarm_name          = "${local.names.alarms}-${each.key}"
  alarm_description   = each.value.description
  namespace           = "AWS/RDS"
  metric_name         = each.value.metric
  dimensions          = { ProxyName = aws_db_proxy.this.name }
  statistic           = "Sum"
  period              = each.value.period
  evaluation_periods  = each.value.periods
  threshold           = each.value.threshold
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.alarm_actions
  tags                = var.tags
}

# There is no metric for connections without TLS to the database: it is the difference of two.
resource "aws_cloudwatch_metric_alarm" "database_without_tls" {
  alarm_name          = "${local.names.alarms}-database-connections-without-tls"
  alarm_description   = "The proxy reaches the database in clear text. Check the parameter group of the database."
  evaluation_periods  = 1
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.alarm_actions
  tags                = var.tags

  metric_query {
    id = "clear"
    # A metric has no data point until something happens: without FILL, clear text alone would show nothing.
    expression  = "FILL(all, 0) - FILL(encrypted, 0)"
    label       = "Connections without TLS"
    return_data = true
  }

  metric_query {
    id = "all"

    metric {
      namespace   = "AWS/RDS"
      metric_name = "DatabaseConnections"
      dimensions  = { ProxyName = aws_db_proxy.this.name }
      stat        = "Sum"
      period      = 60
    }
  }

  metric_query {
    id = "encrypted"

    metric {
      namespace   = "AWS/RDS"
      metric_name = "DatabaseConnectionsWithTLS"
      dimensions  = { ProxyName = aws_db_proxy.this.name }
      stat        = "Sum"
      period      = 60
    }
  }
}

# Matched by name only: AWS does not document what these events carry for a proxy. Whoever is notified compares the proxy
# with its code: `terraform plan`.
resource "aws_cloudwatch_event_rule" "weakening_call" {
  name        = "${local.names.alarms}-weakening-call"
  description = "A call that may weaken an RDS Proxy, its secrets or the TLS of its database"
  tags        = var.tags

  event_pattern = jsonencode({
    source      = ["aws.rds", "aws.secretsmanager"]
    detail-type = ["AWS API Call via CloudTrail"]
    detail = {
      eventSource = ["rds.amazonaws.com", "secretsmanager.amazonaws.com"]
      eventName = [
        "CreateDBProxy",
        "ModifyDBProxy",
        "DeleteDBProxy",
        "CreateDBProxyEndpoint",
        "ModifyDBProxyEndpoint",
        "DeleteDBProxyEndpoint",
        "ModifyDBProxyTargetGroup",
        "RegisterDBProxyTargets",
        "DeregisterDBProxyTargets",
        "ModifyDBParameterGroup",
        "ModifyDBClusterParameterGroup",
        "ResetDBParameterGroup",
        "ResetDBClusterParameterGroup",
        "PutResourcePolicy",
        "DeleteResourcePolicy",
        "PutSecretValue",
        "UpdateSecret",
      ]
    }
  })
}

# RDS-EVENT-0243: too few free addresses in the subnets.
# Source: RDS User Guide, "Working with RDS Proxy events".
resource "aws_cloudwatch_event_rule" "few_addresses" {
  name        = "${local.names.alarms}-few-addresses"
  description = "An RDS Proxy has too few free addresses in its subnets"
  tags        = var.tags

  event_pattern = jsonencode({
    source      = ["aws.rds"]
    detail-type = ["RDS DB Proxy Event"]
    detail      = { EventID = ["RDS-EVENT-0243"] }
  })
}

# Nobody is notified: the state of an alarm shows that a rule fired.
resource "aws_cloudwatch_metric_alarm" "rule_fired" {
  for_each = {
    weakening-call = aws_cloudwatch_event_rule.weakening_call.name
    few-addresses  = aws_cloudwatch_event_rule.few_addresses.name
  }

  alarm_name          = "${local.names.alarms}-${each.key}"
  alarm_description   = "The rule ${each.value} fired."
  namespace           = "AWS/Events"
  metric_name         = "TriggeredRules"
  dimensions          = { RuleName = each.value }
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  tags                = var.tags
}
