//! The samples of every rule, read by the real readers: the bad one is reported, the good one is not.

use std::collections::{BTreeMap, BTreeSet};

use rdsproxy_gen::domain::finding::{Report, Verdict};
use rdsproxy_gen::domain::limits::Limits;
use rdsproxy_gen::domain::snapshot::Snapshot;
use rdsproxy_gen::language::cloudformation::CloudFormationFiles;
use rdsproxy_gen::language::resource::Document;
use rdsproxy_gen::language::terraform::TerraformFiles;
use rdsproxy_gen::language::{cloudformation, terraform};
use rdsproxy_gen::rules::{FaultShown, RULES, Rule, Sample, judge};
use rdsproxy_gen::source::assemble::assemble;
use rdsproxy_gen::source::snapshot;

use crate::generating::examples::{blueprint, examples, rendered};

/// A hardened account.
const ACCOUNT: &str = include_str!("../reading/sources/account.json");

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

/// A change that brings a fault into an account.
type Spoil = fn(&mut Snapshot);

/// The rules whose samples show the fault in part, and the change that gives a hardened account the whole fault.
const WHOLE: &[(&str, Spoil)] = &[
    ("too-many-secrets", |account| {
        let entries = &mut account.proxies[0].auth;
        *entries = entries.iter().cycle().take(201).cloned().collect();
    }),
    ("addresses-scarce", |account| {
        account
            .subnets
            .iter_mut()
            .for_each(|subnet| subnet.free_addresses = 1);
    }),
    ("vpc-encryption-enforced", |account| {
        account
            .vpcs
            .iter_mut()
            .for_each(|vpc| vpc.encryption_controls = Some("enforce".to_owned()));
    }),
];

#[test]
fn what_shows_in_part_in_code_fails_in_an_account() {
    let in_part = RULES
        .iter()
        .filter(|rule| rule.example.seen == FaultShown::InPart);
    let in_part: BTreeSet<&str> = in_part.map(|rule| rule.info.id).collect();
    assert_eq!(
        WHOLE.iter().map(|(rule, _)| *rule).collect::<BTreeSet<_>>(),
        in_part
    );
    let verdict = |account: &Snapshot, rule: &str| {
        judge(&assemble(&[snapshot::read(account)]), &Limits::SERVICE).verdict(rule)
    };
    for (rule, spoil) in WHOLE {
        let mut account: Snapshot = serde_json::from_str(ACCOUNT).unwrap();
        assert_eq!(verdict(&account, rule), Verdict::Pass, "{rule}");
        spoil(&mut account);
        assert_eq!(verdict(&account, rule), Verdict::Fail, "{rule}");
    }
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
