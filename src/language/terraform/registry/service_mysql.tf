# The module for one service lets the service in, its own members in with everything, and everything out.

variable "auto_ingress_rules" { default = ["mysql-tcp"] }
variable "auto_ingress_with_self" { default = [{ rule = "all-all" }] }
variable "auto_egress_rules" { default = ["all-all"] }
