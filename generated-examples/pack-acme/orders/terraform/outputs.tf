output "endpoint" {
  description = "Where clients connect, on port 5432. The token is made for this host: an alias of your own does not work."
  value       = module.proxy.endpoint
}

output "proxy_arn" {
  description = "ARN of the proxy."
  value       = module.proxy.proxy_arn
}

output "proxy_id" {
  description = "The prx-... id, which grants of rds-db:connect name."
  value       = module.proxy.proxy_id
}

output "security_group_id" {
  description = "Security group of the proxy."
  value       = module.proxy.security_group_id
}

output "secret_arns" {
  description = "ARN of the secret of each user."
  value       = module.proxy.secret_arns
}
