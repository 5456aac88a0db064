//! Tests that skipping a scan, or reusing an earlier one, shows the same text as a new scan.
// The fixtures are read from files.
#![allow(clippy::disallowed_methods)]

use std::fs;
use std::path::Path;

use super::*;

/// The construct fixtures, each as a set of files, and some texts in which secrets are hard to find.
fn estates() -> Vec<Vec<(String, String)>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/reading/constructs");
    let folders = ["terraform", "cloudformation"].map(|language| folder.join(language));
    let fixtures = folders
        .iter()
        .flat_map(|folder| fs::read_dir(folder).unwrap());
    let fixtures = fixtures.map(|fixture| fs::read_to_string(fixture.unwrap().path()).unwrap());
    let mut estates: Vec<Vec<(String, String)>> = fixtures
        .map(|fixture| {
            let sections = fixture.split("\n=== ").skip(1);
            let files = sections.filter_map(|section| section.split_once('\n'));
            files
                .map(|(path, text)| (path.to_owned(), text.to_owned()))
                .collect()
        })
        .collect();
    estates.push(
        [
            ("main.tf", "resource \"aws_db_instance\" \"a\" {\n  password = var.pin\n}\n"),
            ("a.tfvars", "pin = \"hunter2hunter2\"\n"),
            ("b.tfvars.json", "{\"p\\u0069n\": \"hunter3hunter3\"}"),
            ("c.yaml", "# a ghp_0123456789abcdefghij\nx: 1\n"),
            ("d.yaml", "\"pa\\x73sword\": hunter4hunter4\n"),
            ("e.yaml", "note: \"pa\u{17f}\u{17f}word 'hunter5hunter5'\"\n"),
            ("f.tf", "resource \"aws_ssm_parameter\" \"a\" {\n  type = \"SecureString\"\n  value = \"hunter6hunter6\"\n}\n"),
            ("g.yaml", "Parameters:\n  A:\n    NoEcho: true\n    Default: hunter7hunter7\n"),
        ]
        .map(|(path, text)| (path.to_owned(), text.to_owned()))
        .into(),
    );
    estates
}

#[test]
fn what_is_passed_over_holds_nothing() {
    for estate in estates() {
        let texts = estate
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()));
        let secrecy = Secrecy::new(texts.collect(), &BTreeMap::new());
        for (path, text) in &estate {
            let ranges = FoundSecrets::new(path, text, &secrecy.names).ranges;
            let expected = MaskedText::without(text, ranges, &secrecy.secrets);
            assert_eq!(
                secrecy.shown(path, text).shown(),
                expected.shown(),
                "{path}"
            );
            assert!(
                !expected.shown().contains("hunter"),
                "{path}: {}",
                expected.shown()
            );
        }
    }
}

#[test]
fn a_text_that_is_parsed_for_others_is_looked_through_as_any() {
    for (path, text) in estates().into_iter().flatten() {
        let (_, written) = crate::language::yaml::load_written(&text);
        let look =
            |written| SecretScan::at(&path, &text, written).map(|SecretScan(found)| found.ranges);
        let Some(written) = written else { continue };
        assert_eq!(look(Some(&written)), look(None), "{path}");
    }
}
