//! Projects that were generated as one flat folder become a root module and a module below it: no edit is lost, what
//! cannot follow is refused by its place, and an undo restores every byte.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::{holds, replace};
use crate::support::program::{contents, ended, program, stderr, stdout, write_recorded};

const FLAT: &str = include_str!("baselines/flat.json");

/// A flat project as it was generated.
fn flat() -> (TempDir, PathBuf) {
    let home = tempfile::tempdir().unwrap();
    let project = home.path().join("project");
    write_recorded(&project, FLAT);
    (home, project)
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn append(path: &Path, text: &str) {
    let there = fs::read_to_string(path).unwrap_or_default();
    write(path, &(there + text));
}

/// Updates with the consent to new passwords: the template of before named more than the user in its secrets.
fn update(home: &Path, more: &[&str]) -> (Option<i32>, String) {
    let consent: &[&str] = if more.contains(&"--undo") {
        &[]
    } else {
        &["--allow-new-passwords"]
    };
    super::update(home, &[more, consent].concat())
}

fn drift(home: &Path) -> (Option<i32>, String) {
    let said = ended(program(home).args(["drift", "project"]));
    (said.status.code(), stdout(&said) + &stderr(&said))
}

#[test]
fn an_untouched_project_is_what_would_be_generated_now() {
    let (home, project) = flat();
    assert_eq!(drift(home.path()).0, Some(0));
    let before = contents(home.path());
    for way in ["--check", "--dry-run"] {
        let (_, said) = update(home.path(), &["project", way]);
        assert!(said.contains("would change"), "{said}");
        assert_eq!(contents(home.path()), before, "{way} writes nothing");
    }
    let (code, said) = update(home.path(), &["project"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("moves into the module"), "{said}");
    assert_eq!(drift(home.path()).0, Some(0));
    holds(
        &project.join("terraform/moved.tf"),
        "  from = aws_db_proxy.this\n  to   = module.proxy.aws_db_proxy.this\n",
    );
    // Apart from the record of the moves it is a new project.
    let fresh = tempfile::tempdir().unwrap();
    write(
        &fresh.path().join("answers.toml"),
        &fs::read_to_string(project.join("rdsproxy.toml")).unwrap(),
    );
    let new = ["new", "project", "--answers", "answers.toml"];
    let new = ended(program(fresh.path()).args(new));
    assert!(new.status.success(), "{}", stderr(&new));
    let (mut now, new) = (contents(&project), contents(&fresh.path().join("project")));
    let is_other = |path: &str| path.ends_with("moved.tf") || path.starts_with(".rdsproxy-gen");
    now.retain(|path, _| !is_other(path));
    let new: Vec<_> = new
        .into_iter()
        .filter(|(path, _)| !is_other(path))
        .collect();
    assert_eq!(now.into_iter().collect::<Vec<_>>(), new);

    // The record stays until it is removed.
    let spec = project.join("rdsproxy.toml");
    replace(
        &spec,
        "max_connections_percent = 60",
        "max_connections_percent = 70",
    );
    assert_eq!(update(home.path(), &["project"]).0, Some(0));
    holds(&project.join("terraform/moved.tf"), "aws_db_proxy.this");
    assert_eq!(update(home.path(), &["project", "--check"]).0, Some(0));
    assert_eq!(update(home.path(), &["project", "--undo"]).0, Some(0));
}

/// An edit: the file, the text appended to it, and the file and text where it is afterwards.
const EDITS: &[(&str, &str, &str, &str)] = &[
    (
        "terraform/variables.tf",
        "\nvariable \"team\" {\n  type    = string\n  default = \"shop\"\n}\n",
        "terraform/main.tf",
        "  team                = var.team\n",
    ),
    (
        "terraform/outputs.tf",
        "\noutput \"log_group\" {\n  value = aws_cloudwatch_log_group.proxy.name\n}\n",
        "terraform/outputs.tf",
        "  value = module.proxy.log_group\n",
    ),
    (
        "terraform/iam.tf",
        "\nresource \"aws_sns_topic\" \"audit\" {\n  name = var.team\n}\n",
        "terraform/moved.tf",
        "  to   = module.proxy.aws_sns_topic.audit\n",
    ),
    (
        "terraform/versions.tf",
        "\nterraform {\n  backend \"s3\" {}\n}\n",
        "terraform/versions.tf",
        "  backend \"s3\" {}\n",
    ),
    (
        "terraform/alarms.tf",
        "# On aws_db_proxy.this.\noutput \"host\" {\n  value = \"${aws_db_proxy.this.endpoint}:3306\"\n}\n",
        "terraform/alarms.tf",
        "\"${module.proxy.endpoint}:3306\"",
    ),
    (
        "terraform/own.tf",
        "resource \"aws_sns_topic\" \"own\" {\n  name = var.name\n}\n",
        "terraform/own.tf",
        "name = var.name",
    ),
    (
        "terraform/main_override.tf",
        "resource \"aws_db_proxy\" \"this\" {\n  idle_client_timeout = 60\n}\n",
        "terraform/modules/proxy/main_override.tf",
        "idle_client_timeout = 60",
    ),
    (
        "terraform/prod.tfvars",
        "name = \"prod\"\n",
        "terraform/prod.tfvars",
        "name = \"prod\"\n",
    ),
];

#[test]
fn no_edit_is_lost() {
    let (home, project) = flat();
    for (path, text, ..) in EDITS {
        append(&project.join(path), text);
    }
    replace(
        &project.join("terraform/variables.tf"),
        "  description = \"Region of the proxy, its database and its secrets.\"\n",
        "  default     = \"us-east-1\"\n  description = \"Region of the proxy, its database and its secrets.\"\n",
    );
    replace(
        &project.join("terraform/main.tf"),
        "debug_logging = false",
        "debug_logging = false # ours",
    );
    let before = contents(home.path());
    let (code, said) = update(home.path(), &["project"]);
    assert_eq!(code, Some(0), "{said}");
    for (_, _, path, text) in EDITS {
        holds(&project.join(path), text);
    }
    holds(
        &project.join("terraform/variables.tf"),
        "default     = \"us-east-1\"",
    );
    holds(&project.join("terraform/modules/proxy/main.tf"), "# ours");
    for gone in [
        "terraform/iam.tf",
        "terraform/main_override.tf",
        "terraform/tests",
    ] {
        let path = project.join(gone);
        assert!(!path.is_file(), "{gone}");
    }
    assert_eq!(update(home.path(), &["project", "--check"]).0, Some(0));
    assert_eq!(update(home.path(), &["project", "--undo"]).0, Some(0));
    assert_eq!(contents(home.path()), before, "byte by byte");
}

/// What cannot follow: the file, its text, and the message.
const REFUSED: &[(&str, &str, &str)] = &[
    (
        "terraform/own.tf",
        "output \"role\" {\n  value = aws_iam_role.proxy.name\n}\n",
        "terraform/own.tf:2: aws_iam_role.proxy moves into the module",
    ),
    (
        "terraform/own.tf",
        "locals {\n  zones = local.unsupported_zones\n}\n",
        "terraform/own.tf:2: local.unsupported_zones moves into the module",
    ),
    (
        "terraform/iam.tf",
        "\nterraform {\n  backend \"s3\" {}\n}\n",
        "terraform/iam.tf: holds settings of Terraform or of a provider, which stay, and code, which moves",
    ),
    (
        "terraform/own.tf",
        "resource \"aws_x\" \"y\" {\n",
        "terraform/own.tf: cannot be read as Terraform",
    ),
    (
        "terraform/modules/proxy/iam.tf",
        "# ours\n",
        "terraform/modules/proxy/iam.tf: stands where terraform/iam.tf moves to",
    ),
];

#[test]
fn what_cannot_follow_is_refused_by_its_place() {
    for (path, text, told) in REFUSED {
        let (home, project) = flat();
        append(&project.join(path), text);
        let before = contents(home.path());
        let (code, said) = update(home.path(), &["project"]);
        assert_eq!(code, Some(1), "{told}: {said}");
        assert!(said.contains(told), "{told}: {said}");
        assert!(said.contains("hint:"), "{said}");
        assert_eq!(contents(home.path()), before, "{told}");
    }
}

#[test]
fn code_that_moves_and_names_what_stays_is_refused() {
    let (home, project) = flat();
    write(
        &project.join("terraform/own.tf"),
        "resource \"aws_sns_topic\" \"own\" {\n  name = \"own\"\n}\n",
    );
    append(
        &project.join("terraform/iam.tf"),
        "\noutput \"topic\" {\n  value = aws_sns_topic.own.arn\n}\n",
    );
    let (code, said) = update(home.path(), &["project"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("moves into the module, and aws_sns_topic.own does not"),
        "{said}"
    );
}

#[test]
fn a_weakening_is_held_back_as_ever_and_a_reset_takes_it_back() {
    let (home, project) = flat();
    replace(
        &project.join("terraform/main.tf"),
        "require_tls = true",
        "require_tls = false",
    );
    let before = contents(home.path());
    let (code, said) = update(home.path(), &["project"]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("weakens client-tls-not-required"), "{said}");
    assert_eq!(contents(home.path()), before);
    let reset = ["project", "--reset", "client-tls-not-required"];
    let (code, said) = update(home.path(), &reset);
    assert_eq!(code, Some(0), "{said}");
    holds(
        &project.join("terraform/modules/proxy/main.tf"),
        "require_tls = true",
    );
}

#[test]
fn files_of_other_names_keep_them() {
    let (home, project) = flat();
    let at = |path: &str| project.join(path);
    fs::rename(at("terraform"), at("infra")).unwrap();
    fs::rename(at("infra/main.tf"), at("infra/proxy.tf")).unwrap();
    let before = contents(home.path());
    let (code, said) = update(home.path(), &["project"]);
    assert_eq!(code, Some(0), "{said}");
    holds(
        &at("infra/modules/proxy/proxy.tf"),
        "\"aws_db_proxy\" \"this\"",
    );
    holds(&at("infra/main.tf"), "module \"proxy\"");
    assert!(!at("terraform").exists());
    assert_eq!(drift(home.path()).0, Some(0), "{}", drift(home.path()).1);
    assert_eq!(update(home.path(), &["project", "--undo"]).0, Some(0));
    assert_eq!(contents(home.path()), before);
}

#[test]
fn a_new_run_sends_a_flat_project_to_update_and_keeps_the_record_of_the_moves() {
    let (home, project) = flat();
    let before = contents(home.path());
    let new = ["new", "project", "--defaults", "--force"];
    let refused = ended(program(home.path()).args(new));
    assert_eq!(refused.status.code(), Some(1), "{}", stderr(&refused));
    assert!(
        stderr(&refused).contains("`rdsproxy-gen update project` carries it over"),
        "{}",
        stderr(&refused)
    );
    assert_eq!(contents(home.path()), before);
    assert_eq!(update(home.path(), &["project"]).0, Some(0));
    let again = ended(program(home.path()).args(new));
    assert_eq!(again.status.code(), Some(0), "{}", stderr(&again));
    holds(&project.join("terraform/moved.tf"), "aws_db_proxy.this");
}
