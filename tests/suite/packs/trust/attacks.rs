//! The table of attacks, `attacks.md`: each attack of The Update Framework has a row, and each test named in a row
//! exists.

use crate::repository::promises;

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
        promises::held(row);
    }
}
