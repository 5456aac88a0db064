//! What every rule has to keep to: its id, its place in the list, its texts, its samples, its links.

use std::collections::BTreeSet;

use super::*;
use crate::domain::drift::within_proxy;
use crate::domain::evidence::Evidence;
use crate::domain::finding::{Group, Verdict};
use crate::domain::posture::Pool;
use crate::domain::settings::Settings;
use crate::rules::fixtures::{endpoint, hardened, stated, without_secrets};

/// Files of this folder that do not define a rule.
const OTHERS: &[&str] = &[
    "fixtures",
    "grants",
    "group_rules",
    "lookups",
    "mod",
    "readers",
    "references",
    "samples",
    "scope",
    "tests",
    "waivers",
];

#[test]
#[allow(clippy::disallowed_methods)]
fn every_file_is_listed() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/rules");
    let files: BTreeSet<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            entry
                .unwrap()
                .path()
                .file_stem()
                .unwrap()
                .to_string_lossy()
                .into_owned()
        })
        .filter(|name| !OTHERS.contains(&name.as_str()))
        .collect();
    let listed: BTreeSet<String> = RULES
        .iter()
        .map(|rule| rule.info.id.replace('-', "_"))
        .collect();
    assert_eq!(files, listed);
    assert_eq!(listed.len(), RULES.len(), "an id appears twice");
}

#[test]
fn ids_are_kebab_case() {
    for rule in RULES {
        let id = rule.info.id;
        assert!(id.contains('-'), "{id}");
        assert!(id.split('-').all(|word| !word.is_empty()), "{id}");
        let kebab =
            |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
        assert!(id.chars().all(kebab), "{id}");
        assert!(std::ptr::eq(Rule::by_id(id).unwrap(), *rule), "{id}");
    }
}

#[test]
fn rules_stand_in_the_order_of_the_mission() {
    let groups: Vec<_> = RULES.iter().map(|rule| rule.info.group).collect();
    let mission: BTreeSet<_> = groups
        .iter()
        .filter(|group| matches!(group, Group::Mission(_)))
        .collect();
    assert_eq!(mission.len(), 6, "{mission:?}");
    assert!(groups.is_sorted(), "{groups:?}");
}

#[test]
fn texts_are_written_for_people() {
    for rule in RULES {
        let info = &rule.info;
        assert!(
            info.summary.starts_with(char::is_lowercase) || info.summary.starts_with("RDS"),
            "{}",
            info.id
        );
        assert!(!info.summary.ends_with('.'), "{}", info.id);
        for text in [info.why, info.fix] {
            assert!(
                text.ends_with('.') || text.ends_with(".)"),
                "{}: {text}",
                info.id
            );
            assert!(!text.contains("  "), "{}: {text}", info.id);
        }
        assert!(!info.references.is_empty(), "{}", info.id);
        for page in info.references {
            assert!(page.contains("\": https://"), "{page}");
        }
    }
}

#[test]
fn samples_show_a_difference() {
    for rule in RULES {
        let (bad, good) = (rule.example.bad(), rule.example.good());
        assert_ne!(bad.terraform, good.terraform, "{}", rule.info.id);
        assert_ne!(bad.cloudformation, good.cloudformation, "{}", rule.info.id);
        for text in [
            bad.terraform,
            good.terraform,
            bad.cloudformation,
            good.cloudformation,
        ] {
            assert!(
                text.ends_with('\n') && !text.contains('\t'),
                "{}",
                rule.info.id
            );
        }
    }
}

#[test]
fn a_hardened_proxy_keeps_every_rule_and_each_says_how() {
    let mut keyless = hardened();
    without_secrets(&mut keyless);
    let posture = Posture {
        proxies: vec![hardened(), keyless],
        deployment: None,
    };
    let report = judge(&posture, &Limits::SERVICE);
    assert!(report.findings.is_empty(), "{:#?}", report.findings);
    assert!(report.undetermined.is_empty(), "{:#?}", report.undetermined);
    assert_eq!(report.passes.len(), 2 * RULES.len());
    assert_eq!(report.checked.len(), 2);
}

#[test]
fn a_link_is_to_facts_that_exist() {
    let posture = Posture {
        proxies: vec![Proxy {
            endpoints: stated(vec![endpoint("reader")]),
            ..hardened()
        }],
        deployment: None,
    };
    let facts = posture.facts();
    for (rule, link) in
        infos().flat_map(|rule| rule.links.facts.iter().map(move |link| (rule.id, link)))
    {
        assert!(
            facts.keys().any(|path| link.fits(within_proxy(path))),
            "{rule}: {}",
            link.path
        );
    }
}

#[test]
fn nothing_known_is_never_a_pass() {
    let report = judge(
        &Posture {
            proxies: vec![hidden()],
            deployment: None,
        },
        &Limits::SERVICE,
    );
    for rule in RULES {
        assert_eq!(
            report.verdict(rule.info.id),
            Verdict::Undetermined,
            "{}",
            rule.info.id
        );
    }
    assert!(report.passes.is_empty());
}

fn hidden() -> Proxy {
    Proxy {
        name: Evidence::NotVisible,
        engine_family: Evidence::NotVisible,
        require_tls: Evidence::NotVisible,
        debug_logging: Evidence::NotVisible,
        default_auth: Evidence::NotVisible,
        auth: Evidence::NotVisible,
        role: Evidence::NotVisible,
        region: Evidence::NotVisible,
        subnets: Evidence::NotVisible,
        vpc: Evidence::NotVisible,
        security_groups: Evidence::NotVisible,
        pool: Pool {
            settings: Settings::from_rows(|_| Evidence::NotVisible),
            pinning_filters: Evidence::NotVisible,
            init_query: Evidence::NotVisible,
        },
        endpoints: Evidence::NotVisible,
        database: Evidence::NotVisible,
        consumers: Evidence::NotVisible,
        ..hardened()
    }
}
