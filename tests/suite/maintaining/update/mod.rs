//! `update`: what is kept, merged and refused, and that all of it can be undone.

mod carried;
mod consent;
mod edits;
mod meanwhile;
mod moves;
mod replay;
mod resets;

use std::fs;
use std::path::Path;

use rdsproxy_gen::domain::baseline::{BASELINE_PATH, digest};

use crate::support::program::{contents, ended, program, stderr, stdout, write_recorded};
use crate::support::scale;

/// A home with a generated project.
fn home() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let made = ended(program(home.path()).args(["new", "project", "--demo", "--defaults"]));
    assert!(made.status.success(), "{}", stderr(&made));
    home
}

/// Runs `update`; returns the exit code, and the whole output on one line.
fn update(home: &Path, more: &[&str]) -> (Option<i32>, String) {
    let said = ended(program(home).arg("update").args(more));
    let text = stdout(&said) + &stderr(&said);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (said.status.code(), text)
}

fn replace(path: &Path, old: &str, new: &str) {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.contains(old), "{}: {old}", path.display());
    fs::write(path, text.replace(old, new)).unwrap();
}

/// Changes the spec: that of the demo project has no pool.
fn another_spec(project: &Path) {
    let spec = project.join("rdsproxy.toml");
    let text = fs::read_to_string(&spec).unwrap();
    fs::write(spec, text + "\n[pool]\nborrow_timeout = 45\n").unwrap();
}

fn holds(path: &Path, text: &str) {
    let there = fs::read_to_string(path).unwrap();
    assert!(there.contains(text), "{}: {text}", path.display());
}

#[test]
fn nothing_is_due_right_after_new() {
    let home = home();
    let before = contents(home.path());
    for way in [
        &["project"][..],
        &["project", "--check"],
        &["project", "--dry-run"],
    ] {
        let (code, said) = update(home.path(), way);
        assert_eq!(
            (code, said.contains("up to date")),
            (Some(0), true),
            "{said}"
        );
    }
    assert_eq!(contents(home.path()), before);
}

