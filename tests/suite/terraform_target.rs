//! The Terraform target: the same bytes each time, text that is formatted and holds every value as it was given, and the
//! generated test, which the real Terraform runs and which fails for every weakening.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use rdsproxy_gen::domain::blueprint::Blueprint;
use rdsproxy_gen::domain::spec::Spec;
use rdsproxy_gen::render::{TARGETS, Target, render};

use crate::examples::{blueprint, examples};
use crate::random_specs::spec_text;

fn target() -> &'static Target {
    TARGETS
        .iter()
        .find(|target| target.id == "terraform")
        .unwrap()
}

fn generated(blueprint: &Blueprint) -> BTreeMap<String, String> {
    render(blueprint, &[target()])
        .unwrap_or_else(|error| panic!("{error}"))
        .into_iter()
        .map(|file| {
            let path = file.path.strip_prefix("terraform/").unwrap();
            (path.to_owned(), file.text)
        })
        .collect()
}

fn hardened(text: &str) -> Blueprint {
    let spec = Spec::parse(text, "random.toml").unwrap_or_else(|error| panic!("{error}\n{text}"));
    Blueprint::harden(&spec).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn write(files: &BTreeMap<String, String>, folder: &Path) {
    for (path, text) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

/// Runs Terraform. Without it the test says so and passes, but not in CI.
fn terraform(folder: &Path, arguments: &[&str]) -> Option<Output> {
    let mut command = Command::new("terraform");
    command.args(arguments).current_dir(folder);
    match command.env_remove("TF_CLI_CONFIG_FILE").output() {
        Ok(output) => Some(output),
        Err(error) => {
            assert!(
                std::env::var_os("CI").is_none(),
                "terraform is missing in CI: {error}"
            );
            eprintln!("SKIPPED: terraform is not installed");
            None
        }
    }
}

fn said(output: &Output) -> String {
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    String::from_utf8_lossy(&text).into_owned()
}

fn is_hcl(path: &str) -> bool {
    [".tf", ".tfvars", ".hcl"]
        .iter()
        .any(|suffix| path.ends_with(suffix))
}

fn parsed(path: &str, text: &str) -> hcl_edit::structure::Body {
    text.parse()
        .unwrap_or_else(|error| panic!("{path}: {error}\n{text}"))
}

/// The entries of a map of texts in `terraform.tfvars`.
fn texts(files: &BTreeMap<String, String>, name: &str) -> BTreeMap<String, String> {
    let body = parsed("terraform.tfvars", &files["terraform.tfvars"]);
    let value = &body.get_attribute(name).unwrap().value;
    let entries = value.as_object().unwrap().iter().map(|(key, value)| {
        let key = match key {
            hcl_edit::expr::ObjectKey::Ident(key) => key.as_str(),
            hcl_edit::expr::ObjectKey::Expression(key) => key.as_str().unwrap(),
        };
        let value = value.expr().as_str().unwrap();
        (key.to_owned(), value.to_owned())
    });
    entries.collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_spec_gives_the_same_bytes_and_tags_stay_what_they_are(text in spec_text()) {
        let blueprint = hardened(&text);
        let files = generated(&blueprint);
        prop_assert_eq!(&files, &generated(&blueprint));
        for (path, text) in files.iter().filter(|(path, _)| is_hcl(path)) {
            parsed(path, text);
        }
        let meant: BTreeMap<String, String> = blueprint
            .tags
            .iter()
            .map(|(key, value)| (key.to_string(), value.to_string()))
            .collect();
        prop_assert_eq!(texts(&files, "tags"), meant);
    }
}

#[test]
fn terraform_fmt_changes_nothing() {
    let home = tempfile::tempdir().unwrap();
    let mut runner = TestRunner::deterministic();
    for number in 0..24 {
        let text = spec_text().new_tree(&mut runner).unwrap().current();
        write(
            &generated(&hardened(&text)),
            &home.path().join(number.to_string()),
        );
    }
    if let Some(output) = terraform(home.path(), &["fmt", "-check", "-diff", "-recursive"]) {
        assert!(output.status.success(), "{}", said(&output));
    }
}

/// A folder with an example, initialised. Where the providers are not to be had the test says so and passes, but not in CI.
fn initialised(example: &str, home: &Path) -> Option<PathBuf> {
    let folder = home.join(example);
    write(&generated(&blueprint(&examples()[example])), &folder);
    let mut arguments = vec!["init".to_owned(), "-input=false".to_owned()];
    if let Some(plugins) = std::env::var_os("TF_PLUGIN_DIR") {
        arguments.push(format!("-plugin-dir={}", plugins.to_string_lossy()));
    }
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let output = terraform(&folder, &arguments)?;
    if output.status.success() {
        return Some(folder);
    }
    assert!(
        std::env::var_os("CI").is_none(),
        "the AWS provider is missing in CI: {}",
        said(&output)
    );
    eprintln!(
        "SKIPPED: the AWS provider is not to be had; TF_PLUGIN_DIR names a folder that has it"
    );
    None
}

/// A weakening: what to replace in which file, or, without a text to replace, an override file; and what the test says of it.
struct Weakening {
    file: &'static str,
    old: &'static str,
    new: &'static str,
    says: &'static str,
}

const fn weakening(
    file: &'static str,
    old: &'static str,
    new: &'static str,
    says: &'static str,
) -> Weakening {
    Weakening {
        file,
        old,
        new,
        says,
    }
}

static WEAKENINGS: &[Weakening] = &[
    weakening(
        "override.tf",
        "",
        "resource \"aws_db_proxy\" \"this\" {\n  require_tls = false\n}\n",
        "client-tls-not-required",
    ),
    weakening(
        "override.tf",
        "",
        "resource \"aws_db_proxy\" \"this\" {\n  debug_logging = true\n}\n",
        "debug-logging-on",
    ),
    weakening(
        "main.tf",
        "\"REQUIRED\"",
        "\"DISABLED\"",
        "iam-auth-not-required",
    ),
    weakening(
        "main.tf",
        "auth.value",
        "values(local.secret_arns)[0]",
        "secret-shared",
    ),
    weakening(
        "consumers.tf",
        "/${user}",
        "/*",
        "connect-permission-too-wide",
    ),
    weakening(
        "security_groups.tf",
        "cidr_blocks      = []",
        "cidr_blocks      = [\"10.0.0.0/8\"]",
        "security-group-ingress-open",
    ),
    weakening(
        "secrets.tf",
        "{ AWS = aws_iam_role.proxy.arn }",
        "\"*\"",
        "secret-policy-too-wide",
    ),
    weakening(
        "secrets.tf",
        "\"NobodyReadsInClearText\"\n        Effect    = \"Deny\"",
        "\"Nothing\"\n        Effect    = \"Allow\"",
        "secret-policy-too-wide",
    ),
    weakening(
        "iam.tf",
        "Action   = \"secretsmanager:GetSecretValue\"",
        "Action   = [\"secretsmanager:GetSecretValue\", \"secretsmanager:DeleteSecret\"]",
        "role-permissions-too-wide",
    ),
    weakening(
        "iam.tf",
        "policy_arns = []",
        "policy_arns = [\"arn:aws:iam::aws:policy/AdministratorAccess\"]",
        "role-permissions-too-wide",
    ),
    weakening(
        "database_tls.tf",
        "value        = \"1\"",
        "value        = \"0\"",
        "database-tls-not-enforced",
    ),
];

/// What the generated test says after a change.
fn test_after(weakening: &Weakening, folder: &Path) -> Output {
    let path = folder.join(weakening.file);
    let before = fs::read_to_string(&path).ok();
    let text = before.as_deref().unwrap_or_default();
    assert!(text.contains(weakening.old), "{}", weakening.old);
    let weakened = if weakening.old.is_empty() {
        weakening.new.to_owned()
    } else {
        text.replacen(weakening.old, weakening.new, 1)
    };
    fs::write(&path, weakened).unwrap();
    let output = terraform(folder, &["test", "-no-color"]).unwrap();
    match before {
        Some(text) => fs::write(&path, text).unwrap(),
        None => fs::remove_file(&path).unwrap(),
    }
    output
}

#[test]
fn the_generated_test_fails_for_every_weakening() {
    let home = tempfile::tempdir().unwrap();
    let Some(folder) = initialised("postgresql-strict-secrets", home.path()) else {
        return;
    };
    let output = terraform(&folder, &["test", "-no-color"]).unwrap();
    assert!(output.status.success(), "{}", said(&output));
    for weakening in WEAKENINGS {
        let output = test_after(weakening, &folder);
        let said = said(&output);
        assert!(
            !output.status.success() && said.contains(weakening.says),
            "{} in {}: {said}",
            weakening.new,
            weakening.file
        );
    }
}

/// The provider of the tests is older than `default_auth_scheme`: end-to-end IAM is left to those who have a newer one.
#[test]
fn terraform_takes_every_example_and_its_test_passes() {
    for (name, folder) in examples() {
        if !blueprint(&folder).uses_secrets() && std::env::var_os("TF_PLUGIN_DIR").is_some() {
            eprintln!("NOT CHECKED: {name} needs version 6.15 of the AWS provider");
            continue;
        }
        let home = tempfile::tempdir().unwrap();
        let Some(folder) = initialised(&name, home.path()) else {
            return;
        };
        let output = terraform(&folder, &["test", "-no-color"]).unwrap();
        assert!(output.status.success(), "{name}: {}", said(&output));
    }
}
