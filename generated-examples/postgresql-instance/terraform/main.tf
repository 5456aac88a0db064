# The proxy of this environment. The module is of no environment: others may call it too, with `count` and `for_each`.
module "proxy" {
  source = "./modules/proxy"

  providers = {
    aws           = aws
    aws.generator = aws.generator
  }

  # Maps, since their keys are known before the groups behind them exist.
  database_security_group_ids = { for id in distinct(var.database_security_group_ids) : id => id }

  consumers = {
    for name, consumer in var.consumers : name => {
      function_name      = name
      role_name          = consumer.role_name
      role_key           = consumer.role_name
      security_group_ids = { for id in distinct(consumer.security_group_ids) : id => id }
      users              = consumer.users
    }
  }

  name                = var.name
  vpc_id              = var.vpc_id
  subnet_ids          = var.subnet_ids
  database_identifier = var.database_identifier
  database_port       = var.database_port
  users               = var.users
  passwords           = var.passwords
  password_version    = var.password_version
  pool                = var.pool
  log_retention_days  = var.log_retention_days
  tags                = var.tags
}
