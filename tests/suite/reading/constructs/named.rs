//! The way in which a folder is named changes no verdict: from inside, from above, by an absolute path, and through
//! `..`.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::fixture::Fixture;
use super::{are_chosen, fixtures};
use crate::support::program::program;
use crate::support::scale;

/// The working directory of the audit, below a folder of its own, and the path argument.
const WAYS: [(&str, &str); 4] = [
    ("estate", "."),
    ("", "estate"),
    ("", "WHOLE"),
    ("beside", "../estate"),
];

/// The verdicts of each proxy, in an order that does not depend on addresses: if two templates share a logical id, one
/// address begins with the file.
fn verdicts(home: &Path, (folder, path): (&str, &str)) -> Vec<[String; 2]> {
    let whole = home.join("estate");
    let path = path.replace("WHOLE", &whole.to_string_lossy());
    let output = program(&home.join(folder))
        .args(["audit", &path, "--format", "json"])
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let proxies = report["proxies"].as_array().cloned().unwrap_or_default();
    let verdicts = proxies
        .iter()
        .flat_map(|proxy| proxy["verdicts"].as_array().unwrap());
    let mut said: Vec<[String; 2]> = verdicts
        .map(|verdict| [verdict["rule"].to_string(), verdict["verdict"].to_string()])
        .collect();
    said.sort();
    said
}

fn differs(fixture: &Fixture) -> Option<String> {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir(home.path().join("beside")).unwrap();
    for (path, text) in &fixture.files {
        let path = home.path().join("estate").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let [first, others @ ..] = WAYS.map(|way| (way, verdicts(home.path(), way)));
    let other = others.into_iter().find(|(_, said)| *said != first.1)?;
    let changed: Vec<_> = other
        .1
        .iter()
        .filter(|one| !first.1.contains(one))
        .collect();
    Some(format!("{:?}: {changed:?}", other.0))
}

#[test]
fn no_name_of_a_folder_changes_a_verdict() {
    let all = ["terraform", "cloudformation"].map(fixtures);
    // A single file refers to no other, and arguments are relative to the working directory.
    let several = |fixture: &Fixture| fixture.files.len() > 1 && fixture.arguments.is_empty();
    let tried: Vec<_> = all
        .iter()
        .flatten()
        .filter(|(_, fixture)| several(fixture))
        .collect();
    assert!(tried.len() > 20 || are_chosen(), "{}", tried.len());
    let wrong: Vec<String> = scale::some(tried)
        .filter_map(|(name, fixture)| Some(format!("{name}: {}", differs(fixture)?)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
