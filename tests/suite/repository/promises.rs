//! Written promises name the tests that verify them; each of these tests exists.

use std::fs;
use std::path::Path;

const SECURITY: &str = include_str!("../../../.github/SECURITY.md");

/// The source text of a module of the suite or of the program.
fn source(module: &str) -> Option<String> {
    let module = module.replace("::", "/");
    let places = ["tests/suite", "src"].map(|root| Path::new(root).join(&module));
    places.iter().find_map(|place| {
        let file = fs::read_to_string(place.with_extension("rs"));
        file.or_else(|_| fs::read_to_string(place.join("mod.rs")))
            .ok()
    })
}

/// True if a test of this path exists: in a file of its module, or in a nested module of the file above it.
fn exists(test: &str) -> bool {
    let Some((module, name)) = test.rsplit_once("::") else {
        return false;
    };
    let outer = module.rsplit_once("::").map(|(outer, _)| outer);
    let texts = [Some(module), outer]
        .into_iter()
        .flatten()
        .filter_map(source);
    let mut lines = texts.flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>());
    let head = format!("fn {name}()");
    let mut before = String::new();
    lines.any(|line| {
        let is_test = line.trim_start().starts_with(&head) && before.trim() == "#[test]";
        before = line;
        is_test
    })
}

/// Fails if a row of a table names no test, or one that does not exist.
pub(crate) fn held(row: &str) {
    let tests: Vec<&str> = row
        .split('`')
        .filter(|text| text.contains("::") && !text.contains(' '))
        .collect();
    assert!(!tests.is_empty(), "no test holds this: {row}");
    for test in tests {
        assert!(exists(test), "{test} is no test");
    }
}

#[test]
fn every_promise_of_the_security_policy_is_held_by_a_test_that_exists() {
    let (_, table) = SECURITY.split_once("## What is promised").unwrap();
    let (table, _) = table.split_once("\n## ").unwrap();
    let rows: Vec<&str> = table
        .lines()
        .filter(|line| line.starts_with("| "))
        .skip(1)
        .collect();
    assert!(rows.len() >= 10, "{}", rows.len());
    rows.into_iter().for_each(held);
    assert!(!exists("maintaining::confinement::nothing_of_this_name"));
}
