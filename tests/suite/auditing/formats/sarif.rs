//! SARIF: valid against the schema of the standard, and consistent with the audit.

use rdsproxy_gen::domain::finding::Acceptance;
use rdsproxy_gen::report::Audit;
use serde_json::Value;

use super::{estate, render};

/// Parses the report and checks that it contains every finding and every place.
pub(super) fn is_whole(text: &str, audit: &Audit) {
    let log: Value = serde_json::from_str(text).unwrap();
    let run = &log["runs"][0];
    let results = run["results"].as_array().unwrap();
    let failed = results.iter().filter(|result| result["kind"] == "fail");
    assert_eq!(failed.count(), estate::told(audit).count());
    let accepted = estate::told(audit).filter(|finding| finding.accepted.is_some());
    let suppressed = results
        .iter()
        .filter(|result| result.get("suppressions").is_some());
    assert_eq!(suppressed.count(), accepted.count());
    for result in results {
        let place = &result["locations"][0]["physicalLocation"]["artifactLocation"];
        let at = usize::try_from(place["index"].as_u64().unwrap()).unwrap();
        assert_eq!(run["artifacts"][at]["location"]["uri"], place["uri"]);
        let uri = place["uri"].as_str().unwrap();
        assert!(
            uri.bytes()
                .all(|byte| byte.is_ascii_graphic() && !b"<>\"\\^`{|}".contains(&byte)),
            "{uri}"
        );
        let at = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(run["tool"]["driver"]["rules"][at]["id"], result["ruleId"]);
        let message = result["message"]["text"].as_str().unwrap();
        assert!(!message.replace("\\](", "").contains("]("), "{message}");
    }
}

#[test]
fn sarif_is_true_to_the_audit() {
    let audit = estate::audit();
    is_whole(&render("sarif", &audit), &audit);
}

#[test]
fn what_is_put_up_with_says_by_whom_and_how_long() {
    let log: Value = serde_json::from_str(&render("sarif", &estate::audit())).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    let of = |kind: &str| {
        let mut all = results
            .iter()
            .flat_map(|result| result["suppressions"].as_array());
        all.find(|suppressions| suppressions[0]["kind"] == kind)
            .unwrap()[0]
            .clone()
    };
    assert_eq!(
        of("inSource")["justification"],
        "the scanner in front needs it (until 2027-01-31)"
    );
    assert_eq!(of("external")["properties"]["owner"], "platform team");
    assert_eq!(
        of("external")["location"]["physicalLocation"]["region"]["startLine"],
        12
    );
    let known: Vec<&Value> = results
        .iter()
        .filter(|result| result["baselineState"] == "unchanged")
        .collect();
    let expected = estate::audit();
    let expected =
        estate::told(&expected).filter(|finding| finding.accepted == Some(Acceptance::Known));
    assert_eq!(known.len(), expected.count());
    assert!(
        results
            .iter()
            .all(|result| result.get("baselineState").is_some())
    );
}

#[test]
fn a_fingerprint_belongs_to_one_result() {
    let log: Value = serde_json::from_str(&render("sarif", &estate::audit())).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    let mut seen: Vec<&str> = results
        .iter()
        .filter_map(|result| result["partialFingerprints"]["rdsproxyGen/v1"].as_str())
        .collect();
    let all = seen.len();
    assert_eq!(all, estate::told(&estate::audit()).count());
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), all);
}
