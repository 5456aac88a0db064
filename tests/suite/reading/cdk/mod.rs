//! Audits the template that the AWS CDK makes of two proxies (app.js). The findings are in a reviewed snapshot.

use std::path::Path;

use crate::auditing::audit::audit_in;

#[test]
fn the_proxies_of_an_app_are_audited() {
    let run = audit_in(
        Path::new("tests/suite/reading/cdk"),
        &[".", "--format", "json"],
    );
    let report = run.json();
    assert_eq!(
        report["skipped"].as_array().unwrap().len(),
        0,
        "{}",
        run.all()
    );
    let proxies = report["proxies"].as_array().unwrap().iter();
    let lines: Vec<String> = proxies
        .flat_map(|proxy| {
            let findings = proxy["findings"].as_array().unwrap().iter();
            findings.map(|finding| {
                format!(
                    "{} {} {}:{} {}",
                    proxy["address"].as_str().unwrap(),
                    finding["rule"].as_str().unwrap(),
                    finding["line"],
                    finding["column"],
                    finding["message"].as_str().unwrap()
                )
            })
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}
