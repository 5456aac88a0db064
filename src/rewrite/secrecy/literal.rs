//! Secret literals in source text: which bytes to mask, and which values to search for elsewhere. The JSON of a secret
//! keeps its names and its user.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::FoundSecrets;
use super::words::{is_public_member, is_public_value};

/// The least length, in bytes, of a line of a longer secret that is searched for on its own.
const LEAST_LINE: usize = 12;

/// The key of a JSON member, in a JSON text or in a string with escaped quotes.
static MEMBER: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"\\?"([^"\\]*)\\?"\s*:"#).ok());

/// Quoted text inside an expression.
static QUOTED: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#""([^"]*)"|'([^']*)'"#).ok());

/// Notes the secret parts of the literal at these bytes, and the references in it.
pub(super) fn secret(text: &str, range: Range<usize>, found: &mut FoundSecrets) {
    let Some(raw) = text.get(range.clone()) else {
        return;
    };
    if is_public_value(raw) {
        return;
    }
    match json_members(raw) {
        Some(members) => {
            for member in members {
                plain(text, moved(member, range.start), found);
            }
        }
        None => plain(text, range, found),
    }
}

/// Notes the whole range as secret, except for its expressions.
fn plain(text: &str, range: Range<usize>, found: &mut FoundSecrets) {
    let raw = &text[range.clone()];
    if is_public_value(raw) {
        return;
    }
    for piece in pieces(raw) {
        let at = moved(piece.range.clone(), range.start);
        let said = &text[at.clone()];
        if !piece.is_literal {
            found.mentions.push(said.to_owned());
            let quoted = QUOTED.iter().flat_map(|quoted| quoted.captures_iter(said));
            for part in quoted.filter_map(|part| part.get(1).or_else(|| part.get(2))) {
                found.add(said, part.range(), at.start);
            }
        } else if !said.trim().is_empty() {
            found.add(raw, piece.range, range.start);
        }
    }
}

fn moved(range: Range<usize>, by: usize) -> Range<usize> {
    range.start + by..range.end + by
}

impl FoundSecrets {
    /// Notes a part of a raw text that begins at offset `at`, and the value of the part.
    fn add(&mut self, raw: &str, part: Range<usize>, at: usize) {
        let Some(value) = raw.get(part.clone()) else {
            return;
        };
        self.ranges.push(moved(part, at));
        self.value(value);
    }

    /// Notes a value as written, unescaped, and its longer lines one by one.
    pub(super) fn value(&mut self, value: &str) {
        self.values.push(value.to_owned());
        if value.contains('\\') {
            self.values.push(unescaped(value));
        }
        if value.contains("''") {
            self.values.push(value.replace("''", "'"));
        }
        if value.contains('\n') {
            let lines = value.lines().map(str::trim);
            let lines = lines.filter(|line| line.len() >= LEAST_LINE);
            self.values.extend(lines.map(str::to_owned));
        }
    }
}

/// Decodes the escapes that HCL, JSON and YAML share.
fn unescaped(raw: &str) -> String {
    let mut plain = String::with_capacity(raw.len());
    let mut letters = raw.chars();
    while let Some(letter) = letters.next() {
        plain.push(match letter {
            '\\' => match letters.next() {
                Some('n') => '\n',
                Some('t') => '\t',
                Some('r') => '\r',
                Some(other) => other,
                None => '\\',
            },
            other => other,
        });
    }
    plain
}

/// A literal part, or an expression between two of them.
struct LiteralPiece {
    range: Range<usize>,
    /// False for `${…}` and `%{…}`.
    is_literal: bool,
}

/// Splits a literal into its literal parts and the expressions between them.
fn pieces(raw: &str) -> Vec<LiteralPiece> {
    let mut pieces = Vec::new();
    let mut literal = 0;
    let mut at = 0;
    while let Some(step) = raw.get(at..).and_then(|rest| rest.find(['$', '%'])) {
        let start = at + step;
        let rest = &raw[start..];
        let is_escaped = rest.starts_with("$${") || rest.starts_with("%%{");
        if is_escaped || !rest[1..].starts_with('{') {
            at = start + if is_escaped { 3 } else { 1 };
            continue;
        }
        let end = start + closed(rest);
        pieces.push(LiteralPiece {
            range: literal..start,
            is_literal: true,
        });
        pieces.push(LiteralPiece {
            range: start..end,
            is_literal: false,
        });
        (literal, at) = (end, end);
    }
    pieces.push(LiteralPiece {
        range: literal..raw.len(),
        is_literal: true,
    });
    pieces.retain(|piece| !piece.range.is_empty());
    pieces
}

/// The length of the `${…}` at the beginning of a text.
fn closed(text: &str) -> usize {
    let mut depth = 0_usize;
    for (at, letter) in text.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth <= 1 => return at + 1,
            '}' => depth -= 1,
            _ => {}
        }
    }
    text.len()
}

