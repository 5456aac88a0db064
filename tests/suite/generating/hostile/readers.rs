//! Rendered files are checked with their readers: the project's own ones, and a grammar for each other format.

use std::collections::{BTreeMap, BTreeSet};

use rdsproxy_gen::app::read_back;
use rdsproxy_gen::domain::blueprint::Blueprint;
use rdsproxy_gen::domain::facts::compare;
use rdsproxy_gen::language::resource::{Node, Value};
use rdsproxy_gen::render::TARGETS;

type Files = BTreeMap<String, String>;

/// The rendered files have the meaning of the blueprint, and the text breaks out of nothing.
pub(super) fn harmless(what: &str, blueprint: &Blueprint, files: &Files) {
    for target in TARGETS
        .iter()
        .filter(|target| blueprint.targets.iter().any(|id| id == target.id))
    {
        let found =
            read_back::posture(target.id, files).unwrap_or_else(|error| panic!("{what}: {error}"));
        let comparison = compare(&blueprint.posture(), &found);
        assert!(
            comparison.differences.is_empty(),
            "{what}: {:?}",
            comparison.differences
        );
        assert!(
            comparison.hidden.is_empty(),
            "{what}: {:?}",
            comparison.hidden
        );
        tags_are_exact(what, target.id, blueprint, files);
    }
    for (path, text) in files {
        let what = format!("{what}: {path}");
        let control = text
            .chars()
            .find(|c| c.is_control() && *c != '\n' && *c != '\t');
        assert_eq!(control, None, "{what}");
        match path.rsplit_once('.').map(|(_, extension)| extension) {
            Some("md") => tables_keep_their_columns(&what, text),
            Some("json") => drop(
                serde_json::from_str::<serde_json::Value>(text)
                    .unwrap_or_else(|error| panic!("{what}: {error}")),
            ),
            Some("sql") => names_stay_inside_their_quotes(&what, text),
            _ => {}
        }
    }
}

/// The proxy has exactly the requested tags, character for character.
fn tags_are_exact(what: &str, target: &str, blueprint: &Blueprint, files: &Files) {
    let document = read_back::document(target, files).unwrap();
    let proxy = document
        .resources
        .iter()
        .find(|resource| ["aws_db_proxy", "AWS::RDS::DBProxy"].contains(&resource.kind.as_str()))
        .unwrap_or_else(|| panic!("{what}: {target} has no proxy"));
    let found = ["tags", "Tags"]
        .iter()
        .find_map(|name| proxy.body.get(name))
        .map(pairs)
        .unwrap_or_default();
    let asked: BTreeSet<(String, String)> = blueprint
        .tags
        .iter()
        .map(|(key, value)| (key.to_string(), value.to_string()))
        .collect();
    assert_eq!(found, asked, "{what}: {target}");
}

/// Tags in either notation: a map, or a list of `{Key, Value}`.
fn pairs(tags: &Node) -> BTreeSet<(String, String)> {
    let text = |node: &Node| {
        node.value
            .as_text()
            .unwrap_or_else(|| format!("{:?}", node.value))
    };
    match &tags.value {
        Value::Map(members) => members
            .iter()
            .map(|(key, value)| (key.clone(), text(value)))
            .collect(),
        _ => tags
            .items()
            .iter()
            .map(|tag| {
                (
                    text(tag.get("Key").unwrap()),
                    text(tag.get("Value").unwrap()),
                )
            })
            .collect(),
    }
}

/// Every row of a table has as many cells as its header.
fn tables_keep_their_columns(what: &str, text: &str) {
    let mut columns = None;
    for line in text.lines() {
        if !line.starts_with('|') {
            columns = None;
            continue;
        }
        let cells = line
            .replace("\\\\", "")
            .replace("\\|", "")
            .matches('|')
            .count();
        assert_eq!(*columns.get_or_insert(cells), cells, "{what}: {line}");
    }
}

/// After removing comments, literals and quoted names, only the keywords and symbols of the statements remain.
fn names_stay_inside_their_quotes(what: &str, text: &str) {
    let mut left = String::new();
    // The only psql command in the files.
    let text = text.replace("\n\\connect ", "\nconnect ");
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            '-' if rest.peek() == Some(&'-') => while rest.next_if(|c| *c != '\n').is_some() {},
            '\'' | '"' | '`' => skip(&mut rest, character, what),
            '[' => skip(&mut rest, ']', what),
            other => left.push(other),
        }
    }
    let strange = left
        .chars()
        .find(|c| !c.is_ascii_alphanumeric() && !" \n_,;().*@:=%<>$|+-".contains(*c));
    assert_eq!(strange, None, "{what}:\n{left}");
}

/// Skips to the end of a literal or a quoted name, in which a doubled delimiter is an escape.
fn skip(rest: &mut std::iter::Peekable<std::str::Chars<'_>>, end: char, what: &str) {
    while let Some(character) = rest.next() {
        if character == end && rest.next_if_eq(&end).is_none() {
            return;
        }
    }
    panic!("{what}: {end} is missing");
}

#[test]
fn the_readers_see_what_breaks_out() {
    let caught = |check: fn(&str, &str), text: &str| {
        std::panic::catch_unwind(|| check("probe", text)).is_err()
    };
    for (text, breaks) in [
        ("SELECT \"a\"\"b\";", false),
        ("SELECT \"a\"b\";", true),
        ("SELECT 'it''s'; -- it's", false),
        ("SELECT [a]] {b];", false),
        ("SELECT [a] {b];", true),
    ] {
        assert_eq!(
            caught(names_stay_inside_their_quotes, text),
            breaks,
            "{text}"
        );
    }
    for (text, breaks) in [
        ("| a | b |\n|---|---|\n| x\\|y | z |", false),
        ("| a | b |\n|---|---|\n| x|y | z |", true),
    ] {
        assert_eq!(caught(tables_keep_their_columns, text), breaks, "{text}");
    }
}
