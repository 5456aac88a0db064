//! The Terraform target: reproducible, formatted text with every value as given, and the generated test, which runs in
//! the real Terraform and fails for every weakening.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use rdsproxy_gen::domain::blueprint::Blueprint;
use rdsproxy_gen::domain::spec::Spec;

use crate::generating::acceptance::OVERRIDES;
use crate::generating::acceptance::terraform::Project;
use crate::generating::examples::examples;
use crate::generating::random_specs::spec_text;
use crate::support::scale;
use crate::support::tools;

/// The generated files of a blueprint, by path below the target's folder.
fn generated(blueprint: &Blueprint) -> BTreeMap<String, String> {
    super::generated("terraform", blueprint)
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

fn is_hcl(path: &str) -> bool {
    [".tf", ".tfvars", ".hcl"]
        .iter()
        .any(|suffix| path.ends_with(suffix))
}

fn parsed(path: &str, text: &str) -> hcl_edit::structure::Body {
    text.parse()
        .unwrap_or_else(|error| panic!("{path}: {error}\n{text}"))
}

/// The entries of a map of strings in `terraform.tfvars`.
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
    #![proptest_config(crate::support::scale::config("specs rendered"))]

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
    if let Some(terraform) = tools::find("terraform") {
        let mut format = Command::new(terraform);
        format.args(["fmt", "-check", "-diff", "-recursive"]);
        tools::run("terraform fmt", format.current_dir(home.path()));
    }
}

/// A weakening: the replacement in a file or, without a text to replace, an override file; and the message of the test.
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

/// Runs the generated test after a change; returns whether it fails, and its output.
fn test_after(weakening: &Weakening, project: &Project) -> (bool, String) {
    let path = project.folder.path().join(weakening.file);
    let before = fs::read_to_string(&path).ok();
    let text = before.as_deref().unwrap_or_default();
    assert!(text.contains(weakening.old), "{}", weakening.old);
    let weakened = if weakening.old.is_empty() {
        weakening.new.to_owned()
    } else {
        text.replacen(weakening.old, weakening.new, 1)
    };
    fs::write(&path, weakened).unwrap();
    let answer = project.judged(&["test", "-no-color"]);
    match before {
        Some(text) => fs::write(&path, text).unwrap(),
        None => fs::remove_file(&path).unwrap(),
    }
    (!answer.is_success(), answer.said)
}

#[test]
fn the_generated_test_fails_for_every_weakening() {
    let example = examples()["postgresql-strict-secrets"].join("terraform");
    let Some(project) = Project::module_of(&example) else {
        return;
    };
    project.judge_only();
    project.passes(&["test", "-no-color"]);
    // The acceptance tests weaken another example with override files, so a normal run skips rules that they cover.
    let is_tried = |weakening: &&Weakening| {
        let mut overrides = OVERRIDES.iter();
        scale::is_whole() || !overrides.any(|(_, says)| *says == weakening.says)
    };
    for weakening in WEAKENINGS.iter().filter(is_tried) {
        let (fails, said) = test_after(weakening, &project);
        assert!(
            fails && said.contains(weakening.says),
            "{} in {}: {said}",
            weakening.new,
            weakening.file
        );
    }
}
