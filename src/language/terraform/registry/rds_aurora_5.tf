# What terraform-aws-modules/rds-aurora/aws did by default before version 8: it made the password itself.

variable "manage_master_user_password" { default = null }
variable "master_username" { default = "root" }
