//! JSON: consistent with the audit, and valid against the schema that the tool prints.

use rdsproxy_gen::report::Audit;
use serde_json::Value;

use super::{estate, render};

fn entries<'r>(report: &'r Value, list: &'r str) -> impl Iterator<Item = &'r Value> {
    let proxies = report["proxies"].as_array().unwrap().iter();
    proxies.flat_map(move |proxy| proxy[list].as_array().unwrap())
}

/// Parses the report and checks that it contains every finding.
pub(super) fn is_whole(text: &str, audit: &Audit) {
    let report: Value = serde_json::from_str(text).unwrap();
    assert_eq!(
        entries(&report, "findings").count(),
        estate::told(audit).count()
    );
    let accepted = entries(&report, "findings").filter(|finding| !finding["accepted"].is_null());
    assert_eq!(report["summary"]["accepted"], accepted.count());
    let mut messages: Vec<String> = entries(&report, "findings")
        .flat_map(|finding| {
            [finding]
                .into_iter()
                .chain(finding["also"].as_array().unwrap())
        })
        .map(|said| said["message"].as_str().unwrap().to_owned())
        .collect();
    let findings = audit
        .proxies
        .iter()
        .flat_map(|proxy| &proxy.report.findings);
    let mut expected: Vec<String> = findings.map(|finding| finding.message.clone()).collect();
    messages.sort();
    expected.sort();
    assert_eq!(messages, expected, "nothing is lost");
}

#[test]
fn what_is_put_up_with_says_by_whom_and_why() {
    let audit = estate::audit();
    let text = render("json", &audit);
    is_whole(&text, &audit);
    let report: Value = serde_json::from_str(&text).unwrap();
    let of = |by: &str| {
        let mut findings = entries(&report, "findings");
        findings
            .find(|finding| finding["accepted"]["by"] == by)
            .unwrap()["accepted"]
            .clone()
    };
    assert_eq!(of("comment")["reason"], "the scanner in front needs it");
    assert_eq!(of("policy")["place"]["line"], 12);
    assert_eq!(of("baseline")["reason"], Value::Null);
    let verdicts: Vec<&Value> = entries(&report, "verdicts")
        .filter(|verdict| verdict["accepted"] == true)
        .collect();
    assert_eq!(verdicts.len(), 3, "{verdicts:?}");
    assert!(verdicts.iter().all(|verdict| verdict["verdict"] == "fail"));
}
