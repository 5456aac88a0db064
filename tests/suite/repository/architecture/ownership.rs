//! What belongs to the row of a table is written there alone: the links of a rule, the capabilities of an engine.

use rdsproxy_gen::domain::engine::ENGINES;
use rdsproxy_gen::rules::infos;

use super::{modules, sources};

/// Files that have a word of the table for another reason.
const NAMESAKES: &[(&str, &str)] = &[
    // Usual names of master users.
    ("src/source/assemble/secrets.rs", "\"mysql\""),
    // Passwords that are ordinary words.
    ("src/domain/secrecy.rs", "\"postgresql\""),
];

/// Each of these words that stands in the code outside of the folder, with its file. Files of tests are left out.
fn outside(folder: &str, words: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    for (path, text) in sources() {
        let is_test = path.ends_with("/tests.rs") || path.contains("/fixtures/");
        if is_test || path.starts_with(folder) {
            continue;
        }
        let code = modules::code(&text);
        let named = words.iter().filter(|word| {
            let is_namesake = NAMESAKES.contains(&(&path, word));
            code.contains(word.as_str()) && !is_namesake
        });
        found.extend(named.map(|word| format!("{path} names {word}")));
    }
    found
}

#[test]
fn only_a_rule_itself_names_its_id() {
    let ids: Vec<String> = infos().map(|rule| format!("\"{}\"", rule.id)).collect();
    assert_eq!(outside("src/rules/", &ids), Vec::<String>::new());
}

#[test]
fn engines_are_told_apart_by_their_columns() {
    let ids = ENGINES.iter().map(|engine| format!("\"{}\"", engine.id));
    let variants = ["MySql", "MariaDb", "PostgreSql", "SqlServer"];
    let words: Vec<String> = ids
        .chain(variants.map(|name| format!("::{name}")))
        .collect();
    assert_eq!(outside("src/domain/engine/", &words), Vec::<String>::new());
}
