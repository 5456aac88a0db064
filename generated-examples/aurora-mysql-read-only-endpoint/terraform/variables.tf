# What differs between environments. How the proxy is hardened is not among it: that stands in the resources of the module, as literals. The module
# checks what these values have to be.

variable "region" {
  description = "Region of the proxy, its database and its secrets."
  type        = string
}

variable "account_id" {
  description = "Account of the proxy. Terraform refuses to work in another one."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account id has 12 digits."
  }
}

variable "database_security_group_ids" {
  description = "Security groups of the database. Each gets one rule that admits the proxy."
  type        = list(string)
}

variable "consumers" {
  description = "Lambda functions that connect, by name: their role, the groups they connect from, and the users they connect as."
  type = map(object({
    role_name          = string
    security_group_ids = list(string)
    users              = list(string)
  }))
  default = {}
}

variable "name" {
  description = "Name of the proxy."
  type        = string
}

variable "vpc_id" {
  description = "VPC of the database."
  type        = string
}

variable "subnet_ids" {
  description = "Subnets of the proxy, in at least two availability zones."
  type        = list(string)
}

variable "database_identifier" {
  description = "DBClusterIdentifier of the database."
  type        = string
}

variable "database_port" {
  description = "Port of the database itself. Clients reach the proxy on 3306, whatever this is."
  type        = number
}

variable "users" {
  description = "Database users by name, exactly as the database knows them. A null secret_arn creates the secret, with a generated password or one out of `passwords`; secret_kms_key_arn is the customer-managed key of one that exists."
  type = map(object({
    database           = string
    generate_password  = bool
    secret_arn         = string
    secret_kms_key_arn = string
  }))
}

variable "passwords" {
  description = "Passwords of the users that exist in the database already, with generate_password = false. Give them as TF_VAR_passwords, never in a file."
  type        = map(string)
  default     = {}
  ephemeral   = true
  sensitive   = true
}

variable "password_version" {
  description = "Raise it to generate new passwords; then set them in the database too. Until that is done the proxy cannot log in."
  type        = number
  default     = 1
}

variable "pool" {
  description = "Connection pool: shares of the database's connections in percent, waiting and idle times in seconds."
  type = object({
    max_connections_percent      = number
    max_idle_connections_percent = number
    borrow_timeout               = number
    idle_client_timeout          = number
  })
}

variable "log_retention_days" {
  description = "Days that the log of the proxy is kept."
  type        = number
}

variable "topic_arn" {
  description = "SNS topic that alarms and detections notify."
  type        = string
}

variable "tags" {
  description = "Tags on everything that can carry them."
  type        = map(string)
  default     = {}
}
