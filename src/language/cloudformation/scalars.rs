//! The meaning of scalars: YAML 1.1 booleans, whole numbers, and the variables of the Serverless Framework.

use crate::language::partial_string;
use crate::language::resource::{Piece, Value};

/// Returns the value of a scalar in a property.
pub(super) fn value(text: &str, plain: bool) -> Value {
    if !plain {
        return Value::text(text);
    }
    match (text, truth(text)) {
        ("" | "~" | "null" | "Null" | "NULL", _) => Value::Null,
        (_, Some(truth)) => Value::Bool(truth),
        _ => whole_number(text).map_or_else(|| Value::text(text), Value::Number),
    }
}

/// The YAML 1.1 spellings of true and of false.
/// Source: "CloudFormation supports the YAML Version 1.1 specification" (template formats).
const TRUTHS: &[(bool, &[&str])] = &[
    (
        true,
        &[
            "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON",
        ],
    ),
    (
        false,
        &[
            "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF",
        ],
    ),
];

/// Returns the boolean that a word without quotes represents.
fn truth(text: &str) -> Option<bool> {
    let found = TRUTHS.iter().find(|(_, words)| words.contains(&text));
    found.map(|(truth, _)| *truth)
}

/// True for a word that is a boolean if it has no quotes.
pub(super) fn is_switch(text: &str) -> bool {
    truth(text).is_some()
}

/// Returns the text as which a scalar is passed on: a boolean loses its spelling.
pub(super) fn passed_on(text: &str, plain: bool) -> String {
    match truth(text).filter(|_| plain) {
        Some(truth) => truth.to_string(),
        None => text.to_owned(),
    }
}

/// Returns a whole number whose digits survive the conversion: without a point, a leading zero or more digits than a
/// number holds.
pub(super) fn whole_number(text: &str) -> Option<f64> {
    const MOST_DIGITS: usize = 15;
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = !digits.is_empty()
        && digits.len() <= MOST_DIGITS
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && (digits == "0" || !digits.starts_with('0'));
    plain.then(|| text.parse().ok()).flatten()
}

/// Returns a text of the Serverless Framework, in which `${self:…}`, `${env:…}` and the like are resolved during
/// packaging.
pub(super) fn with_variables(text: &str) -> Value {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, variable, after)) = next_variable(rest) {
        pieces.push(Piece::Text(before.to_owned()));
        pieces.push(if is_variable(variable) {
            variable_piece(variable)
        } else {
            Piece::Text(format!("${{{variable}}}"))
        });
        rest = after;
    }
    pieces.push(Piece::Text(rest.to_owned()));
    partial_string::text(pieces)
}

/// True for `self:custom.x`, false for `AWS::Region` and plain names.
pub(super) fn is_variable(name: &str) -> bool {
    let head = name.split_once(':');
    head.is_some_and(|(source, rest)| {
        !rest.starts_with(':') && !source.is_empty() && !source.contains(' ')
    })
}

/// Returns the unresolved piece for a variable of the Serverless Framework.
pub(super) fn variable_piece(variable: &str) -> Piece {
    Piece::Unresolved(format!(
        "${{{}}} is filled in by the Serverless Framework: audit what `serverless package` writes",
        crate::language::budget::short(variable)
    ))
}

/// Splits a text at its first `${…}`: the text before it, the variable, the text after it. Braces inside must balance.
pub(super) fn next_variable(text: &str) -> Option<(&str, &str, &str)> {
    let start = text.find("${")?;
    let mut depth = 0_usize;
    for (offset, character) in text[start + 1..].char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            let end = start + 1 + offset;
            return Some((&text[..start], &text[start + 2..end], &text[end + 1..]));
        }
    }
    None
}
