//! Every resource type of AWS, and every attribute of the rendered resources, added by a pack in turn: only the
//! expected ones pass. The expectations are written by hand and not derived from the table of allowances.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use hcl_edit::expr::Expression;
use hcl_edit::structure::{Attribute, Block, BlockLabel, Body};
use rdsproxy_gen::domain::pack::allowance::{AskedSpec, judge};
use rdsproxy_gen::language::yaml;
use rdsproxy_gen::language::yaml::{Content, Tree};
use rdsproxy_gen::rewrite::inventory::inventory;
use serde_json::{Value, json};

use crate::generating::acceptance::terraform::Project;
use crate::support::scale;
use crate::support::tools;

const EXAMPLE: &str = "generated-examples/postgresql-instance";

const ASKED: AskedSpec<'_> = AskedSpec {
    proxy: "orders-proxy",
    has_topic: false,
    retention_days: 365,
    allowed: &[],
};

/// Types that a pack may add.
const ADDED: &[&str] = &[
    "aws_cloudwatch_metric_alarm",
    "aws_ssm_parameter",
    "AWS::CloudWatch::Alarm",
    "AWS::SSM::Parameter",
];

/// Data sources that a pack may add.
const READ: &[&str] = &[
    "aws_arn",
    "aws_availability_zones",
    "aws_caller_identity",
    "aws_cloudwatch_log_group",
    "aws_cloudwatch_log_groups",
    "aws_db_instance",
    "aws_db_proxy",
    "aws_db_subnet_group",
    "aws_default_tags",
    "aws_iam_account_alias",
    "aws_iam_policy",
    "aws_iam_role",
    "aws_iam_session_context",
    "aws_kms_alias",
    "aws_kms_key",
    "aws_organizations_organization",
    "aws_partition",
    "aws_rds_cluster",
    "aws_region",
    "aws_route_table",
    "aws_security_group",
    "aws_security_groups",
    "aws_service",
    "aws_sns_topic",
    "aws_subnet",
    "aws_subnets",
    "aws_vpc",
    "aws_vpcs",
];

/// Attributes that a pack may set to some value: of one type, or of any.
const SET: &[(&str, &str)] = &[
    ("", "tags"),
    ("", "description"),
    // Empty: it may contain `prevent_destroy` and conditions.
    ("", "lifecycle"),
    ("aws_cloudwatch_event_rule", "name"),
    ("aws_cloudwatch_log_group", "kms_key_id"),
    ("aws_cloudwatch_log_group", "retention_in_days"),
    ("aws_cloudwatch_metric_alarm", "alarm_description"),
    ("aws_cloudwatch_metric_alarm", "alarm_name"),
    ("aws_iam_role", "name"),
    ("aws_iam_role", "permissions_boundary"),
    ("aws_kms_alias", "name"),
    ("aws_secretsmanager_random_password", "password_length"),
    ("aws_security_group", "name"),
    ("", "Tags"),
    ("", "Description"),
    ("AWS::CloudWatch::Alarm", "AlarmDescription"),
    ("AWS::CloudWatch::Alarm", "AlarmName"),
    // May be lowered.
    ("AWS::CloudWatch::Alarm", "Threshold"),
    ("AWS::EC2::SecurityGroup", "GroupDescription"),
    ("AWS::EC2::SecurityGroup", "GroupName"),
    ("AWS::Events::Rule", "Name"),
    ("AWS::IAM::Role", "PermissionsBoundary"),
    ("AWS::IAM::Role", "RoleName"),
    ("AWS::KMS::Alias", "AliasName"),
    ("AWS::Logs::LogGroup", "KmsKeyId"),
    ("AWS::Logs::LogGroup", "RetentionInDays"),
];

/// The values that each attribute is set to, in Terraform.
const VALUES: &[&str] = &[
    "\"orders-proxy\"",
    "\"arn:aws:iam::666666666666:policy/orders-proxy\"",
    "\"arn:aws:kms:eu-west-1:666666666666:key/orders-proxy\"",
    "true",
    "false",
    "null",
    "0",
    "999",
    "[]",
    "[\"orders-proxy\"]",
    "{}",
    "{ orders-proxy = \"orders-proxy\" }",
    "var.name",
    "local.proxy_id",
    "aws_db_proxy.this.arn",
];

