//! What each stage of the tool costs, by the number of proxies: reading, assembling, judging, comparing, rendering and merging.
//!
//! `cargo bench --no-default-features --bench stages` runs all. Each figure is for one call; the rate beside it is per proxy (or per
//! file), and stays about the same from size to size, since every stage is linear. The Python programs of this folder compare the whole
//! tool with others.
#![allow(
    clippy::unwrap_used,
    reason = "a benchmark stops at what it does not expect"
)]

use std::collections::BTreeMap;

use divan::{Bencher, counter::ItemsCount};
use rdsproxy_gen::domain::blueprint::Blueprint;
use rdsproxy_gen::domain::facts;
use rdsproxy_gen::domain::limits::Limits;
use rdsproxy_gen::domain::spec::Spec;
use rdsproxy_gen::language::cloudformation::{self, CloudFormationFiles};
use rdsproxy_gen::language::resource::Document;
use rdsproxy_gen::language::terraform::{self, TerraformFiles};
use rdsproxy_gen::render::{self, TARGETS};
use rdsproxy_gen::rewrite::merge;
use rdsproxy_gen::rules;
use rdsproxy_gen::source::assemble;

/// The numbers of proxies in an estate.
const SIZES: [usize; 3] = [10, 100, 1_000];

/// A spec as users write it.
const SPEC: &str = include_str!("../../generated-examples/postgresql-instance/rdsproxy.toml");

/// A proxy with its role, group and target.
const PROXY: &str = r#"
resource "aws_db_proxy" "p@" {
  name                   = "p@"
  engine_family          = "POSTGRESQL"
  require_tls            = true
  role_arn               = aws_iam_role.p@.arn
  vpc_subnet_ids         = ["subnet-0a@", "subnet-0b@"]
  vpc_security_group_ids = [aws_security_group.p@.id]

  auth {
    auth_scheme = "SECRETS"
    iam_auth    = "REQUIRED"
    secret_arn  = aws_secretsmanager_secret.p@.arn
  }
}

resource "aws_db_proxy_default_target_group" "p@" {
  db_proxy_name = aws_db_proxy.p@.name

  connection_pool_config {
    max_connections_percent = 80
  }
}

resource "aws_db_proxy_target" "p@" {
  db_proxy_name          = aws_db_proxy.p@.name
  target_group_name      = aws_db_proxy_default_target_group.p@.name
  db_instance_identifier = "orders-@"
}

resource "aws_secretsmanager_secret" "p@" {
  name = "p@"
}

resource "aws_security_group" "p@" {
  name   = "p@"
  vpc_id = "vpc-0a"

  ingress {
    from_port   = 5432
    to_port     = 5432
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/16"]
  }
}

resource "aws_iam_role" "p@" {
  name = "p@"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "rds.amazonaws.com" } }]
  })
}
"#;

fn main() {
    divan::main();
}

/// Returns a root module with this many proxies, ten to a file.
fn module(proxies: usize) -> TerraformFiles {
    let mut files = BTreeMap::<String, String>::new();
    for number in 0..proxies {
        let file = files.entry(format!("proxies_{}.tf", number / 10));
        file.or_default()
            .push_str(&PROXY.replace('@', &number.to_string()));
    }
    TerraformFiles::new("", files)
}

/// Returns the generated templates of this many projects.
fn templates(number: usize) -> CloudFormationFiles {
    let spec = Spec::parse(SPEC, "rdsproxy.toml").unwrap();
    let targets: Vec<_> = TARGETS
        .iter()
        .filter(|target| target.id == "cloudformation")
        .copied()
        .collect();
    let files = render::render(&Blueprint::harden(&spec).unwrap(), &targets).unwrap();
    let template = files
        .iter()
        .find(|file| file.path.ends_with("template.yaml"))
        .unwrap();
    let named =
        (0..number).map(|number| (format!("{number}/template.yaml"), template.text.clone()));
    CloudFormationFiles {
        templates: named.collect(),
        ..CloudFormationFiles::default()
    }
}

/// Returns the document of a module with this many proxies.
fn document(proxies: usize) -> Document {
    let document = terraform::read(&module(proxies));
    assert!(document.problems.is_empty(), "{:?}", document.problems);
    document
}

#[divan::bench(args = SIZES)]
fn read_terraform(bencher: Bencher<'_, '_>, proxies: usize) {
    let files = module(proxies);
    bencher
        .counter(ItemsCount::new(proxies))
        .bench(|| terraform::read(&files));
}

#[divan::bench(args = SIZES)]
fn read_cloudformation(bencher: Bencher<'_, '_>, proxies: usize) {
    let files = templates(proxies);
    bencher
        .counter(ItemsCount::new(proxies))
        .bench(|| cloudformation::read(&files));
}

#[divan::bench(args = SIZES)]
fn assemble_posture(bencher: Bencher<'_, '_>, proxies: usize) {
    let documents = [document(proxies)];
    assert_eq!(assemble::assemble(&documents).proxies.len(), proxies);
    bencher
        .counter(ItemsCount::new(proxies))
        .bench(|| assemble::assemble(&documents));
}

#[divan::bench(args = SIZES)]
fn judge(bencher: Bencher<'_, '_>, proxies: usize) {
    let posture = assemble::assemble(&[document(proxies)]);
    bencher
        .counter(ItemsCount::new(proxies))
        .bench(|| rules::judge(&posture, &Limits::SERVICE));
}

#[divan::bench(args = SIZES)]
fn compare(bencher: Bencher<'_, '_>, proxies: usize) {
    let posture = assemble::assemble(&[document(proxies)]);
    bencher
        .counter(ItemsCount::new(proxies))
        .bench(|| facts::compare(&posture, &posture));
}

#[divan::bench]
fn render_all_targets(bencher: Bencher<'_, '_>) {
    let spec = Spec::parse(SPEC, "rdsproxy.toml").unwrap();
    let blueprint = Blueprint::harden(&spec).unwrap();
    let files = render::render(&blueprint, TARGETS).unwrap().len();
    bencher
        .counter(ItemsCount::new(files))
        .bench(|| render::render(&blueprint, TARGETS));
}

#[divan::bench(args = SIZES)]
fn merge_files(bencher: Bencher<'_, '_>, proxies: usize) {
    let base: String = module(proxies).files.into_values().collect();
    let ours = base.replace("10.0.0.0/16", "10.1.0.0/16");
    let theirs = base.replace(
        "max_connections_percent = 80",
        "max_connections_percent = 70",
    );
    bencher
        .counter(ItemsCount::new(proxies))
        .bench(|| merge::merge("main.tf", &base, &ours, &theirs));
}
