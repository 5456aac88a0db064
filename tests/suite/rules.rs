//! The samples of every rule, read by the real readers: the bad one is reported, the good one is not.

use std::collections::BTreeMap;

use rdsproxy_gen::domain::finding::{Report, Verdict};
use rdsproxy_gen::domain::limits::Limits;
use rdsproxy_gen::language::cloudformation::CloudFormationFiles;
use rdsproxy_gen::language::resource::Document;
use rdsproxy_gen::language::terraform::TerraformFiles;
use rdsproxy_gen::language::{cloudformation, terraform};
use rdsproxy_gen::rules::{FaultShown, RULES, Rule, Sample, judge};
use rdsproxy_gen::source::assemble::assemble;

use crate::examples::{blueprint, examples, rendered};

/// A language of the samples: its name, the field with the text, and its reader.
struct Language {
    name: &'static str,
    text: fn(&Sample) -> &str,
    read: fn(&str) -> Document,
}

const LANGUAGES: &[Language] = &[
    Language {
        name: "CloudFormation",
        text: |sample| &sample.cloudformation,
        read: read_cloudformation,
    },
    Language {
        name: "Terraform",
        text: |sample| &sample.terraform,
        read: read_terraform,
    },
];

fn read_terraform(text: &str) -> Document {
    let files = BTreeMap::from([("main.tf".to_owned(), text.to_owned())]);
    terraform::read(&TerraformFiles::new("", files))
}

fn read_cloudformation(text: &str) -> Document {
    cloudformation::read(&CloudFormationFiles {
        templates: BTreeMap::from([("template.yaml".to_owned(), text.to_owned())]),
        ..CloudFormationFiles::default()
    })
}

impl Language {
    fn judge(&self, sample: &Sample) -> Report {
        let document = (self.read)((self.text)(sample));
        assert!(document.problems.is_empty(), "{:?}", document.problems);
        let posture = assemble(&[document]);
        assert!(
            !posture.proxies.is_empty(),
            "no proxy in {}",
            (self.text)(sample)
        );
        judge(&posture, &Limits::SERVICE)
    }

    fn faults(&self, rule: &Rule) -> Vec<String> {
        let id = rule.info.id;
        let mut faults = Vec::new();
        let bad = self.judge(&rule.example.bad()).verdict(id);
        if rule.example.seen == FaultShown::InCode && bad != Verdict::Fail {
            faults.push(format!("{id}: the bad {} is {bad:?}", self.name));
        }
        let good = self.judge(&rule.example.good());
        let findings = good.findings.iter().filter(|finding| finding.rule.id == id);
        faults.extend(
            findings.map(|finding| format!("{id}: the good {}: {}", self.name, finding.message)),
        );
        faults
    }
}

#[test]
fn samples_show_what_the_rules_report() {
    let faults: Vec<_> = LANGUAGES
        .iter()
        .flat_map(|language| RULES.iter().flat_map(|rule| language.faults(rule)))
        .collect();
    assert!(faults.is_empty(), "{faults:#?}");
}

/// Facts that code does not show are open in at least one language: a pass would claim that they were checked.
#[test]
fn what_shows_in_part_is_nowhere_taken_for_good() {
    for rule in RULES
        .iter()
        .filter(|rule| rule.example.seen == FaultShown::InPart)
    {
        let bad = rule.example.bad();
        let verdicts = LANGUAGES
            .iter()
            .map(|one| one.judge(&bad).verdict(rule.info.id));
        let verdicts: Vec<Verdict> = verdicts.collect();
        let is_seen = verdicts.iter().any(|verdict| *verdict != Verdict::Pass);
        assert!(is_seen, "{}: {verdicts:?}", rule.info.id);
    }
}

/// Generated code must pass the tool's own audit, as intent and as read back.
#[test]
fn generated_proxies_have_no_fault() {
    for (name, folder) in examples() {
        let blueprint = blueprint(&folder);
        let files = rendered(&blueprint);
        let template = &files["cloudformation/template.yaml"];
        let written = [
            read_cloudformation(template),
            terraform::read(&TerraformFiles::new("terraform", files.clone())),
        ];
        let read_back = written.map(|document| assemble(&[document]));
        for posture in read_back.into_iter().chain([blueprint.posture()]) {
            let report = judge(&posture, &Limits::SERVICE);
            assert_eq!(report.checked.len(), 1, "{name}");
            assert!(report.findings.is_empty(), "{name}: {:#?}", report.findings);
        }
    }
}
