//! Missing data as each command and each format reports it.

use std::path::{Path, PathBuf};

use rdsproxy_gen::domain::snapshot::Snapshot;
use rdsproxy_gen::report::FORMATS;

use super::calls::{CALLS, without};
use super::{ACCOUNTS, DEPLOYED, account, placeholders};
use crate::support::program::{ended, program, stderr, stdout};
use crate::support::scale;

/// Writes an account to a file.
fn saved(folder: &Path, account: &Snapshot) -> PathBuf {
    let path = folder.join("account.json");
    std::fs::write(&path, account.to_json().unwrap()).unwrap();
    path
}

/// The exit code, standard output and standard error of an audit of a saved account in one format.
fn audit(account: &Path, more: &[&str]) -> (Option<i32>, String, String) {
    let folder = account.parent().unwrap();
    let arguments = [&["audit", "--snapshot", "account.json"], more].concat();
    let output = ended(program(folder).args(arguments));
    (output.status.code(), stdout(&output), stderr(&output))
}

#[test]
fn every_format_and_standard_error_name_every_gap() {
    let folder = tempfile::tempdir().unwrap();
    let whole = account(ACCOUNTS[0].1);
    let mut wrong = Vec::new();
    let calls = CALLS
        .iter()
        .filter(|call| call.0 != "rds:DescribeDBProxies");
    for call in scale::some(calls) {
        let path = saved(folder.path(), &without(&whole, &[*call]));
        for format in FORMATS {
            let (code, said, notes) = audit(&path, &["--format", format.id]);
            let is_named = said.contains(call.0) && notes.contains(call.0);
            wrong.extend(placeholders(&(said + &notes)));
            if code != Some(0) || !is_named {
                wrong.push(format!("{} as {}: {code:?}\n{notes}", call.0, format.id));
            }
        }
        let (code, _, _) = audit(&path, &["--strict"]);
        if code != Some(2) {
            wrong.push(format!("{} with --strict: {code:?}", call.0));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn an_account_whose_proxies_cannot_be_listed_is_no_account_without_proxies() {
    let folder = tempfile::tempdir().unwrap();
    let call = CALLS.iter().find(|call| call.0 == "rds:DescribeDBProxies");
    let part = without(&account(ACCOUNTS[0].1), &[*call.unwrap()]);
    let path = saved(folder.path(), &part);
    for more in [&[][..], &["--strict"], &["--format", "json"]] {
        let (code, said, notes) = audit(&path, more);
        assert_eq!(code, Some(1), "{said}{notes}");
        assert!(
            said.is_empty() && notes.contains("could not be listed"),
            "{said}{notes}"
        );
    }
}

#[test]
fn a_hardened_account_in_full_sight_is_clean_when_open_questions_count() {
    let folder = tempfile::tempdir().unwrap();
    let path = saved(folder.path(), &account(ACCOUNTS[0].1));
    let (code, said, notes) = audit(&path, &["--strict"]);
    assert_eq!((code, notes.as_str()), (Some(0), ""), "{said}{notes}");
}

/// A folder with the project deployed in `DEPLOYED`.
pub(super) fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let example =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("generated-examples/postgresql-instance");
    crate::support::tools::copy(&example, &folder.path().join("project"));
    folder
}

/// The exit code of drift for a deployed project, and the classes and attributes of the differences.
pub(super) fn drift(folder: &Path, account: &Snapshot) -> (Option<i32>, Vec<String>) {
    saved(folder, account);
    let arguments = [
        "drift",
        "project",
        "--snapshot",
        "account.json",
        "--format",
        "json",
    ];
    let output = ended(program(folder).args(arguments));
    assert_eq!(placeholders(&stdout(&output)), [""; 0]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}{}", stdout(&output), stderr(&output)));
    let changes = report["projects"][0]["changes"].as_array().unwrap();
    let effects = changes
        .iter()
        .flat_map(|change| change["effects"].as_array().unwrap());
    let lines = effects.map(|effect| {
        let of = |key: &str| effect[key].as_str().unwrap_or_default();
        format!("{}: {}: {}", of("class"), of("attribute"), of("message"))
    });
    (output.status.code(), lines.collect())
}

#[test]
fn drift_invents_nothing_and_says_what_it_cannot_tell() {
    let folder = project();
    let whole = account(DEPLOYED);
    assert_eq!(drift(folder.path(), &whole), (Some(0), Vec::new()));
    let mut wrong = Vec::new();
    for call in scale::some(CALLS) {
        let (code, lines) = drift(folder.path(), &without(&whole, &[*call]));
        let invented = lines.iter().filter(|line| !line.starts_with("cannot tell"));
        wrong.extend(invented.map(|line| format!("without {}: {line}", call.0)));
        if (code == Some(0)) != lines.is_empty() {
            wrong.push(format!("without {}: {code:?} with {lines:?}", call.0));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Tests each call with one of the writing commands, in turn.
#[test]
fn no_message_of_those_that_write_has_a_placeholder_for_a_name() {
    let folder = project();
    let whole = account(DEPLOYED);
    let new = ["new", "made", "--dry-run", "--defaults"];
    let commands = [&new[..], &["update", "project", "--check"]];
    for (call, command) in scale::some(CALLS).zip(commands.iter().cycle()) {
        saved(folder.path(), &without(&whole, &[*call]));
        let arguments = [command, &["--snapshot", "account.json"][..]].concat();
        let output = ended(program(folder.path()).args(arguments));
        let told = stdout(&output) + &stderr(&output);
        assert_eq!(placeholders(&told), [""; 0], "{}: {told}", call.0);
        assert!(told.contains(call.0), "{}: {told}", call.0);
    }
}
