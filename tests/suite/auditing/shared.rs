//! A finding that several proxies share is reported once with all of them, counted once, and known to a baseline for
//! each.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use crate::auditing::audit::{Run, audit_in, estate};
/// Formats for human readers; a test report has a case for each proxy.
const FORMATS_OF_TEXT: [&str; 5] = ["text", "markdown", "github", "html", "junit"];

const MODULE: &str = "variable \"name\" {}\nvariable \"tls\" {}\nresource \"aws_db_proxy\" \"this\" {\n  name        = var.name\n  require_tls = var.tls\n}\n";
const TLS: &str = "client-tls-not-required";

fn caller(name: &str, tls: bool) -> String {
    format!(
        "module \"{name}\" {{\n  source = \"../../lib\"\n  name   = \"{name}\"\n  tls    = {tls}\n}}\n"
    )
}

/// A module with two callers.
fn two(first: bool, second: bool) -> tempfile::TempDir {
    estate(&[
        ("lib/main.tf", MODULE),
        ("live/a/main.tf", &caller("a", first)),
        ("live/b/main.tf", &caller("b", second)),
    ])
}

fn json(home: &tempfile::TempDir, more: &[&str]) -> (Value, Run) {
    let run = audit_in(home.path(), &[&[".", "--format", "json"], more].concat());
    (run.json(), run)
}

/// By root module: the findings of a rule, those that also cover other proxies, and those reported elsewhere.
fn told(report: &Value, rule: &str) -> BTreeMap<String, [usize; 3]> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let proxies = list(&report["proxies"]).into_iter();
    proxies
        .map(|proxy| {
            let of = |key: &str| {
                let mut entries = list(&proxy[key]);
                entries.retain(|entry| entry["rule"] == rule);
                entries
            };
            let findings = of("findings");
            let also = findings.iter().map(|finding| list(&finding["also"]).len());
            let root = proxy["root"].as_str().unwrap().to_owned();
            (root, [findings.len(), also.sum(), of("shared").len()])
        })
        .collect()
}

fn verdicts(report: &Value, rule: &str) -> Vec<Value> {
    let proxies = report["proxies"].as_array().unwrap().iter();
    let verdicts = proxies.flat_map(|proxy| proxy["verdicts"].as_array().unwrap());
    let of_rule = verdicts.filter(|verdict| verdict["rule"] == rule);
    of_rule.map(|verdict| verdict["verdict"].clone()).collect()
}

fn expected(a: [usize; 3], b: [usize; 3]) -> BTreeMap<String, [usize; 3]> {
    [("live/a".to_owned(), a), ("live/b".to_owned(), b)].into()
}

#[test]
fn one_place_is_one_finding_and_every_proxy_keeps_its_verdict() {
    for (tls, a, b) in [
        ([false, false], [1, 1, 0], [0, 0, 1]),
        ([false, true], [1, 0, 0], [0, 0, 0]),
        ([true, false], [0, 0, 0], [1, 0, 0]),
    ] {
        let (report, run) = json(&two(tls[0], tls[1]), &[]);
        assert_eq!(told(&report, TLS), expected(a, b), "{tls:?}");
        let said: Vec<bool> = verdicts(&report, TLS)
            .iter()
            .map(|said| said == "fail")
            .collect();
        assert_eq!(said, tls.map(|tls| !tls), "{tls:?}");
        assert_eq!(run.code, 2);
        let findings = report["proxies"].as_array().unwrap().iter();
        let findings = findings.flat_map(|proxy| proxy["findings"].as_array().unwrap());
        let counted = findings
            .filter(|finding| finding["severity"] != "note")
            .count();
        assert_eq!(report["summary"]["findings"], counted);
    }
}

#[test]
fn every_format_for_people_names_all_whom_it_concerns() {
    let home = two(false, false);
    for format in &FORMATS_OF_TEXT {
        let run = audit_in(home.path(), &[".", "--format", format]);
        let text = run.stdout.replace('\n', " ");
        assert!(text.contains("live/b"), "{format}");
        let message = "RequireTLS is false: clients";
        let times = if *format == "junit" { 2 } else { 1 };
        assert_eq!(text.matches(message).count(), times, "{format}");
    }
}

#[test]
fn a_baseline_knows_each_proxy() {
    let home = two(false, true);
    let baseline = ["--format", "json", "--output", "known.json"];
    audit_in(home.path(), &[&["."], &baseline[..]].concat());
    let against = ["--baseline", "known.json"];
    assert_eq!(json(&home, &against).1.code, 0);

    // The same line weakens another proxy: that finding is new.
    fs::write(home.path().join("live/b/main.tf"), caller("b", false)).unwrap();
    let (report, run) = json(&home, &against);
    assert_eq!(run.code, 2);
    assert_eq!(told(&report, TLS), expected([1, 0, 0], [1, 0, 0]));

    audit_in(home.path(), &[&["."], &baseline[..]].concat());
    let (report, run) = json(&home, &against);
    assert_eq!((run.code, &report["summary"]["findings"]), (0, &0.into()));
    assert!(
        run.stderr.contains("everything in it is still there"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_waiver_for_one_proxy_leaves_the_other() {
    let home = two(false, false);
    let waiver = format!(
        "schema = 1\n\n[[waivers]]\nrule = \"{TLS}\"\nsubject = \"module.a.*\"\nreason = \"moves in spring\"\n"
    );
    fs::write(home.path().join("rdsproxy-policy.toml"), waiver).unwrap();
    let (report, _) = json(&home, &[]);
    assert_eq!(told(&report, TLS), expected([1, 0, 0], [1, 0, 0]));
}

#[test]
fn sarif_has_one_result_with_every_proxy() {
    let run = audit_in(two(false, false).path(), &[".", "--format", "sarif"]);
    let log = run.json();
    let results = log["runs"][0]["results"].as_array().unwrap().iter();
    let of_rule: Vec<&Value> = results.filter(|result| result["ruleId"] == TLS).collect();
    assert_eq!(of_rule.len(), 1);
    let logical = &of_rule[0]["locations"][0]["logicalLocations"];
    assert_eq!(logical.as_array().map(Vec::len), Some(2), "{logical}");
    // Each caller sets the value in its own file, and one fix covers both.
    let changes = &of_rule[0]["fixes"][0]["artifactChanges"];
    let files: Vec<&str> = changes
        .as_array()
        .unwrap()
        .iter()
        .map(|change| change["artifactLocation"]["uri"].as_str().unwrap())
        .collect();
    assert_eq!(files, ["live/a/main.tf", "live/b/main.tf"]);
}
