//! Compares the audit of a fixture with its labels.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use super::fixture::{Fixture, Label};

/// All differences between the audit and the labels.
pub(super) fn differences(fixture: &Fixture) -> Vec<String> {
    let report = match audit(fixture) {
        Ok(report) => report,
        Err(error) => return vec![error],
    };
    let mut differences = other_proxies(fixture, &report);
    let judged: BTreeSet<(&str, &str)> = fixture
        .labels
        .iter()
        .map(|label| (label.address.as_str(), label.rule.as_str()))
        .collect();
    for (address, rule) in judged {
        let labels: Vec<&Label> = fixture
            .labels
            .iter()
            .filter(|label| label.address == address && label.rule == rule)
            .collect();
        if let Some(proxy) = proxy(&report, address) {
            differences.extend(compared(&labels, said(&report, proxy, rule)));
        }
    }
    let skipped = skipped(&report);
    if skipped != fixture.skipped {
        differences.push(format!("skipped {:#}", report["skipped"]));
    }
    differences
}

fn audit(fixture: &Fixture) -> Result<Value, String> {
    let home = tempfile::tempdir().unwrap();
    for (path, text) in &fixture.files {
        let path = home.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let output = crate::support::program::program(home.path())
        .args(["audit", ".", "--format", "json"])
        .args(&fixture.arguments)
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout)
        .map_err(|error| format!("{error}: {}", String::from_utf8_lossy(&output.stderr)))
}

fn proxies(report: &Value) -> &[Value] {
    report["proxies"].as_array().map_or(&[], Vec::as_slice)
}

/// True if the proxy is named so: `root//address`, or the address alone if that is unambiguous.
fn is_called(proxy: &Value, address: &str) -> bool {
    let (root, own) = address.split_once("//").unwrap_or(("", address));
    proxy["address"] == own && (root.is_empty() || proxy["root"] == root)
}

fn proxy<'r>(report: &'r Value, address: &str) -> Option<&'r Value> {
    let mut found = proxies(report)
        .iter()
        .filter(|proxy| is_called(proxy, address));
    found.next().filter(|_| found.next().is_none())
}

/// Expected proxies that are missing or occur twice, and unexpected ones.
fn other_proxies(fixture: &Fixture, report: &Value) -> Vec<String> {
    let expected: BTreeSet<&str> = fixture
        .labels
        .iter()
        .map(|label| label.address.as_str())
        .collect();
    let missing = expected
        .iter()
        .filter(|address| proxy(report, address).is_none())
        .map(|address| format!("not there exactly once: {address}"));
    let unexpected = proxies(report)
        .iter()
        .filter(|proxy| !expected.iter().any(|address| is_called(proxy, address)))
        .map(|proxy| format!("not expected: {}//{}", proxy["root"], proxy["address"]));
    missing.chain(unexpected).collect()
}

/// What the audit reports for one rule: the verdict, the place and the text.
struct Said {
    verdict: String,
    place: Option<String>,
    words: String,
}

fn said(report: &Value, proxy: &Value, rule: &str) -> Vec<Said> {
    let verdicts = list(proxy, "verdicts", rule);
    let verdict = verdicts.first().map_or("", |one| text(&one["verdict"]));
    let mut all: Vec<Said> = match verdict {
        "fail" => list(proxy, "findings", rule),
        "undetermined" => list(proxy, "undetermined", rule),
        _ => verdicts,
    }
    .into_iter()
    .map(|one| Said {
        verdict: verdict.to_owned(),
        place: [one, &one["place"]].into_iter().find_map(place),
        words: words(one),
    })
    .collect();
    all.extend(also_said(report, proxy, rule));
    all
}

/// The findings on this or another proxy that list this proxy as also affected.
fn also_said(report: &Value, proxy: &Value, rule: &str) -> Vec<Said> {
    let findings = proxies(report)
        .iter()
        .flat_map(|other| list(other, "findings", rule));
    let also = findings.flat_map(|finding| {
        let also = finding["also"].as_array().into_iter().flatten();
        also.map(move |also| (finding, also))
    });
    also.filter(|(_, also)| also["proxy"] == proxy["address"] && also["root"] == proxy["root"])
        .map(|(finding, also)| Said {
            verdict: "fail".to_owned(),
            place: place(finding),
            words: words(also),
        })
        .collect()
}

fn list<'r>(proxy: &'r Value, key: &str, rule: &str) -> Vec<&'r Value> {
    let entries = proxy[key].as_array().into_iter().flatten();
    entries.filter(|entry| entry["rule"] == rule).collect()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn place(entry: &Value) -> Option<String> {
    let file = entry["file"].as_str()?;
    match entry["line"].as_u64() {
        Some(line) => Some(format!("{file}:{line}")),
        None => Some(file.to_owned()),
    }
}

fn words(entry: &Value) -> String {
    let texts = ["message", "reason", "because"].map(|key| text(&entry[key]).to_owned());
    let via: Vec<&str> = entry["via"]
        .as_array()
        .into_iter()
        .flatten()
        .map(text)
        .collect();
    let default = match entry["default_of"].as_str() {
        Some(name) => format!("default of {name}"),
        None => String::new(),
    };
    [texts.concat(), via.join(" ← "), default].join(" | ")
}

/// Matches each label with one report; unmatched labels and reports are returned.
fn compared(labels: &[&Label], mut said: Vec<Said>) -> Vec<String> {
    let mut differences = Vec::new();
    for label in labels {
        let fits = |one: &Said| {
            one.verdict == label.verdict
                && one.place == label.place
                && one.words.contains(&label.words)
        };
        match said.iter().position(fits) {
            Some(index) => drop(said.remove(index)),
            None => differences.push(format!(
                "not said: {} {} {} {} : {}",
                label.address,
                label.rule,
                label.verdict,
                label.place.as_deref().unwrap_or("-"),
                label.words
            )),
        }
    }
    let first = labels
        .first()
        .map(|label| format!("{} {}", label.address, label.rule));
    differences.extend(said.iter().map(|one| {
        format!(
            "said: {} {} {} : {}",
            first.as_deref().unwrap_or_default(),
            one.verdict,
            one.place.as_deref().unwrap_or("-"),
            one.words
        )
    }));
    differences
}

fn skipped(report: &Value) -> BTreeSet<String> {
    let skipped = report["skipped"].as_array().into_iter().flatten();
    skipped.filter_map(place).collect()
}
