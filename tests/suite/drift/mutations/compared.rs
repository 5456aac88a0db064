//! compared.md is about the edits of the tables, each as it is there. What it says of other tools was measured by
//! tests/tools/compare_drift.py, which takes an hour: not all edits have to be in it, but many. Where Terraform planned, the
//! tables say nothing that its plan contradicts.

use std::collections::BTreeMap;
use std::fs;

use super::edit::Case;
use super::{cases, folder};

/// How many edits are compared at least.
const LEAST: usize = 400;

/// The rows of compared.md: the edit, what it is, and what `terraform plan` says.
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

/// Whether a plan leaves everything as it is; moving a resource within the state does.
fn is_quiet(plan: &str) -> bool {
    matches!(plan, "no changes" | "0 to add, 0 to change, 0 to destroy")
}

/// What is wrong with the answers of a case beside a plan: nothing that is planned is cosmetic, and what is more than cosmetic
/// is planned, or the table says why not. A plan that fails shows an edit that is not cosmetic, and no more.
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
    let wrong = cases
        .iter()
        .filter_map(|case| contradiction(case, plans.get(&case.name)?));
    assert_eq!(wrong.collect::<Vec<_>>(), Vec::<String>::new());
}
