//! Validates reports against published schemas and with the programs that read them.

use std::process::Command;

use super::{HOSTILE, estate, render};
use crate::support::tools;

#[track_caller]
fn checked(format: &str, reports: &[String]) -> Option<(bool, String)> {
    let node = tools::find("schemas of reports")?;
    let home = tempfile::tempdir().unwrap();
    let files = reports.iter().enumerate().map(|(at, text)| {
        let file = home.path().join(format!("{at}.{format}"));
        std::fs::write(&file, text).unwrap();
        file
    });
    let files: Vec<_> = files.collect();
    let output = tools::output(
        Command::new(node)
            .arg("tests/tools/check_report.mjs")
            .arg(".tools/schemas")
            .arg(format)
            .args(&files),
    );
    Some((output.status.success(), tools::said(&output)))
}

#[test]
fn sarif_and_junit_keep_to_their_schemas_whatever_the_names() {
    for format in ["sarif", "junit"] {
        let hostile = HOSTILE.iter().map(|text| estate::hostile(text));
        let audits = [estate::audit(), estate::empty()]
            .into_iter()
            .chain(hostile);
        let reports: Vec<String> = audits.map(|audit| render(format, &audit)).collect();
        let Some((valid, said)) = checked(format, &reports) else {
            return;
        };
        assert!(valid, "{format}: {said}");
        assert!(
            said.contains(&format!("{} checked, 0 wrong", reports.len())),
            "{said}"
        );
    }
}

#[test]
fn the_schemas_refuse_what_is_wrong() {
    let sarif =
        render("sarif", &estate::audit()).replace("\"kind\": \"open\"", "\"kind\": \"maybe\"");
    let junit = render("junit", &estate::audit()).replace("<skipped>", "<skipped message=\"x\">");
    for (format, report) in [("sarif", sarif), ("junit", junit)] {
        let Some((valid, said)) = checked(format, &[report]) else {
            return;
        };
        assert!(!valid, "{format}: {said}");
    }
}
