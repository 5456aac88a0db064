//! Changes that are not made in place once they are deployed: an update says so, and waits for consent.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use rdsproxy_gen::rewrite::equivalence::{UNNOTICED, replaced_by};

use super::{replace, update};
use crate::generating::examples::examples;
use crate::support::program::{contents, ended, program, stderr, stdout};
use crate::support::tools;

/// A change of the spec, the lines that tell what it does, and the options that agree to it.
struct Case {
    edit: (&'static str, &'static str),
    told: &'static [&'static str],
    waits: &'static str,
    options: &'static [&'static str],
}

const CASES: &[Case] = &[
    Case {
        edit: ("subnet-0b10000000000001b", "subnet-0b10000000000001c"),
        told: &[
            "module.proxy.aws_db_proxy.this: vpc_subnet_ids changes: it is replaced: its id and endpoint change",
            "Proxy: VpcSubnetIds changes: it is replaced: CloudFormation makes the new one first, which needs another name",
        ],
        waits: "waits for your consent to 2 replacements",
        options: &["--allow-replace"],
    },
    Case {
        edit: ("name = \"shop-proxy\"", "name = \"till-proxy\""),
        told: &[
            "module.proxy.aws_secretsmanager_secret.user[\"shop_ro\"]: name changes: a new password is generated",
            "module.proxy.aws_iam_role.proxy: name changes: it is replaced",
            "ShopRoSecret: Name changes: a new password is generated",
            "Proxy: DBProxyName changes: it is replaced",
        ],
        waits: "new passwords; nothing was written",
        options: &["--allow-replace", "--allow-new-passwords"],
    },
    Case {
        edit: ("identifier = \"shop-db\"", "identifier = \"till-db\""),
        told: &[
            "module.proxy.aws_db_proxy_target.this: db_instance_identifier changes: it is replaced",
            "module.proxy.aws_db_parameter_group.force_tls: name changes: it is replaced: RDS does not delete the old one while a database uses it",
        ],
        waits: "waits for your consent to",
        options: &["--allow-replace"],
    },
];

fn project() -> (TempDir, PathBuf) {
    let home = tempfile::tempdir().unwrap();
    let spec = Path::new("generated-examples/mysql-two-users/rdsproxy.toml");
    fs::copy(spec, home.path().join("answers.toml")).unwrap();
    let new = ["new", "project", "--answers", "answers.toml"];
    let new = ended(program(home.path()).args(new));
    assert!(new.status.success(), "{}", stderr(&new));
    let project = home.path().join("project");
    (home, project)
}

#[test]
fn what_is_not_changed_in_place_is_told_and_waits_for_consent() {
    for case in CASES {
        let (home, project) = project();
        replace(&project.join("rdsproxy.toml"), case.edit.0, case.edit.1);
        let before = contents(home.path());
        let (code, said) = update(home.path(), &["project", "--check"]);
        assert_eq!(code, Some(2), "{said}");
        let (code, said) = update(home.path(), &["project"]);
        assert_eq!(code, Some(2), "{said}");
        for line in case.told {
            assert!(said.contains(line), "{line}\n{said}");
        }
        assert!(said.contains(case.waits), "{}\n{said}", case.waits);
        let hint = format!("`rdsproxy-gen update project {}`", sorted(case.options));
        assert!(said.contains(&hint), "{hint}\n{said}");
        assert_eq!(contents(home.path()), before);
        if let [first, _] = case.options {
            let (code, said) = update(home.path(), &["project", first]);
            assert_eq!(code, Some(2), "one consent is not the other: {said}");
        }
        let (code, said) = update(home.path(), &[&["project"], case.options].concat());
        assert_eq!(code, Some(0), "{said}");
        assert!(said.contains("Once it is deployed"), "{said}");
        assert_eq!(update(home.path(), &["project", "--check"]).0, Some(0));
    }
}

fn sorted(options: &[&str]) -> String {
    let mut options = options.to_vec();
    options.sort_unstable();
    options.join(" ")
}

#[test]
fn programs_read_the_consequences_and_a_change_in_place_has_none() {
    let (home, project) = project();
    let spec = project.join("rdsproxy.toml");
    replace(
        &spec,
        "max_connections_percent = 60",
        "max_connections_percent = 70",
    );
    let (code, said) = update(home.path(), &["project"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(!said.contains("Once it is deployed"), "{said}");
    replace(&spec, CASES[0].edit.0, CASES[0].edit.1);
    let json = ["update", "project", "--check", "--format", "json"];
    let json = ended(program(home.path()).args(json));
    let report: serde_json::Value = serde_json::from_str(&stdout(&json)).unwrap();
    let project = &report["projects"][0];
    assert_eq!(project["state"], "needs consent");
    let told = project["consequences"].as_array().unwrap();
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!(told[0]["kind"], "replaces");
    assert_eq!(told[0]["allowed"], false);
    let markdown = ["project", "--check", "--format", "markdown"];
    let (_, said) = update(home.path(), &markdown);
    assert!(said.contains("**once deployed**"), "{said}");
}

/// The types of the generated templates.
fn types() -> BTreeSet<String> {
    let templates = examples()
        .into_values()
        .map(|example| fs::read_to_string(example.join("cloudformation/template.yaml")).unwrap());
    let lines: Vec<String> = templates
        .flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    let types = lines
        .iter()
        .filter_map(|line| line.strip_prefix("    Type: AWS::"));
    // Parameters have types of another form: `AWS::EC2::VPC::Id`.
    let types = types.filter(|kind| kind.matches("::").count() == 1);
    types.map(|kind| format!("AWS::{kind}")).collect()
}

#[test]
fn the_table_of_replacements_is_that_of_cloudformation() {
    let Some(linter) = tools::find("cfn-lint") else {
        return;
    };
    let script = "tests/tools/create_only.py";
    let mut python = Command::new(linter.with_file_name("python"));
    let said = tools::run(script, python.arg(script).args(types()));
    let known: BTreeMap<String, BTreeSet<String>> = serde_json::from_str(&said).unwrap();
    assert!(known.len() > 12, "{known:?}");
    let mut wrong = Vec::new();
    for (kind, properties) in known {
        let ours = replaced_by(&kind).iter().map(|name| (*name).to_owned());
        let ours: BTreeSet<String> = ours.collect();
        let is_right = if UNNOTICED.contains(&kind.as_str()) {
            ours.is_empty() && !properties.is_empty()
        } else {
            ours == properties
        };
        if !is_right {
            wrong.push(format!(
                "{kind}: {ours:?} in the table, {properties:?} in the schema"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
