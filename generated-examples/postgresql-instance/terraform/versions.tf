terraform {
  # Write-only arguments and ephemeral resources keep passwords out of the state: Terraform 1.11, OpenTofu 1.11.
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source = "hashicorp/aws"
      # The first version with `secret_string_wo`.
      version = ">= 5.88.0"
    }
  }
}

# Terraform refuses to work in another account.
provider "aws" {
  region              = var.region
  allowed_account_ids = [var.account_id]
}

# The same provider once more, for generating passwords only.
provider "aws" {
  alias               = "generator"
  region              = var.region
  allowed_account_ids = [var.account_id]
}
