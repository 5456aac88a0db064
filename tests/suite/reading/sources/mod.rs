//! One estate in every dialect gives the same facts, and a weakened one gives exactly its differences.

mod build;
mod cases;
mod terraform_language;
mod terraform_reader;

use std::collections::BTreeMap;

use rdsproxy_gen::domain::facts::{Comparison, Fact, compare};
use rdsproxy_gen::domain::posture::Posture;
use rdsproxy_gen::domain::snapshot::Snapshot;
use rdsproxy_gen::language::cloudformation;
use rdsproxy_gen::language::cloudformation::CloudFormationFiles;
use rdsproxy_gen::language::resource::Dialect;
use rdsproxy_gen::source::assemble::assemble;
use rdsproxy_gen::source::snapshot;
use serde_json::{Value, json};

/// A small hardened estate in three dialects. The database, its group, and the function with its role and group are
/// outside the sources.
const TERRAFORM: &str = include_str!("terraform.json");
const CLOUDFORMATION: &str = include_str!("cloudformation.json");
const ACCOUNT: &str = include_str!("account.json");

/// The same estate as a person writes it.
const TEMPLATE: &str = include_str!("estate.yaml");

/// Changes to the estate, and exactly their effects.
const WEAKER: &str = include_str!("weaker.json");

fn estate(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn live() -> Snapshot {
    serde_json::from_str(ACCOUNT).unwrap()
}

fn by_hand(dialect: Dialect, text: &str) -> Posture {
    read(dialect, estate(text))
}

fn read(dialect: Dialect, resources: Value) -> Posture {
    assemble(&[build::document(dialect, resources)])
}

fn account() -> Posture {
    assemble(&[snapshot::read(&live())])
}

fn differences(comparison: &Comparison) -> Vec<String> {
    comparison
        .differences
        .iter()
        .map(ToString::to_string)
        .collect()
}

#[test]
fn the_same_estate_has_the_same_facts_in_every_dialect() {
    let none: [String; 0] = [];
    let (written, template, live) = (
        by_hand(Dialect::Terraform, TERRAFORM),
        by_hand(Dialect::CloudFormation, CLOUDFORMATION),
        account(),
    );
    assert_eq!(written.facts(), template.facts());
    assert_eq!(differences(&compare(&written, &live)), none);
    assert_eq!(differences(&compare(&template, &live)), none);
    assert_eq!(differences(&compare(&live, &written)), none);
}
#[test]
fn a_template_as_people_write_it_has_the_same_facts() {
    let files = CloudFormationFiles {
        templates: BTreeMap::from([("estate.yaml".to_owned(), TEMPLATE.to_owned())]),
        ..CloudFormationFiles::default()
    };
    let document = cloudformation::read(&files);
    assert_eq!(document.problems, []);
    let posture = assemble(&[document]);
    assert_eq!(
        posture.facts(),
        by_hand(Dialect::CloudFormation, CLOUDFORMATION).facts()
    );
    assert_eq!(differences(&compare(&posture, &account())), [""; 0]);
}

/// The estate with one value replaced; `null` removes it.
fn changed(mut resources: Value, way: &[&str], value: Value) -> Value {
    let place = place(&mut resources, way);
    assert_ne!(*place, value, "{way:?} is so already");
    *place = value;
    resources
}

fn place<'v>(resources: &'v mut Value, way: &[&str]) -> &'v mut Value {
    way.iter().fold(resources, |place, step| match place {
        Value::Array(items) => &mut items[step.parse::<usize>().unwrap()],
        other => &mut other[*step],
    })
}

#[derive(serde::Deserialize)]
struct Weaker {
    /// The path to the changed value.
    change: Vec<String>,
    to: Value,
    differences: Vec<String>,
}

#[test]
fn a_weakened_estate_has_exactly_its_differences() {
    let cases: BTreeMap<String, Vec<Weaker>> = serde_json::from_str(WEAKER).unwrap();
    for (dialect, cases) in cases {
        let (dialect, resources) = match dialect.as_str() {
            "terraform" => (Dialect::Terraform, estate(TERRAFORM)),
            _ => (Dialect::CloudFormation, estate(CLOUDFORMATION)),
        };
        let hardened = read(dialect, resources.clone());
        for case in cases {
            let way: Vec<&str> = case.change.iter().map(String::as_str).collect();
            let weak = read(dialect, changed(resources.clone(), &way, case.to));
            let expected: Vec<_> = case
                .differences
                .iter()
                .map(|difference| format!("orders-proxy/{difference}"))
                .collect();
            assert_eq!(differences(&compare(&hardened, &weak)), expected, "{way:?}");
        }
    }
}

