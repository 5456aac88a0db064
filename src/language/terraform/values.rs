//! Operations on values, independent of their expressions, and the reasons for missing values.

use super::json_text::sorted;
use super::{downloaded, json_text};
use crate::domain::evidence::Origin;
use crate::language::budget::short;
use crate::language::partial_string;
use crate::language::provenance::LONGEST_WAY;
use crate::language::resource::{Node, Piece, REST, Value};

/// The reason why an expression has no value.
#[derive(Clone, Debug)]
pub(super) enum EvaluationFault {
    /// Terraform would also refuse the expression; `try` and `can` continue.
    Error(String),
    /// The value depends on something that is not in view.
    Unknown(String),
}

impl EvaluationFault {
    /// Returns the reason, without its kind.
    pub(super) fn reason(self) -> String {
        let (Self::Error(reason) | Self::Unknown(reason)) = self;
        reason
    }
}

pub(super) type Outcome<T = Node> = Result<T, EvaluationFault>;

/// The maximum length of a reason in bytes; reasons grow with each step of the path.
const LONGEST_REASON: usize = 600;

pub(super) fn error<T>(message: impl Into<String>) -> Outcome<T> {
    Err(EvaluationFault::Error(message.into()))
}

pub(super) fn unknown<T>(reason: impl Into<String>) -> Outcome<T> {
    Err(EvaluationFault::Unknown(reason.into()))
}

/// Creates a reference to a resource that is not deployed yet, or to one of its attributes.
pub(super) fn reference(address: &str, attribute: &str) -> Value {
    Value::Text(vec![Piece::Reference(
        address.to_owned(),
        attribute.to_owned(),
    )])
}

/// Returns the address and attribute if a value consists of a single reference.
pub(super) fn as_reference(value: &Value) -> Option<(&str, &str)> {
    match value {
        Value::Text(pieces) => match pieces.as_slice() {
            [Piece::Reference(address, attribute)] => Some((address, attribute)),
            _ => None,
        },
        _ => None,
    }
}

/// Keeps the place of a value outside of built-in and downloaded modules, where users cannot fix anything.
pub(super) fn stay(place: &mut Origin, written: &Origin) {
    let is_elsewhere = !written.file.is_empty() && !downloaded::is_out_of_hand(&written.file);
    if downloaded::is_out_of_hand(&place.file) && is_elsewhere {
        place.file.clone_from(&written.file);
        (place.line, place.column) = (written.line, written.column);
    }
}

/// Returns the value as seen at a reference, with one more step in its path.
pub(super) fn through(step: &str, mut place: Origin, node: Node) -> Node {
    let step = short(step);
    stay(&mut place, &node.origin);
    place.via.push(step.clone());
    let room = LONGEST_WAY.saturating_sub(place.via.len());
    place.via.extend(node.origin.via.into_iter().take(room));
    if place.default_of.is_none() {
        place.default_of = node.origin.default_of;
    }
    let value = match node.value {
        Value::Unresolved(reason) if reason.len() < LONGEST_REASON => {
            Value::Unresolved(format!("{step} ← {reason}"))
        }
        value => value,
    };
    Node::new(value, place)
}

/// Returns the reason why a value, or a part of a string, is unknown.
pub(super) fn reason(value: &Value) -> Option<&str> {
    match value {
        Value::Unresolved(reason) => Some(reason),
        Value::Text(pieces) => pieces.iter().find_map(|piece| match piece {
            Piece::Unresolved(reason) => Some(reason.as_str()),
            _ => None,
        }),
        _ => None,
    }
}

/// Returns the reason why a value is known only after deployment.
pub(super) fn not_yet(value: &Value) -> String {
    if let Some(reason) = reason(value) {
        return reason.to_owned();
    }
    match value {
        Value::Text(pieces) => pieces.iter().find_map(|piece| match piece {
            Piece::Reference(address, attribute) if attribute.is_empty() => {
                Some(format!("{address} is known only once it is deployed"))
            }
            Piece::Reference(address, attribute) => Some(format!(
                "{address}.{attribute} is known only once it is deployed"
            )),
            Piece::ProxyId(address) => Some(format!(
                "the id of {address} is known only once it is deployed"
            )),
            Piece::Text(_) | Piece::Pseudo(_) | Piece::Unresolved(_) => None,
        }),
        _ => None,
    }
    .unwrap_or_else(|| "depends on where it is deployed to".to_owned())
}

