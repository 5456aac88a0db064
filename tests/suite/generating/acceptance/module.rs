//! The generated module as others call it: several times, with groups and roles that are made in the same apply.

use std::path::Path;

use super::terraform::Project;
use super::{Lazy, nothing_is_wrong, tested_with};
use crate::support::tools::copy;

const EXAMPLE: &str = "generated-examples/postgresql-instance";

/// A second database, in a network of its own.
const ANOTHER: &[(&str, &str)] = &[
    ("orders", "stock"),
    ("sg-0db0000000000001a", "sg-0db0000000000001b"),
    ("sg-0fa0000000000001a", "sg-0fa0000000000001b"),
    ("16.4", "17.2"),
    ("postgres16", "postgres17"),
    ("vpc-0a1b2c3d4e5f60718", "vpc-0a1b2c3d4e5f60719"),
    ("subnet-0a1000000000000", "subnet-0a2000000000000"),
];

const CALLER: &str = r#"
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "generator"
  region = "eu-west-1"
}

locals {
  databases = {
    orders = { identifier = "orders-db", vpc = "vpc-0a1b2c3d4e5f60718", subnets = "subnet-0a1000000000000" }
    stock  = { identifier = "stock-db", vpc = "vpc-0a1b2c3d4e5f60719", subnets = "subnet-0a2000000000000" }
  }
}

resource "aws_security_group" "database" {
  for_each = local.databases

  name   = "${each.key}-database"
  vpc_id = each.value.vpc
}

resource "aws_security_group" "api" {
  for_each = local.databases

  name   = "${each.key}-api"
  vpc_id = each.value.vpc
}

resource "aws_iam_role" "api" {
  for_each = local.databases

  name = "${each.key}-api"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

module "proxy" {
  source   = "./modules/proxy"
  for_each = local.databases

  providers = {
    aws           = aws
    aws.generator = aws.generator
  }

  name                        = "${each.key}-proxy"
  vpc_id                      = each.value.vpc
  subnet_ids                  = ["${each.value.subnets}1a", "${each.value.subnets}1b"]
  database_identifier         = each.value.identifier
  database_port               = 5432
  database_security_group_ids = { database = aws_security_group.database[each.key].id }
  log_retention_days          = 30

  users = {
    app = { database = "app", generate_password = true, secret_arn = null, secret_kms_key_arn = null }
  }

  consumers = {
    api = {
      role_name          = aws_iam_role.api[each.key].name
      role_key           = "api"
      security_group_ids = { api = aws_security_group.api[each.key].id }
      users              = ["app"]
    }
    worker = {
      role_name          = aws_iam_role.api[each.key].name
      role_key           = "api"
      security_group_ids = { api = aws_security_group.api[each.key].id }
      users              = ["app"]
    }
  }

  pool = {
    max_connections_percent      = 60
    max_idle_connections_percent = 30
    borrow_timeout               = 30
    idle_client_timeout          = 1800
  }
}

output "endpoints" {
  value = { for name, proxy in module.proxy : name => proxy.endpoint }
}
"#;

/// Seeds two databases, applies once, and returns what is wrong.
fn called(project: &mut Project, aws: &Lazy) -> Vec<String> {
    let spec = Path::new(EXAMPLE).join("rdsproxy.toml");
    aws.get().seed(&spec);
    let text = std::fs::read_to_string(&spec).unwrap();
    let replaced = |text: String, (old, new): &(&str, &str)| text.replace(old, new);
    let another = project.folder.path().join("stock.toml");
    std::fs::write(&another, ANOTHER.iter().fold(text, replaced)).unwrap();
    aws.get().seed(&another);
    project.aim_at(&aws.get().endpoint);
    let (output, said) = project.attempt(&["apply", "-auto-approve", "-no-color", "-input=false"]);
    if !output.status.success() {
        return vec![format!("the apply fails:\n{said}")];
    }
    let plan = ["plan", "-no-color", "-input=false", "-detailed-exitcode"];
    let (output, said) = project.attempt(&plan);
    let mut wrong = Vec::new();
    if output.status.code() != Some(0) {
        wrong.push(format!("the second plan is not empty:\n{said}"));
    }
    let state = project.run(&["state", "list"]);
    for address in [
        "module.proxy[\"orders\"].aws_db_proxy_target.this",
        "module.proxy[\"stock\"].aws_db_proxy_target.this",
        "module.proxy[\"stock\"].aws_iam_role_policy.connect[\"api\"]",
        "module.proxy[\"stock\"].aws_vpc_security_group_egress_rule.consumer_to_proxy[\"api\"]",
        "module.proxy[\"orders\"].aws_vpc_security_group_ingress_rule.database_from_proxy[\"database\"]",
    ] {
        if !state.contains(address) {
            wrong.push(format!("no {address} in:\n{state}"));
        }
    }
    wrong
}

#[test]
fn the_module_is_called_twice_with_groups_and_roles_of_the_same_apply() {
    let home = tempfile::tempdir().unwrap();
    let module = Path::new(EXAMPLE).join("terraform/modules/proxy");
    copy(&module, &home.path().join("modules/proxy"));
    std::fs::write(home.path().join("versions.tf"), CALLER).unwrap();
    let Some(mut project) = Project::of(home.path()) else {
        return;
    };
    let Some(aws) = Lazy::new() else { return };
    nothing_is_wrong(tested_with().text(CALLER).folder(&module), || {
        called(&mut project, &aws)
    });
}
