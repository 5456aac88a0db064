# Rule 5, the other half: who may connect, as which user, on this proxy only.

locals {
  # One policy for each role: two functions may share one.
  connect_users = {
    for role in distinct([for consumer in values(var.consumers) : consumer.role_name]) :
    role => sort(distinct(flatten([for consumer in values(var.consumers) : consumer.users if consumer.role_name == role])))
  }
}

data "aws_lambda_function" "consumer" {
  for_each = var.consumers

  function_name = each.key
}

resource "aws_iam_role_policy" "connect" {
  for_each = local.connect_users

  name = "orders-proxy-connect"
  role = each.key

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "ConnectThroughTheProxy"
      Effect   = "Allow"
      Action   = "rds-db:connect"
      Resource = [for user in each.value : "arn:${data.aws_partition.current.partition}:rds-db:${data.aws_region.current.id}:${data.aws_caller_identity.current.account_id}:dbuser:${local.proxy_id}/${user}"]
    }]
  })

  lifecycle {
    precondition {
      condition     = alltrue([for user in each.value : contains(keys(var.users), user)])
      error_message = "A consumer is to connect as a user that the proxy does not serve."
    }

    precondition {
      condition     = alltrue([for function in data.aws_lambda_function.consumer : try(function.vpc_config[0].vpc_id, "") == var.vpc_id])
      error_message = "A consumer runs outside the VPC: it cannot reach the proxy."
    }
  }
}