/// Returns the pieces that a value contributes to a surrounding string.
pub(super) fn pieces(value: &Value) -> Outcome<Vec<Piece>> {
    match value {
        Value::Null => error("null stands where text belongs"),
        // The result of `jsonencode` stays a list or map until its string is needed.
        Value::List(_) | Value::Map(_) => Ok(json_text::json_pieces(value)),
        _ => Ok(partial_string::pieces(value)),
    }
}

/// Returns a string that is completely known.
pub(super) fn plain(value: &Value) -> Outcome<String> {
    match value {
        Value::Unresolved(reason) => unknown(reason.clone()),
        Value::Null => error("null stands where text belongs"),
        Value::List(_) | Value::Map(_) => partial_string::text(pieces(value)?)
            .as_text()
            .map_or_else(|| unknown(not_yet(value)), Ok),
        _ => partial_string::plain(value).map_or_else(|| unknown(not_yet(value)), Ok),
    }
}

/// Converts a value to a number; a string with a number is accepted.
pub(super) fn number(value: &Value) -> Outcome<f64> {
    match value {
        Value::Number(number) => Ok(*number),
        Value::Bool(_) => error("a number is required"),
        _ => {
            let text = plain(value)?;
            match text.parse::<f64>() {
                Ok(number) if number.is_finite() => Ok(number),
                _ => error("a number is required"),
            }
        }
    }
}

/// Converts a value to a bool; the strings `true` and `false` are accepted.
pub(super) fn truth(value: &Value) -> Outcome<bool> {
    match value {
        Value::Bool(truth) => Ok(*truth),
        Value::Number(_) => error("a bool is required"),
        _ => match plain(value)?.as_str() {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => error("a bool is required"),
        },
    }
}

/// Converts a value to a whole number, for counts and indexes.
pub(super) fn index(value: &Value) -> Outcome<i64> {
    let number = number(value)?;
    if number.fract() == 0.0 && number.abs() < 9e15 {
        Ok(number as i64)
    } else {
        error("a whole number is required")
    }
}

/// Converts a length to a value.
pub(super) fn count(length: usize) -> Value {
    Value::Number(u32::try_from(length).map_or(f64::INFINITY, f64::from))
}

/// The maximum weight of a value; no handwritten value comes close.
const MAX_WEIGHT: usize = 200_000;

/// Returns the weight of a value: one for each item, and one for every few characters.
pub(super) fn weight(value: &Value) -> usize {
    const LETTERS: usize = 16;
    1 + match value {
        Value::Text(pieces) => pieces
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => text.len() / LETTERS,
                _ => 1,
            })
            .sum(),
        Value::List(items) => items.iter().map(|item| weight(&item.value)).sum::<usize>(),
        Value::Map(members) => members.iter().map(|(_, node)| weight(&node.value)).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Unresolved(_) => 0,
    }
}

/// Returns a value unless it exceeds the maximum weight.
pub(super) fn bounded(value: Value) -> Outcome<Value> {
    if weight(&value) > MAX_WEIGHT {
        unknown("the value is larger than is followed")
    } else {
        Ok(value)
    }
}

/// Returns the reason why a map may have more members; `None` if it is complete.
pub(super) fn rest(members: &[(String, Node)]) -> Option<String> {
    let (_, rest) = members.iter().find(|(name, _)| name == REST)?;
    Some(not_yet(&rest.value))
}

/// Returns a string that is the same for equal values only, so that thousands of values can be compared by lookup.
pub(super) fn print_of(value: &Value) -> String {
    let mut print = String::new();
    write_print(value, &mut print);
    print
}