/// The number of differences that an edit of the files makes, and whether all of them are allowed.
fn allowed(path: &str, before: &str, after: &str) -> Option<bool> {
    let read = |text| inventory([(path, text)]).unwrap();
    let (before, after) = (read(before), read(after));
    let differences = before.differences(&after, ASKED);
    let all = differences.iter().all(|(one, _)| judge(one).is_ok());
    (!differences.is_empty()).then_some(all)
}

fn is_expected(kind: &str, attribute: &str) -> bool {
    SET.iter()
        .any(|(of, name)| (of.is_empty() || *of == kind) && *name == attribute)
}

/// The schema of the provider, read once: the attributes and blocks of each type, by kind of block.
fn provider() -> Option<&'static Value> {
    static SCHEMA: OnceLock<Option<Value>> = OnceLock::new();
    SCHEMA.get_or_init(read_provider).as_ref()
}

fn read_provider() -> Option<Value> {
    let project = Project::of(&Path::new(EXAMPLE).join("terraform"))?;
    let (output, said) = project.attempt(&["providers", "schema", "-json"]);
    assert!(output.status.success(), "{said}");
    let schema: Value = serde_json::from_slice(&output.stdout).unwrap();
    let all = schema["provider_schemas"].as_object().unwrap();
    all.values().next().cloned()
}

fn members(schema: &Value) -> BTreeSet<String> {
    let block = &schema["block"];
    let of = |part: &str| block[part].as_object().cloned().unwrap_or_default();
    let all = of("attributes").into_iter().chain(of("block_types"));
    all.map(|(name, _)| name).collect()
}

#[test]
fn no_type_of_the_provider_passes_unlisted() {
    let Some(schema) = provider() else { return };
    let mut tried = 0;
    for (block, section, listed) in [
        ("resource", "resource_schemas", ADDED),
        ("data", "data_source_schemas", READ),
        ("ephemeral", "ephemeral_resource_schemas", &[][..]),
    ] {
        let types = schema[section].as_object().cloned().unwrap_or_default();
        let passing: Vec<&String> = types
            .keys()
            .filter(|kind| {
                let text = format!("{block} \"{kind}\" \"zz\" {{}}\n");
                allowed("terraform/modules/proxy/zz.tf", "", &text) == Some(true)
            })
            .collect();
        tried += types.len();
        let unlisted: Vec<_> = passing
            .iter()
            .filter(|kind| !listed.contains(&kind.as_str()))
            .collect();
        assert!(unlisted.is_empty(), "{block}: {unlisted:?}");
        let stale: Vec<_> = listed
            .iter()
            .filter(|kind| !kind.starts_with("AWS") && !passing.iter().any(|one| one == *kind))
            .collect();
        assert!(stale.is_empty(), "{block}: no longer passes: {stale:?}");
    }
    assert!(tried > 2000, "{tried}");
}

#[test]
fn no_attribute_of_a_resource_that_we_write_passes_unlisted() {
    let Some(schema) = provider() else { return };
    let files = fs::read_dir(Path::new(EXAMPLE).join("terraform/modules/proxy")).unwrap();
    let files = files.map(|file| file.unwrap().path());
    let mut tried = 0;
    let mut passing = BTreeSet::new();
    for path in files.filter(|path| path.extension().is_some_and(|end| end == "tf")) {
        let text = fs::read_to_string(&path).unwrap();
        let body: Body = text.parse().unwrap();
        for block in body.blocks() {
            let section = match block.ident.as_str() {
                "resource" => "resource_schemas",
                "ephemeral" => "ephemeral_resource_schemas",
                _ => continue,
            };
            let kind = block.labels[0].as_str();
            let body = Body::from_iter([block.clone()]);
            let text = body.to_string();
            let mut names = members(&schema[section][kind]);
            names.extend(META.iter().map(|name| (*name).to_owned()));
            for name in names {
                for value in scale::some(VALUES) {
                    let value: Expression = value.parse().unwrap();
                    let after = with(&body, |body| set(body, &name, value.clone()));
                    tried += 1;
                    if allowed("terraform/modules/proxy/x.tf", &text, &after) == Some(true) {
                        passing.insert((kind.to_owned(), name.clone()));
                    }
                }
                let after = with(&body, |body| {
                    body.push(Block::new(hcl_edit::Ident::new(name.as_str())));
                });
                tried += 1;
                if name != "lifecycle"
                    && allowed("terraform/modules/proxy/x.tf", &text, &after) == Some(true)
                {
                    passing.insert((kind.to_owned(), format!("{name} {{}}")));
                }
            }
        }
    }
    let unlisted: Vec<_> = passing
        .iter()
        .filter(|(kind, name)| !is_expected(kind, name) && name != "tags {}")
        .collect();
    assert!(unlisted.is_empty(), "{unlisted:?}");
    assert!(tried * scale::step(1) > 5000, "{tried}");
}

