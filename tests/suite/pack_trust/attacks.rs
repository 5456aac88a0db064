//! The table of attacks, `attacks.md`: each attack of The Update Framework has a row, and each test that a row names exists.

use std::fs;
use std::path::Path;

const TABLE: &str = include_str!("attacks.md");

/// Source: The Update Framework, "Security", "Attacks and weaknesses".
const ATTACKS: [&str; 11] = [
    "arbitrary installation",
    "endless data",
    "extraneous dependencies",
    "fast-forward",
    "indefinite freeze",
    "malicious mirrors",
    "mix-and-match",
    "rollback",
    "slow retrieval",
    "key compromise",
    "wrong software installation",
];

/// The text of the file in which a module stands, of the suite or of the program itself.
fn source(module: &str) -> Option<String> {
    let module = module.trim_end_matches("::tests").replace("::", "/");
    let places = ["tests/suite", "src"].map(|root| Path::new(root).join(&module));
    places.iter().find_map(|place| {
        let file = fs::read_to_string(place.with_extension("rs"));
        file.or_else(|_| fs::read_to_string(place.join("mod.rs")))
            .ok()
    })
}

#[test]
fn every_attack_is_met_by_a_test_that_exists() {
    let rows: Vec<&str> = TABLE
        .lines()
        .filter(|line| line.starts_with("| "))
        .skip(1)
        .collect();
    let named: Vec<&str> = rows
        .iter()
        .map(|row| row.split(" | ").next().unwrap().trim_start_matches("| "))
        .collect();
    assert_eq!(named, ATTACKS);
    for row in rows {
        let tests: Vec<&str> = row.split('`').filter(|text| text.contains("::")).collect();
        assert!(!tests.is_empty(), "{row}");
        for test in tests {
            let (module, name) = test.rsplit_once("::").unwrap();
            let text = source(module).unwrap_or_else(|| panic!("{test} is nowhere"));
            let is_test = text.contains(&format!("#[test]\n    fn {name}()"))
                || text.contains(&format!("#[test]\nfn {name}()"));
            assert!(is_test, "{test} is no test");
        }
    }
}
