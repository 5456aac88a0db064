output "endpoint" {
  description = "Where clients connect, on port 1433. The token is made for this host: an alias of your own does not work."
  value       = aws_db_proxy.this.endpoint
}

output "proxy_arn" {
  description = "ARN of the proxy."
  value       = aws_db_proxy.this.arn
}

output "proxy_id" {
  description = "The prx-... id, which grants of rds-db:connect name."
  value       = local.proxy_id
}

output "security_group_id" {
  description = "Security group of the proxy."
  value       = aws_security_group.proxy.id
}

output "secret_arns" {
  description = "ARN of the secret of each user."
  value       = local.secret_arns
}

output "parameter_group_name" {
  description = "Parameter group to attach to the database."
  value       = aws_db_parameter_group.force_tls.name
}
