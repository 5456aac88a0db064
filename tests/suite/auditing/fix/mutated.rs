//! Edits of randomly broken texts: the rest keeps its content, and nothing panics.

use std::collections::BTreeMap;

use hcl_edit::Span;
use hcl_edit::expr::Expression;
use hcl_edit::structure::Body;
use proptest::prelude::*;
use rdsproxy_gen::language::yaml;
use rdsproxy_gen::rewrite::edit::{Editable, applied};
use rdsproxy_gen::rules::infos;

use super::case::cases;
use super::scalars;

/// Pieces that change the meaning of a text.
const PIECES: [&str; 24] = [
    "\n", " ", "\t", "\r\n", "{", "}", "[", "]", "\"", "'", "#", "/*", "*/", "<<EOT\n", "&a ",
    "*a", "!If ", ": ", "- ", ", ", "=", "é", "😀", "\u{feff}",
];

/// All texts of the cases, with their names.
fn texts() -> Vec<(String, String)> {
    let cases = cases();
    let files = cases.iter().flat_map(|case| {
        let bytes = case.before.iter();
        bytes.map(|(name, text)| (name.clone(), case.bytes(text)))
    });
    files
        .map(|(name, text)| (name, text.trim_start_matches('\u{feff}').to_owned()))
        .collect()
}

fn mutated(mut text: String, changes: &[(usize, usize, u8)]) -> String {
    for (place, what, kind) in changes {
        let boundaries: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        if boundaries.is_empty() {
            return text;
        }
        let at = boundaries[place % boundaries.len()];
        match kind % 3 {
            0 => text.insert_str(at, PIECES[what % PIECES.len()]),
            1 => drop(text.remove(at)),
            _ => {
                let end = boundaries[(place + what % 40) % boundaries.len()].max(at);
                let piece = text[at..end].to_owned();
                text.insert_str(at, &piece);
            }
        }
    }
    text
}

/// The places at which words begin: line and column, 1-based; the column counts characters.
fn places(text: &str) -> Vec<(u32, u32)> {
    let mut places = Vec::new();
    let (mut line, mut column, mut inside) = (1, 1, false);
    for character in text.chars() {
        let is_blank = character.is_whitespace() || "=:,".contains(character);
        if !is_blank && !inside {
            places.push((line, column));
        }
        inside = !is_blank && !"{[(-!".contains(character);
        column += 1;
        if character == '\n' {
            (line, column, inside) = (line + 1, 1, false);
        }
    }
    places
}

/// The content of an HCL text: every value, by path.
fn attributes(body: &Body, text: &str, way: &str, into: &mut Vec<(String, String)>) {
    for attribute in body.attributes() {
        let way = format!("{way}/{}", attribute.key.as_str());
        values(&attribute.value, text, &way, into);
    }
    for block in body.blocks() {
        let way = format!("{way}/{}", block.ident.as_str());
        let labels = block
            .labels
            .iter()
            .filter_map(|label| text.get(label.span()?));
        into.push((way.clone(), labels.collect()));
        attributes(&block.body, text, &way, into);
    }
}

fn values(value: &Expression, text: &str, way: &str, into: &mut Vec<(String, String)>) {
    match value {
        Expression::Object(object) => {
            for (key, value) in object.iter() {
                let key = key.span().and_then(|span| text.get(span));
                let way = format!("{way}/{}", key.unwrap_or_default().trim_matches('"'));
                values(value.expr(), text, &way, into);
            }
        }
        Expression::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                values(item, text, &format!("{way}/{index}"), into);
            }
        }
        other => {
            let value = other.span().and_then(|span| text.get(span));
            // Removes an inserted member from an object that is the operand of an operator or the argument of a
            // function.
            let value = value.unwrap_or_default();
            let value = value.replace("iam_auth = \"REQUIRED\", ", "");
            into.push((way.to_owned(), value));
        }
    }
}

/// The content of a text except for what an edit may change; `None` if it cannot be parsed.
fn meaning(name: &str, text: &str) -> Option<Vec<(String, String)>> {
    let mut all = Vec::new();
    if name.ends_with(".tf") || name.ends_with(".tfvars") {
        let body = hcl_edit::parser::parse_body(text).ok()?;
        attributes(&body, text, "", &mut all);
    } else {
        let mut known = BTreeMap::new();
        scalars(&yaml::load(text).ok()??, "", &mut known);
        all.extend(known);
    }
    all.retain(|(way, _)| !way.split('/').any(|step| super::NAMES.contains(&step)));
    Some(all)
}

proptest! {
    #![proptest_config(crate::support::scale::config("mutated code before --fix"))]

    #[test]
    fn whatever_is_edited_the_rest_says_the_same(
        which in any::<usize>(),
        changes in prop::collection::vec((any::<usize>(), any::<usize>(), any::<u8>()), 0..4),
    ) {
        let texts = texts();
        let (name, text) = &texts[which % texts.len()];
        let text = mutated(text.clone(), &changes);
        // `a: b: c` is not valid YAML. The parser accepts it, but the audit of the edited text would not.
        let is_lenient = |line: &str| line.matches(": ").count() > 1 && !line.contains('{');
        prop_assume!(!text.lines().any(is_lenient));
        let before = meaning(name, &text);
        let Ok(source) = Editable::read(name, &text) else { return Ok(()) };
        for place in places(&text) {
            for rule in infos().filter(|rule| rule.links.mending.is_some()) {
                let Ok(edits) = source.edits(rule, place.0, place.1) else { continue };
                for edit in &edits {
                    prop_assert!(text.get(edit.range.clone()).is_some(), "{edit:?}");
                }
                let after = applied(&text, &edits);
                prop_assert_eq!(
                    &meaning(name, &after), &before,
                    "{} at {:?}:\n{}\n{:?}\n{}", rule.id, place, text, edits, after
                );
            }
        }
    }
}
