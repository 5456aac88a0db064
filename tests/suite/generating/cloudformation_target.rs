//! The CloudFormation target with the examples' specs: reproducible output, all files, a template that is read back as
//! intended, and checks of the other files with Python and Node.js.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use proptest::prelude::*;
use rdsproxy_gen::domain::blueprint::Blueprint;
use rdsproxy_gen::domain::facts::compare;
use rdsproxy_gen::domain::spec::Spec;
use rdsproxy_gen::language::cloudformation::{CloudFormationFiles, read};
use rdsproxy_gen::source::assemble::assemble;

use crate::generating::examples::{blueprint, examples};
use crate::generating::random_specs::spec_text;
use crate::support::tools;

/// The generated files of a blueprint, by path below the target's folder.
fn generated(blueprint: &Blueprint) -> BTreeMap<String, String> {
    super::generated("cloudformation", blueprint)
}

fn every_example(mut check: impl FnMut(&str, &Blueprint, &BTreeMap<String, String>)) {
    for (name, folder) in examples() {
        let blueprint = blueprint(&folder);
        check(&name, &blueprint, &generated(&blueprint));
    }
}

/// Writes all examples below one folder for the external tools.
fn written() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    every_example(|name, _, files| {
        for (path, text) in files {
            let path = home.path().join(name).join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
    });
    home
}

