# What the proxy itself may do.

resource "aws_iam_role" "proxy" {
  name        = local.names.proxy
  description = "What RDS Proxy ${var.name} may do"
  tags        = var.tags

  # No conditions: RDS Proxy documents that it supports no global condition keys.
  # Source: RDS User Guide, "Quotas and limitations for RDS Proxy".
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "rds.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy" "proxy" {
  name = "read-secrets-or-connect"
  role = aws_iam_role.proxy.name

  # Users of the database itself, by its resource id: this is how the proxy logs in. Clients have grants of their own.
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "LogInToTheDatabase"
      Effect   = "Allow"
      Action   = "rds-db:connect"
      Resource = [for name in keys(var.users) : "arn:${data.aws_partition.current.partition}:rds-db:${data.aws_region.current.id}:${data.aws_caller_identity.current.account_id}:dbuser:${var.database_resource_id}/${name}"]
    }]
  })
}

# No other policy: one that is added by hand shows in the next plan.
resource "aws_iam_role_policies_exclusive" "proxy" {
  role_name    = aws_iam_role.proxy.name
  policy_names = [aws_iam_role_policy.proxy.name]
}

resource "aws_iam_role_policy_attachments_exclusive" "proxy" {
  role_name   = aws_iam_role.proxy.name
  policy_arns = []
}
