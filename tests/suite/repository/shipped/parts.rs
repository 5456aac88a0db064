//! The lists of compiled-in packages are checked against Cargo.toml and Cargo.lock, not against the script that made
//! them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Mutex;

use serde_json::Value;

use super::{TARGET, can_list, made, root, script};
use crate::support::program::{ended, stderr, stdout};

const SBOM: &str = "sbom";
const TEXTS: &str = "third-party";

/// The name and version of a package.
type Part = (String, String);

fn table(file: &str) -> toml::Table {
    let text = fs::read_to_string(root().join(file)).unwrap();
    text.parse().unwrap()
}

/// The SHA-256 digest of each package that Cargo.lock takes from a registry.
fn locked() -> BTreeMap<Part, String> {
    let lock = table("Cargo.lock");
    let packages = lock["package"].as_array().unwrap().iter();
    let text = |package: &toml::Value, key: &str| {
        let value = package.get(key).and_then(toml::Value::as_str);
        value.unwrap_or_default().to_owned()
    };
    packages
        .map(|package| {
            let part = (text(package, "name"), text(package, "version"));
            (part, text(package, "checksum"))
        })
        .collect()
}

fn names(section: &str) -> BTreeSet<String> {
    let manifest = table("Cargo.toml");
    manifest[section]
        .as_table()
        .unwrap()
        .keys()
        .cloned()
        .collect()
}

/// The output of the script, made once.
fn printed(form: &'static str) -> &'static str {
    static PRINTED: Mutex<BTreeMap<&str, &'static str>> = Mutex::new(BTreeMap::new());
    let mut printed = PRINTED
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner());
    printed.entry(form).or_insert_with(|| fresh(form).leak())
}

fn fresh(form: &str) -> String {
    stdout(&made(script("dependencies").args([form, TARGET])))
}

fn sbom() -> Value {
    serde_json::from_str(printed(SBOM)).unwrap()
}

fn part(component: &Value) -> Part {
    let text = |key: &str| component[key].as_str().unwrap().to_owned();
    (text("name"), text("version"))
}

fn listed(sbom: &Value) -> BTreeMap<Part, &Value> {
    let components = sbom["components"].as_array().unwrap().iter();
    components
        .map(|component| (part(component), component))
        .collect()
}

#[test]
fn every_dependency_is_a_part_with_its_checksum_and_none_of_the_tests_is() {
    if !can_list() {
        return;
    }
    let (sbom, locked) = (sbom(), locked());
    let listed = listed(&sbom);
    for ((name, version), component) in &listed {
        let checksum = &locked[&(name.clone(), version.clone())];
        assert_eq!(component["hashes"][0]["content"], checksum.as_str());
        assert_eq!(component["purl"], format!("pkg:cargo/{name}@{version}"));
        let licence = component["licenses"][0]["expression"].as_str().unwrap();
        assert!(!licence.contains('/'), "{name}: {licence}");
    }
    let found: BTreeSet<String> = listed.keys().map(|(name, _)| name.clone()).collect();
    let direct = names("dependencies");
    assert_eq!(direct.difference(&found).next(), None);
    let tests = ["expectrl", "insta", "proptest", "snapbox", "vt100"];
    for name in tests {
        assert!(names("dev-dependencies").contains(name), "{name}");
        assert!(!found.contains(name), "{name}");
    }
}

#[test]
fn every_part_is_reached_from_the_program() {
    if !can_list() {
        return;
    }
    let sbom = sbom();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let edges = sbom["dependencies"].as_array().unwrap().iter();
    let edges: BTreeMap<String, Vec<String>> = edges
        .map(|edge| {
            let on = edge["dependsOn"].as_array().unwrap();
            (text(&edge["ref"]), on.iter().map(text).collect())
        })
        .collect();
    let mut reached = BTreeSet::new();
    let mut next = vec![text(&sbom["metadata"]["component"]["bom-ref"])];
    while let Some(one) = next.pop() {
        if reached.insert(one.clone()) {
            next.extend(edges[&one].iter().cloned());
        }
    }
    let known: BTreeSet<String> = edges.into_keys().collect();
    assert_eq!(reached, known);
    // The program itself is not listed as its own part.
    assert_eq!(known.len(), listed(&sbom).len() + 1);
}

#[test]
fn every_part_has_a_row_and_a_text() {
    if !can_list() {
        return;
    }
    let (sbom, text) = (sbom(), printed(TEXTS));
    let carried: String = text
        .lines()
        .filter(|line| line.starts_with("Of "))
        .collect();
    let carried: BTreeSet<&str> = carried
        .split("Of ")
        .flat_map(|list| list.trim_end_matches('.').split(", "))
        .collect();
    for ((name, version), component) in listed(&sbom) {
        let licence = component["licenses"][0]["expression"].as_str().unwrap();
        let row = format!("| {name} | {version} | {licence} |");
        assert!(text.lines().any(|line| line == row), "{row}");
        assert!(
            carried.contains(format!("{name} {version}").as_str()),
            "{name}"
        );
    }
    assert!(!text.contains("<holders>"));
    assert!(!text.contains(root().to_str().unwrap()));
}

#[test]
fn two_runs_say_the_same() {
    if !can_list() {
        return;
    }
    for form in [SBOM, TEXTS] {
        assert!(printed(form) == fresh(form), "{form}");
    }
}

/// Runs the script with a Cargo whose metadata is modified with sed.
fn with_metadata(edit: &str) -> std::process::Output {
    let folder = tempfile::tempdir().unwrap();
    let cargo = folder.path().join("cargo");
    let real = Path::new(env!("CARGO")).display();
    let text = format!(
        "#!/bin/sh\nif [ \"$1\" = metadata ]; then '{real}' \"$@\" | sed '{edit}'; else exec '{real}' \"$@\"; fi\n"
    );
    fs::write(&cargo, text).unwrap();
    fs::set_permissions(&cargo, fs::Permissions::from_mode(0o755)).unwrap();
    let own = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(folder.path().to_owned()).chain(std::env::split_paths(&own));
    let path = std::env::join_paths(folders).unwrap();
    ended(
        script("dependencies")
            .args([TEXTS, TARGET])
            .env("PATH", path),
    )
}

#[test]
fn no_part_passes_without_a_licence_or_its_text() {
    if !can_list() {
        return;
    }
    let none = r#"s/"license":"MIT"/"license":null/g"#;
    let rare = r#"s/"license":"MIT"/"license":"EUPL-1.2"/g"#;
    let cases = [
        (none, ": no licence"),
        (
            rare,
            ": no text of EUPL-1.2 in its folder or in .packaging/licences",
        ),
    ];
    for (edit, expected) in cases {
        let output = with_metadata(edit);
        let told = stderr(&output);
        assert_eq!(output.status.code(), Some(1), "{told}");
        // The package has no licence text of its own.
        let of_inquire = told.lines().find(|line| line.starts_with("inquire "));
        assert!(of_inquire.unwrap().ends_with(expected), "{told}");
    }
}
