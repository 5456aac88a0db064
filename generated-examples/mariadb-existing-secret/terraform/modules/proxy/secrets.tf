# Rule 3: one secret for each database user, and a resource policy on each that is created.

locals {
  created_users  = { for name, user in var.users : name => user if user.secret_arn == null }
  existing_users = { for name, user in var.users : name => user if user.secret_arn != null }

  secret_arns = merge(
    { for name, user in local.existing_users : name => user.secret_arn },
  )

  # The keys that the proxy decrypts with.
  kms_key_arns = sort(distinct(concat(
    compact([for user in values(local.existing_users) : user.secret_kms_key_arn]),
  )))
}
