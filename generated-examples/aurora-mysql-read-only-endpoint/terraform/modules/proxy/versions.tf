terraform {
  # Write-only arguments and ephemeral resources keep passwords out of the state: Terraform 1.11, OpenTofu 1.11.
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source = "hashicorp/aws"
      # The first version with `secret_string_wo`.
      version = ">= 5.88.0"

      # The caller passes this one too. It generates passwords and nothing else: the mocks of `terraform test` know no ephemeral resources,
      # and so everything else can be tested without an account.
      configuration_aliases = [aws.generator]
    }
  }
}