/// The ranges of the secret members of a JSON object. None if the text is not a JSON object, or if not all its members
/// are found in the raw text.
fn json_members(raw: &str) -> Option<Vec<Range<usize>>> {
    if !raw.trim_start().starts_with('{') {
        return None;
    }
    let parsed = serde_json::from_str::<serde_json::Value>(raw)
        .or_else(|_| serde_json::from_str(&raw.replace("\\\"", "\"")));
    let names: Vec<_> = MEMBER.as_ref()?.captures_iter(raw).collect();
    if parsed.ok().map(|parsed| members_of(&parsed)) != Some(names.len()) {
        return None;
    }
    let mut values = Vec::new();
    for (index, name) in names.iter().enumerate() {
        let start = name.get(0)?.end();
        let end = names.get(index + 1).and_then(|next| next.get(0));
        let end = end.map_or(raw.len(), |next| next.start());
        let value = trimmed(raw, start..end);
        if !value.is_empty() && !is_public_member(name.get(1)?.as_str()) {
            values.push(value);
        }
    }
    Some(values)
}

fn members_of(json: &serde_json::Value) -> usize {
    match json {
        serde_json::Value::Object(members) => {
            members.len() + members.values().map(members_of).sum::<usize>()
        }
        serde_json::Value::Array(items) => items.iter().map(members_of).sum(),
        _ => 0,
    }
}

/// The range without the quotes, brackets and commas around it.
fn trimmed(raw: &str, range: Range<usize>) -> Range<usize> {
    let around: &[char] = &[' ', '\t', '\r', '\n', ',', '{', '}', '[', ']', '"', '\\'];
    let value = &raw[range.clone()];
    let start = range.start + value.len() - value.trim_start_matches(around).len();
    let end = range.start + value.trim_end_matches(around).len();
    start..end.max(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The literal with its secrets masked.
    fn left(raw: &str) -> String {
        let mut found = FoundSecrets::default();
        secret(raw, 0..raw.len(), &mut found);
        let mut left = raw.to_owned();
        for range in found.ranges {
            left.replace_range(range.clone(), &"*".repeat(range.len()));
        }
        left
    }

    #[test]
    fn a_literal_shows_its_references_and_the_user_of_its_json() {
        for (raw, shown) in [
            ("hunter2", "*******"),
            ("a${var.b}c", "*${var.b}*"),
            ("${var.b}", "${var.b}"),
            ("${env:P, 'abc'}", "${env:P, '***'}"),
            ("arn:aws:x", "arn:aws:x"),
            (
                r#"{"username": "u", "password": "a,b", "port": 1}"#,
                r#"{"username": "u", "password": "***", "port": 1}"#,
            ),
            (
                r#"{\"username\": \"u\", \"password\": \"ab\"}"#,
                r#"{\"username\": \"u\", \"password\": \"**\"}"#,
            ),
        ] {
            assert_eq!(left(raw), shown, "{raw}");
        }
    }

    #[test]
    fn json_that_plays_with_names_shows_nothing() {
        let raw = r#"{"username": "u", "password": "x\", \"username\": \"ab"}"#;
        assert_eq!(left(raw), "*".repeat(raw.len()));
    }
}