/// Arguments that every resource accepts.
const META: &[&str] = &[
    "count",
    "for_each",
    "provider",
    "depends_on",
    "lifecycle",
    "provisioner",
    "connection",
];

/// The text of a file after an edit of its block.
fn with(body: &Body, edit: impl Fn(&mut Body)) -> String {
    let mut body = body.clone();
    let block = body.get_mut(0).and_then(|one| one.as_block_mut());
    edit(&mut block.unwrap().body);
    body.to_string()
}

fn set(body: &mut Body, name: &str, value: Expression) {
    body.remove_attribute(name);
    body.push(Attribute::new(hcl_edit::Ident::new(name), value));
}

#[test]
fn blocks_of_other_kinds_pass_only_where_expected() {
    let body: Body = "".parse().unwrap();
    for (kind, labels, passes) in [
        ("module", 1, false),
        ("provider", 1, false),
        ("moved", 0, false),
        ("import", 0, false),
        ("removed", 0, false),
        ("action", 2, false),
        ("list", 2, false),
        ("unheard_of", 0, false),
        ("variable", 1, true),
        ("output", 1, true),
        ("check", 1, true),
    ] {
        let mut block = Block::new(hcl_edit::Ident::new(kind));
        block.labels = vec![BlockLabel::String("zz".to_owned().into()); labels];
        let mut body = body.clone();
        body.push(block);
        let after = body.to_string();
        assert_eq!(
            allowed("terraform/modules/proxy/zz.tf", "", &after),
            Some(passes),
            "{kind}"
        );
    }
}

/// The folder of cfn-lint's CloudFormation specifications.
fn specification() -> Option<PathBuf> {
    let program = tools::find("cfn-lint")?;
    let home = program.parent().and_then(Path::parent).unwrap().join("lib");
    let versions = fs::read_dir(home).into_iter().flatten().flatten();
    let versions = versions.map(|one| one.path());
    let data = versions.map(|python| python.join("site-packages/cfnlint/data/schemas"));
    let found = data
        .into_iter()
        .find(|data| data.join("providers/us-east-1.json").is_file());
    if found.is_none() {
        let why = format!("{} has no schemas in the lib beside it", program.display());
        tools::skip("schemas of cfn-lint", &why, ".ci/install-tools");
    }
    found
}

