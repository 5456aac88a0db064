//! Writes values as JSON, like `jsonencode`.

use crate::language::partial_string;
use crate::language::resource::{Node, Piece, Value};
/// Writes a value as JSON, like `jsonencode`: members sorted, no spaces.
pub(super) fn json_pieces(value: &Value) -> Vec<Piece> {
    let mut written = Vec::new();
    write_json(value, &mut written);
    written
}

fn write_json(value: &Value, written: &mut Vec<Piece>) {
    let text = |text: &str| Piece::Text(text.to_owned());
    match value {
        Value::Null => written.push(text("null")),
        Value::Bool(_) | Value::Number(_) => written.extend(partial_string::pieces(value)),
        Value::Unresolved(reason) => written.push(Piece::Unresolved(reason.clone())),
        Value::Text(pieces) => {
            written.push(text("\""));
            written.extend(pieces.iter().map(|piece| match piece {
                Piece::Text(plain) => Piece::Text(escaped(plain)),
                other => other.clone(),
            }));
            written.push(text("\""));
        }
        Value::List(items) => {
            written.push(text("["));
            for (index, item) in items.iter().enumerate() {
                written.extend((index > 0).then(|| text(",")));
                write_json(&item.value, written);
            }
            written.push(text("]"));
        }
        Value::Map(members) => {
            written.push(text("{"));
            for (index, (key, node)) in sorted(members).into_iter().enumerate() {
                written.extend((index > 0).then(|| text(",")));
                written.push(Piece::Text(format!("\"{}\":", escaped(key))));
                write_json(&node.value, written);
            }
            written.push(text("}"));
        }
    }
}

/// Escapes a string for JSON. Like `jsonencode`, it also escapes `<`, `>` and `&`.
fn escaped(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    let inner = quoted
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(&quoted);
    inner
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
}

/// Returns the members of a map in the order in which Terraform iterates over them.
pub(super) fn sorted(members: &[(String, Node)]) -> Vec<&(String, Node)> {
    let mut sorted: Vec<_> = members.iter().collect();
    sorted.sort_by(|(one, _), (other, _)| one.cmp(other));
    sorted
}
