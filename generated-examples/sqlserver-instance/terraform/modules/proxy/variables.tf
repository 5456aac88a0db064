# What a caller says. How the proxy is hardened is not among it: that stands in the resources, as literals.

variable "name" {
  description = "Name of the proxy."
  type        = string

  validation {
    condition     = can(regex("^[a-z](-?[a-z0-9])*$", var.name)) && length(var.name) <= 63
    error_message = "1 to 63 lower-case letters, digits and single hyphens, a letter first and no hyphen last."
  }
}

variable "vpc_id" {
  description = "VPC of the database."
  type        = string

  validation {
    condition     = startswith(var.vpc_id, "vpc-")
    error_message = "The id of a VPC starts with vpc-."
  }
}

variable "subnet_ids" {
  description = "Subnets of the proxy, in at least two availability zones."
  type        = list(string)

  validation {
    condition     = length(distinct(var.subnet_ids)) >= 2
    error_message = "A proxy needs at least two subnets."
  }
}

variable "database_identifier" {
  description = "DBInstanceIdentifier of the database."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z](-?[A-Za-z0-9])*$", var.database_identifier))
    error_message = "An identifier has letters, digits and single hyphens. It is neither an ARN nor an endpoint."
  }
}

variable "database_port" {
  description = "Port of the database itself. Clients reach the proxy on 1433, whatever this is."
  type        = number

  validation {
    condition     = var.database_port >= 1 && var.database_port <= 65535
    error_message = "A port is a number from 1 to 65535."
  }
}

variable "database_security_group_ids" {
  description = "Security groups of the database, by names of your own. Each gets one rule that admits the proxy."
  type        = map(string)

  validation {
    condition     = length(var.database_security_group_ids) > 0 && alltrue([for id in values(var.database_security_group_ids) : startswith(id, "sg-")])
    error_message = "Name at least one group. The id of a security group starts with sg-."
  }
}

variable "users" {
  description = "Database users by name, exactly as the database knows them. A null secret_arn creates the secret, with a generated password or one out of `passwords`; secret_kms_key_arn is the customer-managed key of one that exists."
  type = map(object({
    database           = string
    generate_password  = bool
    secret_arn         = string
    secret_kms_key_arn = string
  }))

  validation {
    condition     = length(var.users) >= 1 && length(var.users) <= 200
    error_message = "A proxy serves 1 to 200 users."
  }

  validation {
    condition     = alltrue([for name in keys(var.users) : can(regex("^[A-Za-z_][A-Za-z0-9_-]{0,62}$", name)) && lower(name) != "rdsproxyadmin"])
    error_message = "A user has 1 to 63 letters, digits, hyphens and underscores, no wildcard, and is not the proxy's own rdsproxyadmin."
  }

  validation {
    condition     = length(compact([for user in values(var.users) : user.secret_arn])) == length(distinct(compact([for user in values(var.users) : user.secret_arn])))
    error_message = "Two users share one secret: each user has one of its own."
  }
}

variable "consumers" {
  description = "Lambda functions that connect, by names of your own: their role, the groups they connect from, by names of your own, and the users they connect as. Consumers that share a role have one role_key. With function_name the function is checked to run in the VPC; leave it out for one that is made in the same apply."
  type = map(object({
    function_name      = optional(string)
    role_name          = string
    role_key           = optional(string)
    security_group_ids = map(string)
    users              = list(string)
  }))
  default = {}

  validation {
    condition     = alltrue([for consumer in values(var.consumers) : length(consumer.security_group_ids) > 0 && length(consumer.users) > 0])
    error_message = "A consumer has at least one security group and one user."
  }
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

  validation {
    condition     = var.pool.max_connections_percent >= 1 && var.pool.max_connections_percent <= 100
    error_message = "max_connections_percent lies between 1 and 100."
  }

  validation {
    condition     = var.pool.max_idle_connections_percent >= 0 && var.pool.max_idle_connections_percent <= var.pool.max_connections_percent
    error_message = "max_idle_connections_percent lies between 0 and max_connections_percent."
  }

  validation {
    condition     = var.pool.borrow_timeout >= 0 && var.pool.borrow_timeout <= 300
    error_message = "borrow_timeout lies between 0 and 300 seconds."
  }

  validation {
    condition     = var.pool.idle_client_timeout >= 1 && var.pool.idle_client_timeout <= 28800
    error_message = "idle_client_timeout lies between 1 and 28800 seconds."
  }
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
