//! compared.md is about the edits of the tables, each as it is there. What it says of other tools was measured by
//! tests/tools/compare_drift.py, which takes an hour: not all edits have to be in it, but many.

use std::fs;

use super::{cases, folder};

/// How many edits are compared at least.
const LEAST: usize = 60;

#[test]
fn what_other_tools_said_is_about_these_edits() {
    let text = fs::read_to_string(folder().join("compared.md")).unwrap();
    let rows = text.lines().filter_map(|line| {
        let mut cells = line.strip_prefix("| ")?.split(" | ");
        let name = cells.next()?;
        let is_case = name.starts_with("tf_") || name.starts_with("cf_");
        Some((name.to_owned(), cells.next()?.to_owned())).filter(|_| is_case)
    });
    let rows: Vec<(String, String)> = rows.collect();
    let cases = cases().into_iter().map(|case| (case.name, case.expect));
    let compared: Vec<(String, String)> = cases.filter(|case| rows.contains(case)).collect();
    assert_eq!(rows, compared);
    assert!(rows.len() >= LEAST, "{}", rows.len());
}
