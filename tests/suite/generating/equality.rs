//! The rendered code equals the intent in every target, and the project's own readers can see all of it.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use rdsproxy_gen::app::read_back;
use rdsproxy_gen::domain::blueprint::Blueprint;
use rdsproxy_gen::domain::facts::compare;
use rdsproxy_gen::domain::posture::Posture;
use rdsproxy_gen::domain::spec::Spec;
use rdsproxy_gen::render::TARGETS;

use crate::generating::examples::{blueprint, examples, rendered};
use crate::generating::random_specs::spec_text;

fn postures(files: &BTreeMap<String, String>) -> Vec<(&'static str, Posture)> {
    TARGETS
        .iter()
        .map(|target| {
            let posture =
                read_back::posture(target.id, files).unwrap_or_else(|error| panic!("{error}"));
            (target.id, posture)
        })
        .collect()
}

/// All differences, and all intended facts that cannot be seen in the rendered code.
fn faults(intent: &Posture, target: &str, posture: &Posture) -> Vec<String> {
    let comparison = compare(intent, posture);
    let differences = comparison
        .differences
        .iter()
        .map(|difference| format!("{target}: {difference}"));
    let hidden = comparison
        .hidden
        .iter()
        .map(|line| format!("{target}: hidden: {line}"));
    differences.chain(hidden).collect()
}

#[test]
fn every_example_says_what_was_meant() {
    let mut found = BTreeSet::new();
    for folder in examples().values() {
        let blueprint = blueprint(folder);
        let files = rendered(&blueprint);
        for (target, posture) in postures(&files) {
            found.extend(faults(&blueprint.posture(), target, &posture));
        }
    }
    let found: Vec<String> = found.into_iter().collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

proptest! {
    #![proptest_config(crate::support::scale::config("specs read back"))]

    /// Terraform, CloudFormation and the intent have the same posture, and a second rendering gives the same text.
    #[test]
    fn random_specs_say_what_was_meant(text in spec_text()) {
        let spec = Spec::parse(&text, "random.toml").unwrap();
        let blueprint = Blueprint::harden(&spec).unwrap();
        let files = rendered(&blueprint);
        prop_assert_eq!(&files, &rendered(&blueprint));
        let postures = postures(&files);
        let mut found: Vec<String> =
            postures.iter().flat_map(|(target, posture)| faults(&blueprint.posture(), target, posture)).collect();
        if let [(_, one), (_, other)] = postures.as_slice() {
            found.extend(compare(one, other).differences.iter().map(|difference| format!("between targets: {difference}")));
        }
        prop_assert!(found.is_empty(), "{}\n{text}", found.join("\n"));
    }
}
