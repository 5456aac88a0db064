# What the inputs of cloudposse/label/null mean since version 0.24: a name is put together from labels, each from its own input or
# else from a context, in small letters unless somebody says otherwise.

variable "context" { default = {} }
variable "enabled" { default = null }
variable "namespace" { default = null }
variable "tenant" { default = null }
variable "environment" { default = null }
variable "stage" { default = null }
variable "name" { default = null }
variable "delimiter" { default = null }
variable "attributes" { default = [] }
variable "label_order" { default = null }
variable "label_value_case" { default = null }
variable "regex_replace_chars" { default = null }
variable "id_length_limit" { default = null }
variable "tags" { default = {} }

locals {
  context = {
    enabled             = var.enabled != null ? var.enabled : lookup(var.context, "enabled", true)
    namespace           = var.namespace != null ? var.namespace : lookup(var.context, "namespace", null)
    tenant              = var.tenant != null ? var.tenant : lookup(var.context, "tenant", null)
    environment         = var.environment != null ? var.environment : lookup(var.context, "environment", null)
    stage               = var.stage != null ? var.stage : lookup(var.context, "stage", null)
    name                = var.name != null ? var.name : lookup(var.context, "name", null)
    delimiter           = var.delimiter != null ? var.delimiter : lookup(var.context, "delimiter", null)
    attributes          = compact(distinct(concat(lookup(var.context, "attributes", []), var.attributes)))
    label_order         = var.label_order != null ? var.label_order : lookup(var.context, "label_order", [])
    label_value_case    = var.label_value_case != null ? var.label_value_case : lookup(var.context, "label_value_case", null)
    regex_replace_chars = var.regex_replace_chars != null ? var.regex_replace_chars : lookup(var.context, "regex_replace_chars", null)
    id_length_limit     = var.id_length_limit != null ? var.id_length_limit : lookup(var.context, "id_length_limit", null)
    tags                = merge(lookup(var.context, "tags", {}), var.tags)
  }

  delimiter = local.context.delimiter != null ? local.context.delimiter : "-"
  removed   = local.context.regex_replace_chars != null ? local.context.regex_replace_chars : "/[^-a-zA-Z0-9]/"
  order     = length(local.context.label_order) > 0 ? local.context.label_order : ["namespace", "tenant", "environment", "stage", "name", "attributes"]
  limit     = local.context.id_length_limit != null ? local.context.id_length_limit : 0

  written = {
    namespace   = local.context.namespace == null ? "" : replace(local.context.namespace, local.removed, "")
    tenant      = local.context.tenant == null ? "" : replace(local.context.tenant, local.removed, "")
    environment = local.context.environment == null ? "" : replace(local.context.environment, local.removed, "")
    stage       = local.context.stage == null ? "" : replace(local.context.stage, local.removed, "")
    name        = local.context.name == null ? "" : replace(local.context.name, local.removed, "")
    attributes  = join(local.delimiter, [for one in local.context.attributes : replace(one, local.removed, "")])
  }

  # Where a name is cut, a hash stands at its end.
  joined = join(local.delimiter, compact([for label in local.order : local.written[label]]))
  cased  = local.context.label_value_case == "none" ? local.joined : local.context.label_value_case == "upper" ? upper(local.joined) : local.context.label_value_case == "title" ? title(lower(local.joined)) : lower(local.joined)
  id     = local.limit == 0 || length(local.cased) <= local.limit ? local.cased : var.cut_id
}

variable "cut_id" {}

output "id" { value = local.context.enabled ? local.id : "" }
output "enabled" { value = local.context.enabled }
output "namespace" { value = local.written.namespace }
output "tenant" { value = local.written.tenant }
output "environment" { value = local.written.environment }
output "stage" { value = local.written.stage }
output "name" { value = local.written.name }
output "delimiter" { value = local.delimiter }
output "attributes" { value = local.context.attributes }
output "tags" { value = local.context.tags }
output "context" { value = local.context }
