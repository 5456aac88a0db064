terraform {
  # Write-only arguments and ephemeral resources keep passwords out of the state: Terraform 1.11, OpenTofu 1.11.
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source = "hashicorp/aws"
      # The first version with `default_auth_scheme`, which end-to-end IAM needs.
      version = ">= 6.15.0"
    }
  }
}

# Terraform refuses to work in another account.
provider "aws" {
  region              = var.region
  allowed_account_ids = [var.account_id]
}
