//! The edits in reports are those that `--fix` makes.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use super::case::cases;
use super::{bytes_of, files_in, fix, home_of};
use crate::auditing::audit::audit_in;
use crate::support::scale;

/// A replacement of the text between two places: start line and column, end line and column, all 1-based.
type Replacement = ([usize; 4], String);

fn number(value: &Value) -> usize {
    usize::try_from(value.as_u64().unwrap()).unwrap()
}

/// The replacements of a SARIF log, by file.
fn of_sarif(log: &Value) -> BTreeMap<String, Vec<Replacement>> {
    let mut all: BTreeMap<String, Vec<Replacement>> = BTreeMap::new();
    let results = log["runs"][0]["results"].as_array().unwrap();
    for change in results.iter().flat_map(|result| {
        let fixes = result["fixes"].as_array().into_iter().flatten();
        fixes.flat_map(|fix| fix["artifactChanges"].as_array().unwrap())
    }) {
        let file = change["artifactLocation"]["uri"].as_str().unwrap();
        for one in change["replacements"].as_array().unwrap() {
            let region = &one["deletedRegion"];
            let place = ["startLine", "startColumn", "endLine", "endColumn"];
            let text = one["insertedContent"]["text"].as_str().unwrap();
            let replacement = (place.map(|name| number(&region[name])), text.to_owned());
            all.entry(file.to_owned()).or_default().push(replacement);
        }
    }
    all
}

fn of_json(report: &Value) -> BTreeMap<String, Vec<Replacement>> {
    let mut all: BTreeMap<String, Vec<Replacement>> = BTreeMap::new();
    let proxies = report["proxies"].as_array().unwrap();
    for finding in proxies
        .iter()
        .flat_map(|proxy| proxy["findings"].as_array().unwrap())
    {
        for edit in finding["edits"].as_array().unwrap() {
            let place = ["line", "column", "end_line", "end_column"];
            let text = edit["text"].as_str().unwrap().to_owned();
            let other = edit.get("file").and_then(Value::as_str);
            let file = other.or(finding["file"].as_str()).unwrap().to_owned();
            let replacement = (place.map(|name| number(&edit[name])), text);
            all.entry(file).or_default().push(replacement);
        }
    }
    all
}

/// The text after all replacements, made from the last to the first.
fn replaced(text: &str, mut all: Vec<Replacement>, width: fn(char) -> usize) -> String {
    let (mark, body) = match text.strip_prefix('\u{feff}') {
        Some(body) => ("\u{feff}", body),
        None => ("", text),
    };
    let offset = |line: usize, column: usize| {
        let start: usize = body
            .split_inclusive('\n')
            .take(line - 1)
            .map(str::len)
            .sum();
        let mut left = column - 1;
        let mut at = start;
        for character in body[start..].chars() {
            if left == 0 {
                break;
            }
            left -= width(character);
            at += character.len_utf8();
        }
        at
    };
    all.sort();
    all.dedup();
    let mut after = body.to_owned();
    for ([line, column, end_line, end_column], text) in all.into_iter().rev() {
        after.replace_range(offset(line, column)..offset(end_line, end_column), &text);
    }
    format!("{mark}{after}")
}

/// Alignment concerns the whole file and is not part of the edit for one finding, so texts are compared by words.
fn words(text: &str) -> Vec<&str> {
    text.split([' ', '\t'])
        .filter(|word| !word.is_empty())
        .collect()
}

#[test]
fn what_reports_say_is_what_is_written() {
    let mut changed = 0;
    for case in scale::some(cases()) {
        let home = home_of(&case, &case.before);
        let sarif = audit_in(home.path(), &[".", "--format", "sarif"]);
        let json = fix(home.path(), &["--dry-run"]);
        let of_sarif = of_sarif(&sarif.json());
        let of_json = of_json(&json.json());
        assert_eq!(
            files_in(home.path(), &case),
            bytes_of(&case, &case.before),
            "{}",
            case.name
        );
        for (name, before) in bytes_of(&case, &case.before) {
            let after = case.bytes(&case.after[&name]);
            for (kind, all, width) in [
                ("sarif", &of_sarif, char::len_utf16 as fn(char) -> usize),
                ("json", &of_json, |_| 1),
            ] {
                let all = all.get(&name).cloned().unwrap_or_default();
                changed += usize::from(!all.is_empty());
                let said = replaced(&before, all, width);
                assert_eq!(words(&said), words(&after), "{}: {kind}: {name}", case.name);
            }
        }
    }
    assert!(changed * scale::step(1) >= 100, "{changed}");
}

#[test]
fn json_without_fix_costs_no_second_audit_and_tells_no_edits() {
    let case = cases().into_iter().find(|case| case.name == "yaml_blocks");
    let home = home_of(&case.unwrap(), &BTreeMap::new());
    fs::write(
        home.path().join("main.tf"),
        "resource \"aws_db_proxy\" \"p\" {}\n",
    )
    .unwrap();
    let run = audit_in(home.path(), &[".", "--format", "json"]);
    assert!(of_json(&run.json()).is_empty(), "{}", run.all());
}
