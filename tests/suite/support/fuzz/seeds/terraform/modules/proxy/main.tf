variable "name" {}

variable "proxy" {
  type = object({
    tls  = optional(bool, true)
    auth = optional(list(object({ secret = string, iam = optional(string) })), [])
  })
  validation {
    condition     = can(var.proxy.tls)
    error_message = "tls"
  }
}

resource "aws_db_proxy" "inner" {
  name           = var.name
  engine_family  = "MYSQL"
  require_tls    = var.proxy.tls
  vpc_subnet_ids = []
  dynamic "auth" {
    for_each = { for entry in var.proxy.auth : entry.secret => entry }
    content {
      secret_arn = auth.value.secret
      iam_auth   = coalesce(auth.value.iam, "DISABLED")
    }
  }
}

resource "aws_db_proxy_endpoint" "read" {
  db_proxy_name          = aws_db_proxy.inner.name
  db_proxy_endpoint_name = "${var.name}-read"
  vpc_subnet_ids         = aws_db_proxy.inner.vpc_subnet_ids
  target_role            = "READ_ONLY"
}

output "tls" {
  value = aws_db_proxy.inner.require_tls
}

output "endpoint" {
  value = aws_db_proxy.inner.endpoint
}
