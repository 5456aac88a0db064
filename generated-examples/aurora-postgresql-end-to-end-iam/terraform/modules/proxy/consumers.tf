# Rule 5, the other half: who may connect, as which user, on this proxy only.

locals {
  role_keys = { for name, consumer in var.consumers : name => coalesce(consumer.role_key, name) }

  # One policy for each role: two functions may share one.
  connect = {
    for key in distinct(values(local.role_keys)) : key => {
      role_name = [for name, consumer in var.consumers : consumer.role_name if local.role_keys[name] == key][0]
      users     = sort(distinct(flatten([for name, consumer in var.consumers : consumer.users if local.role_keys[name] == key])))
    }
  }
}

data "aws_lambda_function" "consumer" {
  for_each = { for name, consumer in var.consumers : name => consumer.function_name if consumer.function_name != null }

  function_name = each.value
}

resource "aws_iam_role_policy" "connect" {
  for_each = local.connect

  name = local.names.connect
  role = each.value.role_name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "ConnectThroughTheProxy"
      Effect   = "Allow"
      Action   = "rds-db:connect"
      Resource = [for user in each.value.users : "arn:${data.aws_partition.current.partition}:rds-db:${data.aws_region.current.id}:${data.aws_caller_identity.current.account_id}:dbuser:${local.proxy_id}/${user}"]
    }]
  })

  lifecycle {
    precondition {
      condition     = alltrue([for user in each.value.users : contains(keys(var.users), user)])
      error_message = "A consumer is to connect as a user that the proxy does not serve."
    }

    precondition {
      condition     = alltrue([for function in data.aws_lambda_function.consumer : try(function.vpc_config[0].vpc_id, "") == var.vpc_id])
      error_message = "A consumer runs outside the VPC: it cannot reach the proxy."
    }
  }
}