fn write_print(value: &Value, print: &mut String) {
    match value {
        Value::Null => print.push('~'),
        Value::Bool(truth) => print.push_str(&truth.to_string()),
        // Adding zero turns a negative zero into zero; both are equal.
        Value::Number(number) => print.push_str(&(number + 0.0).to_string()),
        Value::Text(pieces) => print.push_str(&format!("{pieces:?}")),
        Value::Unresolved(reason) => print.push_str(&format!("?{reason:?}")),
        Value::List(items) => {
            print.push('[');
            for item in items {
                write_print(&item.value, print);
                print.push(',');
            }
            print.push(']');
        }
        Value::Map(members) => {
            print.push('{');
            for (key, node) in members {
                print.push_str(&format!("{key:?}="));
                write_print(&node.value, print);
                print.push(',');
            }
            print.push('}');
        }
    }
}

/// Returns true for a single value that is completely known.
pub(super) fn is_plain(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => true,
        Value::Text(_) => value.as_text().is_some(),
        Value::List(_) | Value::Map(_) | Value::Unresolved(_) => false,
    }
}

/// Compares two values; unknown if the result cannot be determined.
pub(super) fn equal(one: &Value, other: &Value) -> Outcome<bool> {
    match (one, other) {
        (Value::Unresolved(reason), _) | (_, Value::Unresolved(reason)) => unknown(reason.clone()),
        (Value::Text(_), Value::Text(_)) => equal_texts(one, other),
        (Value::Text(pieces), Value::Null) | (Value::Null, Value::Text(pieces)) => {
            match pieces.as_slice() {
                [Piece::Reference(_, attribute)]
                    if !matches!(attribute.as_str(), "" | "arn" | "id") =>
                {
                    unknown(not_yet(&Value::Text(pieces.clone())))
                }
                _ => Ok(false),
            }
        }
        (Value::Text(pieces), _) | (_, Value::Text(pieces))
            if matches!(pieces.as_slice(), [Piece::Reference(..)]) =>
        {
            unknown(not_yet(&Value::Text(pieces.clone())))
        }
        (Value::List(one), Value::List(other)) => equal_lists(one, other),
        (Value::Map(one), Value::Map(other)) => equal_maps(one, other),
        _ => Ok(one == other),
    }
}

/// Returns true if one value is the id of a security group and the other a known string that is not such an id, such as
/// `self`.
/// Ids of security groups begin with `sg-`.
///
/// Source: Amazon EC2 API Reference, "SecurityGroup", `groupId`.
fn is_group_and_word(one: &Value, other: &Value) -> bool {
    let is_group = |value| {
        as_reference(value).is_some_and(|(address, attribute)| {
            attribute == "id" && address.contains("aws_security_group.")
        })
    };
    let is_word = |value: &Value| value.as_text().is_some_and(|text| !text.starts_with("sg-"));
    (is_group(one) && is_word(other)) || (is_group(other) && is_word(one))
}

fn equal_texts(one: &Value, other: &Value) -> Outcome<bool> {
    if is_group_and_word(one, other) {
        return Ok(false);
    }
    if let (Some(one), Some(other)) = (one.as_text(), other.as_text()) {
        return Ok(one == other);
    }
    if one == other && reason(one).is_none() {
        return Ok(true);
    }
    let known = |value: &Value| value.as_text().is_some();
    unknown(not_yet(if known(one) { other } else { one }))
}

fn equal_lists(one: &[Node], other: &[Node]) -> Outcome<bool> {
    if one.len() != other.len() {
        return Ok(false);
    }
    let pairs = one.iter().zip(other);
    all_equal(pairs.map(|(one, other)| equal(&one.value, &other.value)))
}

fn equal_maps(one: &[(String, Node)], other: &[(String, Node)]) -> Outcome<bool> {
    let (one, other) = (sorted(one), sorted(other));
    if !one
        .iter()
        .map(|(key, _)| key)
        .eq(other.iter().map(|(key, _)| key))
    {
        return Ok(false);
    }
    let pairs = one.iter().zip(&other);
    all_equal(pairs.map(|((_, one), (_, other))| equal(&one.value, &other.value)))
}

/// Returns false if one pair differs, even if others are unknown.
fn all_equal(results: impl Iterator<Item = Outcome<bool>>) -> Outcome<bool> {
    let mut answer = Ok(true);
    for result in results {
        match result {
            Ok(true) => {}
            Ok(false) => return Ok(false),
            fault => answer = fault,
        }
    }
    answer
}