fn files_named(home: &Path, suffix: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![home.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(suffix) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn said_nothing(output: &std::process::Output) {
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(output.status.success() && said.trim().is_empty(), "{said}");
}

#[test]
fn every_file_is_there_and_the_same_twice() {
    every_example(|name, blueprint, files| {
        let mut expected = vec![
            "README.md",
            "clients/nodejs/package.json",
            "clients/nodejs/proxyConnection.mjs",
            "clients/python/proxy_connection.py",
            "clients/python/requirements.txt",
            "parameters.json",
            "sql/users.sql",
            "template.yaml",
        ];
        if blueprint.uses_secrets() {
            expected.insert(6, "sql/set_password.py");
        }
        assert_eq!(files.keys().collect::<Vec<_>>(), expected, "{name}");
        assert_eq!(*files, generated(blueprint), "{name}");
    });
}

/// The differences between the template and the intent; empty if there are none.
fn misread(blueprint: &Blueprint, files: &BTreeMap<String, String>) -> Vec<String> {
    let document = read(&CloudFormationFiles {
        templates: BTreeMap::from([("template.yaml".to_owned(), files["template.yaml"].clone())]),
        ..CloudFormationFiles::default()
    });
    let mut wrong: Vec<String> = document
        .problems
        .iter()
        .map(|(problem, origin)| format!("{origin:?}: {problem}"))
        .collect();
    let comparison = compare(&blueprint.posture(), &assemble(&[document]));
    wrong.extend(comparison.differences.iter().map(ToString::to_string));
    wrong
}

#[test]
fn the_template_reads_back_as_it_was_meant() {
    every_example(|name, blueprint, files| {
        assert_eq!(misread(blueprint, files), Vec::<String>::new(), "{name}");
    });
}

proptest! {
    #![proptest_config(crate::support::scale::config("specs rendered"))]

    #[test]
    fn so_do_templates_of_random_specs(text in spec_text()) {
        let spec = Spec::parse(&text, "random.toml").unwrap();
        let blueprint = Blueprint::harden(&spec).unwrap();
        let files = generated(&blueprint);
        prop_assert_eq!(misread(&blueprint, &files), Vec::<String>::new(), "{}", text);
    }
}

#[test]
fn the_parameters_file_holds_what_the_template_declares() {
    every_example(|name, _, files| {
        let values: Vec<BTreeMap<String, String>> =
            serde_json::from_str(&files["parameters.json"]).unwrap();
        let template = &files["template.yaml"];
        let declared = template
            .split("\nParameters:\n")
            .nth(1)
            .unwrap()
            .split("\nRules:\n")
            .next()
            .unwrap();
        let mut names: Vec<&str> = declared
            .lines()
            .filter_map(|line| line.strip_prefix("  ")?.strip_suffix(':'))
            .filter(|name| !name.starts_with(' '))
            .collect();
        let mut given: Vec<&str> = values
            .iter()
            .map(|value| value["ParameterKey"].as_str())
            .collect();
        names.sort_unstable();
        given.sort_unstable();
        assert_eq!(names, given, "{name}");
        for value in &values {
            let default = format!("Default: \"{}\"", value["ParameterValue"]);
            assert!(declared.contains(&default), "{name}: {default}");
        }
    });
}

#[test]
fn no_parameter_reaches_what_hardens() {
    every_example(|name, _, files| {
        let template = &files["template.yaml"];
        for literal in [
            "      RequireTLS: true\n",
            "      DebugLogging: false\n",
            "      TargetGroupName: default\n",
        ] {
            assert_eq!(template.matches(literal).count(), 1, "{name}: {literal}");
        }
    });
}

#[test]
fn python_and_node_read_the_clients() {
    let home = written();
    let [scripts, modules] = [".py", ".mjs"].map(|suffix| files_named(home.path(), suffix));
    // Each example has a client in both languages, and one with secrets has a script for passwords too.
    let count = examples().len();
    assert!(scripts.len() > count, "{scripts:?}");
    assert_eq!(modules.len(), count, "{modules:?}");
    if let Some(python) = tools::find("python3") {
        let script = "import ast, sys\nfor file in sys.argv[1:]: ast.parse(open(file, encoding='utf-8').read())";
        let mut command = Command::new(python);
        command.args(["-c", script]);
        said_nothing(&tools::output(command.args(scripts)));
    }
    if let Some(node) = tools::find("node") {
        for file in modules {
            said_nothing(&tools::output(Command::new(&node).arg("--check").arg(file)));
        }
    }
}

/// The statement that `sql/set_password.py` writes for this secret.
fn password_statement(python: &Path, script: &Path, secret: &str) -> std::process::Output {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secret.json");
    fs::write(&file, secret).unwrap();
    let mut command = Command::new(python);
    command.arg(script).arg("app_user");
    tools::output(command.stdin(fs::File::open(file).unwrap()))
}

#[test]
fn a_password_reaches_the_database_in_the_form_that_it_takes() {
    let Some(python) = tools::find("python3") else {
        return;
    };
    let home = written();
    let secret = r#"{"username": "app_user", "password": "Abc123XYZ"}"#;
    let cases = [
        (
            "postgresql-instance",
            r#"ALTER ROLE "app_user" PASSWORD 'SCRAM-SHA-256$4096:"#,
            false,
        ),
        (
            "mysql-two-users",
            "ALTER USER 'app_user'@'%' IDENTIFIED BY 'Abc123XYZ' ACCOUNT UNLOCK;",
            true,
        ),
        (
            "sqlserver-instance",
            "IF SUSER_ID(N'app_user') IS NULL CREATE LOGIN [app_user] WITH PASSWORD = N'Abc123XYZ'",
            true,
        ),
        // The hash that MariaDB's own PASSWORD('Abc123XYZ') returns.
        (
            "mariadb-existing-secret",
            "ALTER USER 'app_user'@'%' IDENTIFIED BY PASSWORD '*5522C6A35C75109E253CDDA95BFCAC8BD213AD39' ACCOUNT UNLOCK;",
            false,
        ),
    ];
    for (example, start, in_clear) in cases {
        let script = home.path().join(example).join("sql/set_password.py");
        let output = password_statement(&python, &script, secret);
        let statement = String::from_utf8(output.stdout).unwrap();
        assert!(statement.starts_with(start), "{example}: {statement}");
        assert_eq!(statement.contains("Abc123XYZ"), in_clear, "{example}");
        let other = r#"{"username": "other", "password": "x"}"#;
        let refused = password_statement(&python, &script, other);
        assert!(!refused.status.success() && refused.stdout.is_empty());
    }
}

#[test]
fn no_file_holds_a_password_or_leaves_verification_off() {
    every_example(|name, _, files| {
        for (path, text) in files {
            for wrong in [
                "sslmode=require",
                "rejectUnauthorized: false",
                "CERT_NONE",
                "TrustServerCertificate=yes",
            ] {
                assert!(!text.contains(wrong), "{name}/{path}: {wrong}");
            }
        }
        let sql = files["sql/users.sql"].to_ascii_lowercase();
        for wrong in ["password '", "identified by '", "with password"] {
            assert!(!sql.contains(wrong), "{name}: {wrong}");
        }
    });
}
