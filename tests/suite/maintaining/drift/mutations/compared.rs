//! Checks compared.md: it refers to existing edits of the tables. Its statements about other tools were measured with
//! tests/tools/compare_drift.py, which takes an hour, so it must contain many edits but not all. The tables must not
//! contradict a plan of Terraform.

use std::collections::BTreeMap;
use std::fs;

use super::edit::Case;
use super::{cases, folder};

/// The least number of compared edits.
const LEAST: usize = 400;

/// The rows of compared.md: the edit, its class, and the result of `terraform plan`.
fn rows() -> Vec<[String; 3]> {
    let text = fs::read_to_string(folder().join("compared.md")).unwrap();
    let rows = text.lines().filter_map(|line| {
        let cells = line.strip_prefix("| ")?.strip_suffix(" |")?;
        let mut cells = cells.split(" | ");
        let (name, class, plan) = (cells.next()?, cells.next()?, cells.last()?);
        let is_case = name.starts_with("tf_") || name.starts_with("cf_");
        is_case.then(|| [name, class, plan].map(str::to_owned))
    });
    rows.collect()
}

#[test]
fn what_other_tools_said_is_about_these_edits() {
    let rows = rows().into_iter().map(|[name, class, _]| (name, class));
    let rows: Vec<(String, String)> = rows.collect();
    let cases = cases().into_iter().map(|case| (case.name, case.expect));
    let compared: Vec<(String, String)> = cases.filter(|case| rows.contains(case)).collect();
    assert_eq!(rows, compared);
    assert!(rows.len() >= LEAST, "{}", rows.len());
}

/// True if a plan changes nothing; moving a resource within the state is no change.
fn is_quiet(plan: &str) -> bool {
    matches!(plan, "no changes" | "0 to add, 0 to change, 0 to destroy")
}

/// The contradictions between the answers of a case and a plan: a planned change is not cosmetic, and a non-cosmetic
/// edit is planned unless the table says why not. A failed plan only proves that the edit is not cosmetic.
fn contradiction(case: &Case, plan: &str) -> Option<String> {
    let is_cosmetic = |answer: &&str| matches!(*answer, "cosmetic" | "none");
    let is_told = |answer: &&str| !is_cosmetic(answer) && !answer.starts_with("cannot tell");
    let quiet = is_quiet(plan);
    let wrong = match (quiet, &case.unplanned) {
        (false, _)
            if case.beside.is_none() && case.accepted().any(|answer| is_cosmetic(&answer)) =>
        {
            "is cosmetic"
        }
        (true, None) if case.accepted().any(|answer| is_told(&answer)) => "is told",
        (false, Some(_)) => "is to be unplanned",
        _ => return None,
    };
    Some(format!("{} {wrong}, and Terraform: {plan}", case.name))
}

#[test]
fn no_answer_contradicts_the_plan_of_terraform() {
    let plans = rows().into_iter().map(|[name, _, plan]| (name, plan));
    let plans: BTreeMap<String, String> = plans.filter(|(_, plan)| plan != "–").collect();
    let cases = cases();
    let planned = cases.iter().filter(|case| plans.contains_key(&case.name));
    let planned: Vec<&Case> = planned.collect();
    assert!(planned.len() > LEAST / 4, "{}", planned.len());
    let wrong = planned
        .into_iter()
        .filter_map(|case| contradiction(case, &plans[&case.name]));
    assert_eq!(wrong.collect::<Vec<_>>(), Vec::<String>::new());
}
