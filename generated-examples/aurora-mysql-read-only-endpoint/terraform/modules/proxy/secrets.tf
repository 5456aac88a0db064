# Rule 3: one secret for each database user, and a resource policy on each that is created.

locals {
  created_users  = { for name, user in var.users : name => user if user.secret_arn == null }
  existing_users = { for name, user in var.users : name => user if user.secret_arn != null }

  secret_arns = merge(
    { for name, secret in aws_secretsmanager_secret.user : name => secret.arn },
    { for name, user in local.existing_users : name => user.secret_arn },
  )

  kms_key_arn = aws_kms_key.secrets.arn

  # The keys that the proxy decrypts with.
  kms_key_arns = sort(distinct(concat(
    [local.kms_key_arn],
    compact([for user in values(local.existing_users) : user.secret_kms_key_arn]),
  )))
}

resource "aws_kms_key" "secrets" {
  description             = "Secrets of RDS Proxy ${var.name}"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  tags                    = var.tags

  # Who may use the key is decided by IAM policies of this account; the proxy's names exactly this key.
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "AccountDecidesByIam"
      Effect    = "Allow"
      Principal = { AWS = "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:root" }
      Action    = "kms:*"
      Resource  = "*"
    }]
  })
}

resource "aws_kms_alias" "secrets" {
  name          = "alias/${local.names.proxy}"
  target_key_id = aws_kms_key.secrets.key_id
}

resource "aws_secretsmanager_secret" "user" {
  # checkov:skip=CKV2_AWS_57:Rotation needs a function that changes the password in the database too; README.md says how.
  for_each = local.created_users

  name        = "rdsproxy/${var.name}/${each.key}"
  description = "Database user ${each.key} of RDS Proxy ${var.name}"
  kms_key_id  = local.kms_key_arn
  tags        = merge(var.tags, { "rdsproxy-gen:username" = each.key })
}

# Letters and digits only: they are safe in every driver and in SCRAM. Ephemeral: made anew in every run, kept in none.
ephemeral "aws_secretsmanager_random_password" "user" {
  provider = aws.generator
  for_each = { for name, user in local.created_users : name => user if user.generate_password }

  password_length     = 40
  exclude_punctuation = true
}

# The password goes to Secrets Manager and nowhere else: a write-only argument stands in neither plan nor state.
# Never import this resource: an import writes the password to the state.
resource "aws_secretsmanager_secret_version" "user" {
  for_each = local.created_users

  secret_id = aws_secretsmanager_secret.user[each.key].id
  secret_string_wo = jsonencode({
    username = each.key
    password = each.value.generate_password ? ephemeral.aws_secretsmanager_random_password.user[each.key].random_password : var.passwords[each.key]
    engine   = "mysql"
    port     = var.database_port
    dbname   = each.value.database
  })
  secret_string_wo_version = var.password_version
}

# Defence in depth: the proxy reads with the permission of its role. README.md says which part is for whom.
resource "aws_secretsmanager_secret_policy" "user" {
  for_each = local.created_users

  secret_arn          = aws_secretsmanager_secret.user[each.key].arn
  block_public_policy = true

  # "*" is the secret that carries the policy.
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "ProxyRoleReads"
        Effect    = "Allow"
        Principal = { AWS = aws_iam_role.proxy.arn }
        Action    = "secretsmanager:GetSecretValue"
        Resource  = "*"
      },
      {
        Sid       = "RdsOfThisAccountReads"
        Effect    = "Allow"
        Principal = { Service = "rds.amazonaws.com" }
        Action    = "secretsmanager:GetSecretValue"
        Resource  = "*"
        Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id } }
      },
      {
        Sid       = "NobodyReadsInClearText"
        Effect    = "Deny"
        Principal = "*"
        Action    = "secretsmanager:GetSecretValue"
        Resource  = "*"
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
}
