//! Changes that are not made in place once they are deployed: an update says so, and waits for consent.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::{replace, update};
use crate::support::program::{contents, ended, program, stderr, stdout};

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