#[test]
fn what_cannot_be_worked_out_is_never_equal() {
    let hardened = by_hand(Dialect::Terraform, TERRAFORM);
    let cases: &[(&[&str], Value, &str)] = &[
        (
            &["aws_db_proxy aws_db_proxy.this", "require_tls"],
            json!("{{? var.tls has no value}}"),
            "orders-proxy/require_tls (actual): var.tls has no value",
        ),
        (
            &["aws_db_proxy aws_db_proxy.this", "auth"],
            json!("{{? var.auth has no value}}"),
            "orders-proxy/auth (actual): var.auth has no value",
        ),
        (
            &[
                "aws_security_group aws_security_group.proxy",
                "egress",
                "0",
                "security_groups",
                "0",
            ],
            json!("{{? var.db has no value}}"),
            "orders-proxy/security_groups/own/egress (actual): var.db has no value",
        ),
    ];
    for (pointer, value, expected) in cases {
        let vague = read(
            Dialect::Terraform,
            changed(estate(TERRAFORM), pointer, value.clone()),
        );
        let comparison = compare(&hardened, &vague);
        assert!(
            comparison.not_compared.iter().any(|line| line == expected),
            "{:#?}",
            comparison.not_compared
        );
        let both = compare(&vague, &vague);
        assert_eq!(differences(&both), [""; 0]);
        let path = expected.split(" (").next().unwrap();
        assert!(
            both.not_compared.iter().any(|line| line.starts_with(path)),
            "{:#?}",
            both.not_compared
        );
    }
}

#[test]
fn the_account_fills_in_what_the_source_only_names() {
    let mut posture = by_hand(Dialect::Terraform, TERRAFORM);
    snapshot::enrich(&mut posture, &live());
    let comparison = compare(&posture, &account());
    assert_eq!(differences(&comparison), [""; 0]);
    let facts = posture.facts();
    let shown = |path: &str| facts.get(&format!("orders-proxy/{path}")).cloned();
    let cases = [
        ("subnets/subnet-0a/zone_id", "euw1-az1"),
        ("vpc/tenancy", "default"),
        ("database/version", "16.4"),
        ("database/parameter_group/forces_tls", "true"),
        (
            "database/security_groups/sg-0db/egress/everything to 0.0.0.0/0",
            "present",
        ),
        (
            "database/security_groups/sg-0db/ingress/tcp 5433 from own",
            "present",
        ),
        ("consumers/orders-api/vpc", "vpc-0a"),
        ("require_tls", "true"),
    ];
    for (path, expected) in cases {
        assert_eq!(
            shown(path),
            Some(Fact::Value(expected.to_owned())),
            "{path}"
        );
    }
}

/// The paths to all values of a document except the root.
fn ways(value: &Value, way: &[String], found: &mut Vec<Vec<String>>) {
    let members: Vec<(String, &Value)> = match value {
        Value::Object(members) => members
            .iter()
            .map(|(key, value)| (key.clone(), value))
            .collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(index, item)| (index.to_string(), item))
            .collect(),
        _ => Vec::new(),
    };
    for (step, value) in members {
        let way = [way, &[step]].concat();
        // A resource always has a body.
        if way.len() > 1 {
            found.push(way.clone());
        }
        ways(value, &way, found);
    }
}

#[test]
fn whatever_stands_anywhere_is_read_and_compared_with_itself() {
    let odd = [
        json!(null),
        json!(-1.5e300),
        json!(""),
        json!("é*:/?\u{e000}0\u{e001}"),
        json!([[], {}, "{{? no value}}"]),
        json!({ "Statement": { "Principal": { "AWS": [] } } }),
        json!("{{? no value}}"),
        json!("arn:{{partition}}:{{nowhere|arn}}:{{id of nowhere}}"),
        json!("{{aws_db_proxy.this|arn}}"),
        json!("{{ProxyRole|Arn}}"),
    ];
    let account = live();
    for (dialect, text) in [
        (Dialect::Terraform, TERRAFORM),
        (Dialect::CloudFormation, CLOUDFORMATION),
    ] {
        let mut found = Vec::new();
        let hardened = estate(text);
        ways(&hardened, &[], &mut found);
        for way in &found {
            for value in &odd {
                let way: Vec<&str> = way.iter().map(String::as_str).collect();
                let mut resources = hardened.clone();
                *place(&mut resources, &way) = value.clone();
                let mut posture = read(dialect, resources);
                assert_eq!(
                    differences(&compare(&posture, &posture)),
                    [""; 0],
                    "{way:?} {value}"
                );
                snapshot::enrich(&mut posture, &account);
                assert_eq!(posture.proxies.len(), 1);
            }
        }
    }
}