#[test]
fn what_was_changed_by_hand_stays_and_the_rest_follows_the_spec() {
    let home = home();
    let project = home.path().join("project");
    let tfvars = project.join("terraform/terraform.tfvars");
    replace(
        &tfvars,
        "idle_client_timeout          = 1800",
        "idle_client_timeout = 900 # ours",
    );
    another_spec(&project);
    let before = contents(home.path());

    let (code, said) = update(home.path(), &["project", "--check"]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("pool/borrow_timeout: 30 → 45"), "{said}");
    let (code, said) = update(home.path(), &["project", "--dry-run"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains("+ borrow_timeout = 45") && said.contains("nothing was written"),
        "{said}"
    );
    assert_eq!(contents(home.path()), before, "neither writes anything");

    let (code, said) = update(home.path(), &["project"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains("terraform.tfvars: merged with your changes"),
        "{said}"
    );
    let merged = fs::read_to_string(&tfvars).unwrap();
    assert!(
        merged.contains("idle_client_timeout = 900 # ours"),
        "{merged}"
    );
    assert!(
        merged.contains("borrow_timeout               = 45"),
        "{merged}"
    );
    assert_eq!(update(home.path(), &["project", "--check"]).0, Some(0));

    let (code, said) = update(home.path(), &["project", "--undo"]);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(contents(home.path()), before, "byte by byte");
    let (code, said) = update(home.path(), &["project", "--undo"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("no update to take back"), "{said}");
}

#[test]
fn what_was_changed_since_is_not_lost_by_an_undo() {
    let home = home();
    let project = home.path().join("project");
    another_spec(&project);
    assert_eq!(update(home.path(), &["project"]).0, Some(0));
    let template = project.join("cloudformation/template.yaml");
    replace(
        &template,
        "ConnectionBorrowTimeout: 45",
        "ConnectionBorrowTimeout: 46",
    );
    let (code, said) = update(home.path(), &["project", "--undo"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("changed since the update: cloudformation/template.yaml"),
        "{said}"
    );
    let (code, said) = update(home.path(), &["project", "--undo", "--force"]);
    assert_eq!(code, Some(0), "{said}");
    holds(&template, "ConnectionBorrowTimeout: 30");
}

/// An edit that weakens a rule: the file, the original text, its replacement, and the rule.
const WEAKENINGS: &[(&str, &str, &str, &str)] = &[
    (
        "terraform/modules/proxy/main.tf",
        "require_tls = true",
        "require_tls = false",
        "client-tls-not-required",
    ),
    (
        "terraform/modules/proxy/main.tf",
        "debug_logging = false",
        "debug_logging = true",
        "debug-logging-on",
    ),
    (
        "cloudformation/template.yaml",
        "IAMAuth: REQUIRED",
        "IAMAuth: DISABLED",
        "iam-auth-not-required",
    ),
    (
        "cloudformation/template.yaml",
        "DebugLogging: false",
        "DebugLogging: true",
        "debug-logging-on",
    ),
];

#[test]
fn what_weakens_a_rule_is_held_back_until_it_is_taken_back_or_has_a_reason() {
    let ways = [
        &["project"][..],
        &["project", "--check"],
        &["project", "--conflict", "inline"],
    ];
    for (at, (file, old, new, rule)) in scale::some(WEAKENINGS).enumerate() {
        let home = home();
        let project = home.path().join("project");
        replace(&project.join(file), old, new);
        another_spec(&project);
        let before = contents(home.path());
        // Each weakening is tested in one way, and in a nightly run in all.
        let some = ways.iter().enumerate();
        let some = some.filter(|(way, _)| scale::is_whole() || at % ways.len() == *way);
        for (_, way) in some {
            let (code, said) = update(home.path(), way);
            assert_eq!(code, Some(2), "{said}");
            assert!(
                said.contains(&format!("weakens {rule} project/{file}:")),
                "{said}"
            );
            assert_eq!(contents(home.path()), before, "nothing is written");
        }
        let (code, said) = update(home.path(), &["project", "--reset", rule]);
        // One edit may weaken several rules; undoing the line fixes all of them.
        assert_eq!(code, Some(0), "{said}");
        holds(&project.join(file), old);
        assert_eq!(update(home.path(), &["project", "--undo"]).0, Some(0));
        assert_eq!(
            contents(home.path()),
            before,
            "an undo brings the edit back too"
        );

        let drift = ended(program(home.path()).args(["drift", "project", "--accept"]));
        let given = stdout(&drift).replace("reason = \"\"", "reason = \"agreed\"");
        fs::write(
            home.path().join("rdsproxy-policy.toml"),
            format!("schema = 1\n{given}"),
        )
        .unwrap();
        let (code, said) = update(home.path(), &["project"]);
        assert_eq!(code, Some(0), "{said}");
        assert!(
            said.contains(&format!("accepted: weakens {rule}")),
            "{said}"
        );
        holds(&project.join(file), new);
    }
}

#[test]
fn a_file_beside_that_weakens_a_rule_is_named_and_never_touched() {
    let home = home();
    let beside = home
        .path()
        .join("project/terraform/modules/proxy/override.tf");
    fs::write(
        &beside,
        "resource \"aws_db_proxy\" \"this\" {\n  debug_logging = true\n}\n",
    )
    .unwrap();
    let (code, said) = update(home.path(), &["project"]);
    assert_eq!(code, Some(2), "{said}");
    assert!(
        said.contains("weakens debug-logging-on project/terraform/modules/proxy/override.tf:2:19"),
        "{said}"
    );
    assert!(said.contains("override.tf was not generated"), "{said}");
    let (code, said) = update(home.path(), &["project", "--reset", "debug-logging-on"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(beside.exists());
}

#[test]
fn a_conflict_shows_both_sides_and_is_marked_only_when_asked() {
    let home = home();
    let project = home.path().join("project");
    let template = project.join("cloudformation/template.yaml");
    replace(
        &template,
        "ConnectionBorrowTimeout: 30",
        "ConnectionBorrowTimeout: 77",
    );
    another_spec(&project);
    let before = contents(home.path());
    let (code, said) = update(home.path(), &["project"]);
    assert_eq!(code, Some(2), "{said}");
    assert!(
        said.contains("ConnectionPoolConfigurationInfo/ConnectionBorrowTimeout: both changed it"),
        "{said}"
    );
    assert!(
        said.contains("ConnectionBorrowTimeout: 77 generated"),
        "{said}"
    );
    assert_eq!(
        contents(home.path()),
        before,
        "nothing is written, and no .rej"
    );

    let (code, said) = update(home.path(), &["project", "--conflict", "inline"]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("MARKERS"), "{said}");
    let marked = fs::read_to_string(&template).unwrap();
    assert!(marked.contains("<<<<<<< yours\n        ConnectionBorrowTimeout: 77\n=======\n        ConnectionBorrowTimeout: 45\n>>>>>>> generated\n"), "{marked}");
    let (code, said) = update(home.path(), &["project"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("template.yaml:274: the markers of an earlier conflict"),
        "{said}"
    );
    assert_eq!(update(home.path(), &["project", "--undo"]).0, Some(0));
    assert_eq!(contents(home.path()), before);

    let (code, said) = update(
        home.path(),
        &["project", "--reset", "cloudformation/template.yaml"],
    );
    assert_eq!(code, Some(0), "{said}");
    holds(&template, "ConnectionBorrowTimeout: 45");
}

#[test]
fn what_was_deleted_comes_back_unless_the_spec_says_so() {
    let home = home();
    let project = home.path().join("project");
    let readme = project.join("terraform/README.md");
    fs::remove_file(&readme).unwrap();
    let (code, said) = update(home.path(), &["project"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains("terraform/README.md: was deleted, and comes back"),
        "{said}"
    );
    assert!(readme.exists());

    let spec = project.join("rdsproxy.toml");
    replace(
        &spec,
        "[output]\n",
        "[output]\nomit = [\"terraform/README.md\"]\n",
    );
    let (code, said) = update(home.path(), &["project"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(!readme.exists(), "nobody touched it: it goes");
    assert_eq!(update(home.path(), &["project", "--check"]).0, Some(0));
    let drift = ended(program(home.path()).args(["drift", "project"]));
    assert_eq!(drift.status.code(), Some(0), "{}", stdout(&drift));
}

/// Files that cannot be left out, and the reason.
const KEPT_IN: &[(&str, &str)] = &[
    (
        "terraform/modules/proxy/main.tf",
        "says what is deployed, and cannot be left out",
    ),
    ("terraform/terraform.tfvars", "says what is deployed"),
    ("cloudformation/template.yaml", "says what is deployed"),
    ("cloudformation/parameters.json", "says what is deployed"),
    (
        "terraform/REDME.md",
        "is not generated hint: did you mean \"terraform/README.md\"?",
    ),
    ("../other", "is not generated"),
];

#[test]
fn what_a_proof_rests_on_cannot_be_left_out() {
    let home = home();
    let spec = home.path().join("project/rdsproxy.toml");
    let text = fs::read_to_string(&spec).unwrap();
    for (path, why) in KEPT_IN {
        fs::write(
            &spec,
            text.replace("[output]\n", &format!("[output]\nomit = [{path:?}]\n")),
        )
        .unwrap();
        let (code, said) = update(home.path(), &["project", "--check"]);
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains("project/rdsproxy.toml:"), "{said}");
        assert!(said.contains(why), "{path}: {said}");
    }
}

#[test]
fn of_several_projects_each_has_its_row() {
    let home = home();
    let (code, said) = update(home.path(), &["project", "nowhere", "--check"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("2 projects, 1 up to date, 1 not looked at"),
        "{said}"
    );
    let (code, said) = update(home.path(), &["project", "nowhere"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("--check"), "{said}");
    another_spec(&home.path().join("project"));
    let (code, said) = update(home.path(), &["project", "--check", "--format", "json"]);
    assert_eq!(code, Some(2), "{said}");
    let report: serde_json::Value = serde_json::from_str(&said).unwrap();
    let project = &report["projects"][0];
    assert_eq!(project["state"], "update due");
    assert_eq!(project["written"], false);
    assert_eq!(
        project["news"][0]["message"],
        "pool/borrow_timeout: 30 → 45"
    );
}

#[test]
fn a_baseline_that_was_changed_is_not_built_on() {
    let home = home();
    let baseline = home.path().join("project").join(BASELINE_PATH);
    replace(&baseline, "require_tls = true", "require_tls = false");
    let (code, said) = update(home.path(), &["project"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("baseline.json: was changed by hand: its terraform/modules/proxy/main.tf"),
        "{said}"
    );
}

/// Makes the project appear to be generated by another version of the templates, by changing a text in one of its
/// files.
fn as_generated_before(project: &Path, (file, new, old): (&str, &str, &str)) {
    let path = project.join(file);
    replace(&path, new, old);
    let text = fs::read_to_string(&path).unwrap();
    let baseline = project.join(BASELINE_PATH);
    let mut known: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(&baseline).unwrap()).unwrap();
    known["tool"] = "0.0.9".into();
    known["files"][file] = serde_json::json!({"digest": digest(&text), "text": text});
    fs::write(&baseline, serde_json::to_string_pretty(&known).unwrap()).unwrap();
}

#[test]
fn another_version_of_the_templates_reaches_what_nobody_touched() {
    let home = home();
    let project = home.path().join("project");
    as_generated_before(
        &project,
        (
            "terraform/modules/proxy/main.tf",
            "  require_tls = true\n",
            "  require_tls = true\n  debug_logging = false # twice\n",
        ),
    );
    let main = project.join("terraform/modules/proxy/main.tf");
    replace(&main, "# twice", "# mine");
    let (code, said) = update(home.path(), &["project"]);
    // The templates no longer contain it, and the user changed it, so the user must decide.
    assert_eq!(code, Some(2), "{said}");
    replace(&main, "# mine", "# twice");
    let (code, said) = update(home.path(), &["project"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains("~ project/terraform/modules/proxy/main.tf"),
        "{said}"
    );
    assert!(!fs::read_to_string(&main).unwrap().contains("# twice"));
    let known = fs::read_to_string(project.join(BASELINE_PATH)).unwrap();
    assert!(
        known.contains(concat!("\"tool\": \"", env!("CARGO_PKG_VERSION"), "\"")),
        "{known}"
    );
}

#[test]
fn a_project_of_an_older_schema_goes_on() {
    let home = tempfile::tempdir().unwrap();
    let project = home.path().join("project");
    let written = include_str!("baselines/schema-1.json");
    let baseline: serde_json::Value = serde_json::from_str(written).unwrap();
    assert_eq!(baseline["schema"], 1);
    write_recorded(&project, written);
    let drift = ended(program(home.path()).args(["drift", "project"]));
    assert_eq!(drift.status.code(), Some(0), "{}", stderr(&drift));
    let main = project.join("terraform/main.tf");
    replace(
        &main,
        "debug_logging = false",
        "debug_logging = false # ours",
    );
    let before = contents(home.path());
    let (code, said) = update(home.path(), &["project", "--allow-new-passwords"]);
    assert_eq!(code, Some(0), "{said}");
    let now = fs::read_to_string(project.join(BASELINE_PATH)).unwrap();
    assert!(now.contains("\"schema\": 2"), "{now}");
    holds(&project.join("terraform/modules/proxy/main.tf"), "# ours");
    assert_eq!(update(home.path(), &["project", "--check"]).0, Some(0));
    assert_eq!(update(home.path(), &["project", "--undo"]).0, Some(0));
    assert_eq!(contents(home.path()), before);

    // A record with an unknown newer schema is named and not changed.
    let newer = written.replacen("\"schema\": 1", "\"schema\": 9", 1);
    fs::write(project.join(BASELINE_PATH), newer).unwrap();
    let (code, said) = update(home.path(), &["project"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("a baseline of format 9"), "{said}");
}
