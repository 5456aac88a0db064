//! Random specs, with tags of any accepted characters and hostile text in all other places, tested with the project's
//! own readers and the real parsers.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use rdsproxy_gen::domain::blueprint::Blueprint;
use rdsproxy_gen::domain::names::{TagKey, TagValue};
use rdsproxy_gen::domain::spec::Spec;

use super::{HOSTILE, accepted, readers, refusal_is_useful};
use crate::generating::acceptance::tools;
use crate::generating::random_specs::spec_text;
use crate::support::scale;

/// Texts of all characters allowed in a tag, from every script, and some forbidden ones.
fn tag_text() -> impl Strategy<Value = String> {
    proptest::collection::vec(
        prop_oneof![
            8 => "[A-Za-z0-9 _.:/=+@-]",
            3 => "[À-ÖØ-öα-ωА-яא-ת٠-٩अ-हก-ฮ一-龠ぁ-ゖ가-힣ａ-ｚⅠ-ⅿ]",
            1 => any::<char>().prop_map(String::from),
        ],
        1..24,
    )
    .prop_map(|parts| parts.concat())
}

/// A valid spec, and tags of which most are accepted.
fn tagged() -> impl Strategy<Value = (String, Vec<(String, String)>)> {
    (
        spec_text(),
        proptest::collection::vec((tag_text(), tag_text()), 1..4),
    )
}

/// The spec with its tags replaced by these.
fn with_tags(text: &str, tags: &BTreeMap<String, String>) -> String {
    let mut table: toml::Table = toml::from_str(text).unwrap();
    table.insert("tags".to_owned(), toml::Value::try_from(tags).unwrap());
    toml::to_string(&table).unwrap()
}

/// Replaces one of the texts of a spec.
fn replaced(value: &mut toml::Value, at: &mut usize, by: &str) {
    match value {
        toml::Value::String(text) => {
            if *at == 0 {
                by.clone_into(text);
            }
            *at = at.wrapping_sub(1);
        }
        toml::Value::Array(items) => items.iter_mut().for_each(|item| replaced(item, at, by)),
        toml::Value::Table(table) => table
            .iter_mut()
            .for_each(|(_, value)| replaced(value, at, by)),
        _ => {}
    }
}

fn texts(value: &toml::Value) -> usize {
    match value {
        toml::Value::String(_) => 1,
        toml::Value::Array(items) => items.iter().map(texts).sum(),
        toml::Value::Table(table) => table.iter().map(|(_, value)| texts(value)).sum(),
        _ => 0,
    }
}

fn settled(text: &str) -> Result<Blueprint, String> {
    let blueprint = Spec::parse(text, "rdsproxy.toml").and_then(|spec| Blueprint::harden(&spec));
    blueprint.map_err(|error| error.to_string())
}

proptest! {
    #![proptest_config(scale::config("tags of any characters"))]

    /// Accepted names are read back exactly; others are refused with their place.
    #[test]
    fn tags_of_any_characters_are_exact_or_refused((text, tags) in tagged()) {
        let whole = with_tags(&text, &tags.iter().cloned().collect());
        let fine = tags.iter().all(|(key, value)| TagKey::parse(key).is_ok() && TagValue::parse(value).is_ok());
        match settled(&whole) {
            Ok(_) => {
                prop_assert!(fine);
                accepted("tags", &whole);
            }
            Err(refusal) => refusal_is_useful("tags", &refusal, "rdsproxy.toml:"),
        }
    }

}

proptest! {
    #![proptest_config(scale::config("hostile texts in specs"))]

    #[test]
    fn hostile_text_in_place_of_any_other_is_refused_or_harmless(
        text in spec_text(), at in any::<Index>(), hostile in prop_oneof![
            proptest::sample::select(HOSTILE).prop_map(str::to_owned),
            proptest::collection::vec(any::<char>(), 0..40).prop_map(|characters| characters.into_iter().collect()),
        ],
    ) {
        let mut table = toml::Value::Table(toml::from_str(&text).unwrap());
        let mut at = at.index(texts(&table));
        replaced(&mut table, &mut at, &hostile);
        let whole = toml::to_string(&table).unwrap();
        match settled(&whole) {
            Ok(_) => drop(accepted(&format!("{hostile:?}"), &whole)),
            Err(refusal) => refusal_is_useful(&format!("{hostile:?}"), &refusal, "rdsproxy.toml:"),
        }
    }
}

/// The number of projects for the real parsers.
const BATCH: usize = 24;

/// Writes random projects with random tags below a folder.
fn batch(folder: &Path) {
    let mut runner = TestRunner::deterministic();
    let mut written = 0;
    while written < BATCH {
        let (text, tags) = tagged().new_tree(&mut runner).unwrap().current();
        let tags = tags
            .into_iter()
            .filter(|(key, value)| TagKey::parse(key).is_ok() && TagValue::parse(value).is_ok())
            .collect();
        let whole = with_tags(&text, &tags);
        let Ok(blueprint) = settled(&whole) else {
            continue;
        };
        let files = crate::generating::examples::rendered(&blueprint);
        readers::harmless("batch", &blueprint, &files);
        for (path, text) in files {
            let path = folder.join(format!("project-{written}")).join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let tags = serde_json::to_string(&tags).unwrap();
        std::fs::write(folder.join(format!("project-{written}/tags.json")), tags).unwrap();
        written += 1;
    }
}

#[test]
fn the_real_parsers_read_the_same() {
    let folder = tempfile::tempdir().unwrap();
    batch(folder.path());
    if let Some(terraform) = tools::find("terraform") {
        let mut format = Command::new(terraform);
        tools::run(
            "terraform fmt",
            format
                .args(["fmt", "-check", "-recursive"])
                .arg(folder.path()),
        );
    }
    if let Some(node) = tools::find("node") {
        for number in 0..BATCH {
            let script = format!("project-{number}/terraform/clients/nodejs/proxyConnection.mjs");
            tools::run(
                &script,
                Command::new(&node)
                    .arg("--check")
                    .arg(folder.path().join(&script)),
            );
        }
    }
    if let Some(python) = tools::find("PyYAML") {
        let mut python = Command::new(python);
        let said = tools::run(
            "parsers",
            python
                .arg("tests/tools/parse_projects.py")
                .arg(folder.path()),
        );
        assert!(said.contains(&format!("{BATCH} projects")), "{said}");
    }
}
