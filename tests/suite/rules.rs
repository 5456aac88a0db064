//! Every rule's samples, read by the real readers: the bad one is reported, the good one is not.

use std::collections::BTreeMap;

use rdsproxy_gen::domain::finding::{Report, Verdict};
use rdsproxy_gen::domain::limits::Limits;
use rdsproxy_gen::render::{TARGETS, Target, render};
use rdsproxy_gen::rules::{RULES, Rule, Sample, Seen, judge};
use rdsproxy_gen::source::assemble::assemble;
use rdsproxy_gen::source::cloudformation::{self, CloudFormationFiles};
use rdsproxy_gen::source::resource::Document;

use crate::examples::{blueprint, examples};

/// A language of the samples: its name, where a sample has its text, and who reads it.
struct Language {
    name: &'static str,
    text: fn(&Sample) -> &'static str,
    read: fn(&str) -> Document,
}

const LANGUAGES: &[Language] = &[Language {
    name: "CloudFormation",
    text: |sample| sample.cloudformation,
    read: read_cloudformation,
}];

fn read_cloudformation(text: &str) -> Document {
    cloudformation::read(&CloudFormationFiles {
        templates: BTreeMap::from([("template.yaml".to_owned(), text.to_owned())]),
        parameters: BTreeMap::new(),
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
        let bad = self.judge(&rule.example.bad).verdict(id);
        if rule.example.seen == Seen::InCode && bad != Verdict::Fail {
            faults.push(format!("{id}: the bad {} is {bad:?}", self.name));
        }
        let good = self.judge(&rule.example.good);
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

/// What is generated must hold before its own audit, by intent and as read back.
#[test]
fn generated_proxies_have_no_fault() {
    let targets: Vec<&Target> = TARGETS
        .iter()
        .copied()
        .filter(|target| target.id == "cloudformation")
        .collect();
    for (name, folder) in examples() {
        let blueprint = blueprint(&folder);
        let files = render(&blueprint, &targets).unwrap_or_else(|error| panic!("{name}: {error}"));
        let template = files
            .iter()
            .find(|file| file.path.ends_with("template.yaml"))
            .unwrap();
        let read_back = assemble(&[read_cloudformation(&template.text)]);
        for posture in [blueprint.posture(), read_back] {
            let report = judge(&posture, &Limits::SERVICE);
            assert_eq!(report.checked.len(), 1, "{name}");
            assert!(report.findings.is_empty(), "{name}: {:#?}", report.findings);
        }
    }
}
