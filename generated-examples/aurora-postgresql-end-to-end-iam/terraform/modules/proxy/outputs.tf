output "endpoint" {
  description = "Where clients connect, on port 5432. The token is made for this host: an alias of your own does not work."
  value       = aws_db_proxy.this.endpoint
}

output "read_only_endpoint" {
  description = "Where clients that only read connect."
  value       = aws_db_proxy_endpoint.read_only.endpoint
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
