//! `audit --since`: findings that an earlier revision also had are known.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::support::program::{ended, program, stderr, stdout};

const WEAK: &str = "resource \"aws_db_proxy\" \"NAME\" {\n  name          = \"NAME\"\n  engine_family = \"MYSQL\"\n  debug_logging = DEBUG\n}\n\n";

fn proxy(name: &str, debug: bool) -> String {
    WEAK.replace("NAME", name)
        .replace("DEBUG", &debug.to_string())
}

fn git(home: &Path, arguments: &[&str]) {
    let mut command = Command::new(crate::support::tools::find("git").unwrap());
    command.current_dir(home).args([
        "-c",
        "user.name=x",
        "-c",
        "user.email=x@example.com",
        "-c",
        "commit.gpgSign=false",
    ]);
    let done = ended(command.args(arguments));
    assert!(done.status.success(), "{}", stderr(&done));
}

/// A repository with a weak proxy in `app`, which calls a module in the folder beside it.
fn repository() -> Option<tempfile::TempDir> {
    crate::support::tools::find("git")?;
    let home = tempfile::tempdir().unwrap();
    for folder in ["app", "lib"] {
        fs::create_dir(home.path().join(folder)).unwrap();
    }
    let call = "module \"m\" {\n  source = \"../lib\"\n}\n\n";
    fs::write(home.path().join("lib/main.tf"), proxy("inner", false)).unwrap();
    fs::write(
        home.path().join("app/main.tf"),
        format!("{call}{}", proxy("old", true)),
    )
    .unwrap();
    git(home.path(), &["init", "--quiet", "--initial-branch=main"]);
    git(home.path(), &["add", "."]);
    git(home.path(), &["commit", "--quiet", "-m", "first"]);
    Some(home)
}

/// The exit code, and the findings that count.
fn audited(folder: &Path, arguments: &[&str]) -> (Option<i32>, Vec<String>) {
    let mut command = program(folder);
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    let done = ended(
        command
            .args(["audit"])
            .args(arguments)
            .args(["--format", "json"]),
    );
    let report: Value = serde_json::from_slice(&done.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}{}", stdout(&done), stderr(&done)));
    let proxies = report["proxies"].as_array().unwrap();
    let findings = proxies.iter().flat_map(|proxy| {
        let all = proxy["findings"].as_array().unwrap().iter();
        all.filter(|finding| finding["accepted"].is_null())
            .map(|finding| {
                let rule = finding["rule"].as_str().unwrap();
                format!("{} {rule}", proxy["address"].as_str().unwrap())
            })
    });
    (done.status.code(), findings.collect())
}

#[test]
fn what_stood_there_before_does_not_count_and_what_is_new_does() {
    let Some(home) = repository() else { return };
    for (folder, path) in [
        (home.path().to_owned(), "app"),
        (home.path().join("app"), "."),
    ] {
        assert_eq!(
            audited(&folder, &[path, "--since", "HEAD"]),
            (Some(0), vec![])
        );
    }
    // All lines are shifted, and one proxy is added.
    let text = fs::read_to_string(home.path().join("app/main.tf")).unwrap();
    let text = format!("# A line.\n\n{}{text}", proxy("new", true));
    fs::write(home.path().join("app/main.tf"), text).unwrap();
    fs::write(home.path().join("lib/main.tf"), proxy("inner", true)).unwrap();
    let (code, found) = audited(home.path(), &["app", "--since", "main"]);
    assert_eq!(code, Some(2));
    assert!(
        found.contains(&"aws_db_proxy.new debug-logging-on".to_owned()),
        "{found:?}"
    );
    assert!(
        found.contains(&"module.m.aws_db_proxy.inner debug-logging-on".to_owned()),
        "{found:?}"
    );
    assert!(
        !found.iter().any(|one| one.starts_with("aws_db_proxy.old")),
        "{found:?}"
    );
    assert!(found.len() < audited(home.path(), &["app"]).1.len());
    // The work tree is unchanged.
    git(home.path(), &["add", "."]);
    git(home.path(), &["commit", "--quiet", "-m", "second"]);
    assert_eq!(
        audited(home.path(), &["app", "--since", "HEAD"]),
        (Some(0), vec![])
    );
    assert_eq!(
        audited(home.path(), &["app", "--since", "HEAD~1"]).0,
        Some(2)
    );
}

#[test]
fn a_finding_that_names_the_place_of_another_is_the_same_once_lines_move() {
    let Some(home) = repository() else { return };
    let auth = "  auth {\n    secret_arn = \"arn:aws:secretsmanager:eu-west-1:123456789012:secret:one-AbCdEf\"\n  }\n}\n";
    let proxies: Vec<String> = ["a", "b"]
        .iter()
        .map(|name| proxy(name, true).replace("}\n", auth))
        .collect();
    let path = home.path().join("app/main.tf");
    fs::write(&path, proxies.concat()).unwrap();
    git(home.path(), &["commit", "--quiet", "-a", "-m", "shared"]);
    fs::write(
        &path,
        format!("{}# One.\n# Two.\n{}", proxies[0], proxies[1]),
    )
    .unwrap();
    let found = audited(home.path(), &["app"]).1;
    assert!(
        found.iter().any(|one| one.ends_with("secret-shared")),
        "{found:?}"
    );
    assert_eq!(
        audited(home.path(), &["app", "--since", "HEAD"]),
        (Some(0), vec![])
    );
}

#[test]
fn where_nothing_is_known_of_then_that_is_told() {
    let Some(home) = repository() else { return };
    let path = home.path().join("app/main.tf");
    fs::write(&path, "resource {{{").unwrap();
    fs::create_dir(home.path().join("new")).unwrap();
    git(home.path(), &["commit", "--quiet", "-a", "-m", "broken"]);
    fs::write(&path, proxy("a", true)).unwrap();
    fs::write(home.path().join("new/main.tf"), proxy("b", true)).unwrap();
    for (folder, said) in [
        ("app", "no proxy was read of what stood there at HEAD"),
        ("new", "nothing of what is audited was there at HEAD"),
    ] {
        let mut command = program(home.path());
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        let done = ended(command.args(["audit", folder, "--since", "HEAD"]));
        let told = stderr(&done);
        assert_eq!(done.status.code(), Some(2), "{told}");
        assert!(
            told.contains(said) && told.contains("every finding counts"),
            "{told}"
        );
    }
}

#[test]
fn a_revision_that_is_not_there_is_told() {
    let Some(home) = repository() else { return };
    let away = home.path().join("app").display().to_string();
    for (arguments, said) in [
        (["app", "--since", "nowhere"], "git cannot read nowhere"),
        (["app", "--since", "--output=x"], "--since"),
        (
            [away.as_str(), "--since", "HEAD"],
            "is not below this folder",
        ),
    ] {
        let done = ended(program(home.path()).arg("audit").args(arguments));
        let told = stderr(&done);
        assert_ne!(done.status.code(), Some(0), "{told}");
        assert!(told.contains(said), "{arguments:?}: {told}");
    }
    let bare = tempfile::tempdir().unwrap();
    fs::write(bare.path().join("main.tf"), proxy("a", true)).unwrap();
    let done = ended(program(bare.path()).args(["audit", "main.tf", "--since", "HEAD"]));
    assert_eq!(done.status.code(), Some(1), "{}", stderr(&done));
}