fn json_of(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// The template of the example as JSON, with functions in their long form.
fn template() -> Value {
    let path = Path::new(EXAMPLE).join("cloudformation/template.yaml");
    let text = fs::read_to_string(path).unwrap();
    as_json(&yaml::load(&text).unwrap().unwrap())
}

fn as_json(tree: &Tree) -> Value {
    let value = match &tree.content {
        Content::Scalar { text, .. } => json!(text),
        Content::List(items) => items.iter().map(as_json).collect(),
        Content::Map(members) => {
            let members = members
                .iter()
                .map(|(key, value)| (key.text.clone(), as_json(value)));
            Value::Object(members.collect())
        }
        Content::Broken(why) => panic!("{why}"),
    };
    match tree.tag.as_deref() {
        None => value,
        Some("Ref") => json!({ "Ref": value }),
        Some(tag) => json!({ format!("Fn::{tag}"): value }),
    }
}

fn is_allowed(before: &str, after: &Value) -> Option<bool> {
    allowed("cloudformation/template.yaml", before, &after.to_string())
}

#[test]
fn no_type_of_cloudformation_passes_unlisted() {
    let Some(data) = specification() else { return };
    let types = json_of(&data.join("providers/us-east-1.json"));
    let mut types: Vec<String> = types.as_object().unwrap().keys().cloned().collect();
    types.extend(
        [
            "Custom::X",
            "AWS::CloudFormation::CustomResource",
            "AWS::Serverless::Function",
            "",
        ]
        .map(str::to_owned),
    );
    let template = template();
    let before = json!({ "Resources": {} }).to_string();
    let mut passing: Vec<&str> = Vec::new();
    for kind in &types {
        let after = json!({ "Resources": { "Zz": { "Type": kind } } });
        if is_allowed(&before, &after) == Some(true) {
            passing.push(kind);
        }
    }
    assert_eq!(passing, ["AWS::CloudWatch::Alarm", "AWS::SSM::Parameter"]);
    assert!(types.len() > 1000);
    // The type of an existing resource.
    let before = template.to_string();
    for id in template["Resources"].as_object().unwrap().keys() {
        let mut after = template.clone();
        after["Resources"][id]["Type"] = json!("AWS::CloudWatch::Alarm");
        let is_alarm = template["Resources"][id]["Type"] == "AWS::CloudWatch::Alarm";
        assert_eq!(
            is_allowed(&before, &after),
            (!is_alarm).then_some(false),
            "{id}"
        );
    }
}

#[test]
fn no_property_of_a_resource_that_we_write_passes_unlisted() {
    let Some(data) = specification() else { return };
    let hashes = json_of(&data.join("providers/us-east-1.json"));
    let template = template();
    let values = [
        json!("orders-proxy"),
        json!("arn:aws:iam::666666666666:policy/orders-proxy"),
        json!("arn:aws:kms:eu-west-1:666666666666:key/orders-proxy"),
        json!(true),
        json!(false),
        json!("0"),
        json!("999"),
        json!([]),
        json!({}),
        json!(["orders-proxy"]),
        json!({ "Ref": "VpcId" }),
        json!({ "Fn::If": ["RegistersTarget", "a", "b"] }),
    ];
    let mut passing: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut tried = 0;
    for (id, resource) in template["Resources"].as_object().unwrap() {
        let kind = resource["Type"].as_str().unwrap();
        let template = json!({ "Resources": { id: resource } });
        let before = template.to_string();
        let hash = hashes[kind].as_str().unwrap();
        let schema = json_of(&data.join(format!("resources/{hash}.json")));
        for property in schema["properties"].as_object().unwrap().keys() {
            for value in scale::some(&values) {
                let mut after = template.clone();
                after["Resources"][id]["Properties"][property] = value.clone();
                tried += 1;
                if is_allowed(&before, &after) == Some(true) {
                    *passing
                        .entry((kind.to_owned(), property.clone()))
                        .or_default() += 1;
                }
            }
        }
        for member in [
            "Condition",
            "DependsOn",
            "CreationPolicy",
            "UpdatePolicy",
            "Metadata",
            "Fn::Transform",
        ] {
            let mut after = template.clone();
            after["Resources"][id][member] = json!("zz");
            tried += 1;
            assert_ne!(is_allowed(&before, &after), Some(true), "{id} {member}");
        }
    }
    let unlisted: Vec<_> = passing
        .keys()
        .filter(|(kind, name)| !is_expected(kind, name))
        .collect();
    assert!(unlisted.is_empty(), "{unlisted:?}");
    assert!(tried * scale::step(1) > 2000, "{tried}");
}

#[test]
fn sections_of_a_template_pass_only_where_expected() {
    let template = template();
    let before = template.to_string();
    for (section, member, passes) in [
        ("Conditions", json!({ "Fn::Equals": ["a", "b"] }), false),
        ("Mappings", json!({ "a": { "b": "c" } }), false),
        (
            "Hooks",
            json!({ "Type": "AWS::CodeDeploy::BlueGreen" }),
            false,
        ),
        ("Metadata", json!({ "a": "b" }), false),
        ("Transform", json!({ "Name": "x" }), false),
        ("Globals", json!({ "a": "b" }), false),
        (
            "Parameters",
            json!({ "Type": "String", "Default": "a" }),
            true,
        ),
        (
            "Parameters",
            json!({ "Type": "AWS::SSM::Parameter::Value<String>", "Default": "a" }),
            false,
        ),
        (
            "Rules",
            json!({ "Assertions": [{ "Assert": { "Fn::Equals": ["a", "b"] } }] }),
            true,
        ),
        (
            "Outputs",
            json!({ "Value": { "Fn::GetAtt": ["Proxy", "Endpoint"] } }),
            true,
        ),
        (
            "Outputs",
            json!({ "Value": "{{resolve:secretsmanager:orders}}" }),
            false,
        ),
        (
            "Outputs",
            json!({ "Value": { "Fn::Sub": "{${X}resolve:secretsmanager:orders}}" } }),
            false,
        ),
        (
            "Outputs",
            json!({ "Value": { "Fn::Join": ["", ["{", "{resolve:secretsmanager:orders}}"]] } }),
            false,
        ),
    ] {
        let mut after = template.clone();
        after[section]["Zz"] = member.clone();
        assert_eq!(
            is_allowed(&before, &after),
            Some(passes),
            "{section} {member}"
        );
    }
}
