# Rule 1: the database itself refuses clear text, whatever the proxy does.
#
# Attach it to the database, where that is defined, and reboot it: a proxy takes over no parameter before a reboot.
# Source: RDS User Guide, "Quotas and limitations for RDS Proxy".

resource "aws_db_parameter_group" "force_tls" {
  name        = "${lower(var.database_identifier)}-force-tls"
  family      = "sqlserver-se-15.0"
  description = "${var.database_identifier} refuses connections without TLS"
  tags        = var.tags

  parameter {
    name         = "rds.force_ssl"
    value        = "1"
    apply_method = "pending-reboot"
  }

  lifecycle {
    create_before_destroy = true
  }
}
