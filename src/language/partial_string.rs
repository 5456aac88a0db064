//! Texts that are known in part: joining and splitting them.

use super::resource::{Node, Piece, Pseudo, Value};

/// Makes a text in its canonical form: adjacent texts are joined, and a text that is a single unresolved piece becomes
/// unresolved itself.
pub(crate) fn text(pieces: Vec<Piece>) -> Value {
    let mut joined: Vec<Piece> = Vec::new();
    for piece in pieces {
        match (joined.last_mut(), piece) {
            (Some(Piece::Text(before)), Piece::Text(more)) => before.push_str(&more),
            (_, Piece::Text(nothing)) if nothing.is_empty() => {}
            (_, piece) => joined.push(piece),
        }
    }
    match joined.as_slice() {
        [] => Value::text(""),
        [Piece::Unresolved(reason)] => Value::Unresolved(reason.clone()),
        _ => Value::Text(joined),
    }
}

/// Returns the pieces that a value contributes to a text around it.
pub(crate) fn pieces(value: &Value) -> Vec<Piece> {
    match value {
        Value::Null => Vec::new(),
        Value::Bool(truth) => vec![Piece::Text(truth.to_string())],
        Value::Number(number) => vec![Piece::Text(number.to_string())],
        Value::Text(pieces) => pieces.clone(),
        Value::Unresolved(reason) => vec![Piece::Unresolved(reason.clone())],
        Value::List(_) | Value::Map(_) => {
            vec![Piece::Unresolved(
                "a list or map stands where text belongs".to_owned(),
            )]
        }
    }
}

/// Returns the plain text of a value if it has one: `5432` and `'5432'` are the same to CloudFormation.
pub(crate) fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Bool(_) | Value::Number(_) | Value::Text(_) => text(pieces(value)).as_text(),
        Value::Null | Value::List(_) | Value::Map(_) | Value::Unresolved(_) => None,
    }
}

/// Splits a text at every `delimiter`. Fails if an unknown part may contain the delimiter.
pub(crate) fn split(delimiter: &str, whole: &[Piece]) -> Result<Vec<Vec<Piece>>, String> {
    let mut parts = vec![Vec::new()];
    for piece in whole {
        let Piece::Text(text) = piece else {
            stays_whole(piece, delimiter)?;
            push_to_last(&mut parts, piece.clone());
            continue;
        };
        for (index, cut) in text.split(delimiter).enumerate() {
            if index > 0 {
                parts.push(Vec::new());
            }
            push_to_last(&mut parts, Piece::Text(cut.to_owned()));
        }
    }
    Ok(parts)
}

fn push_to_last(parts: &mut [Vec<Piece>], piece: Piece) {
    if let Some(last) = parts.last_mut() {
        last.push(piece);
    }
}

/// Fails if a piece may contain the delimiter.
// A list is joined and passed on with commas, and no id, name or ARN of AWS contains one.
fn stays_whole(piece: &Piece, delimiter: &str) -> Result<(), String> {
    let may_hold = match piece {
        Piece::Text(_) => false,
        Piece::Pseudo(Pseudo::Account) => delimiter.chars().all(|one| one.is_ascii_digit()),
        Piece::Pseudo(Pseudo::Partition | Pseudo::Region) | Piece::ProxyId(_) => delimiter
            .chars()
            .all(|one| one.is_ascii_alphanumeric() || one == '-'),
        Piece::Pseudo(Pseudo::UrlSuffix) => delimiter
            .chars()
            .all(|one| one.is_ascii_alphanumeric() || one == '.'),
        Piece::Reference(..) => delimiter != ",",
        Piece::Unresolved(_) => true,
    };
    match (may_hold, piece) {
        (false, _) => Ok(()),
        (true, Piece::Unresolved(reason)) => Err(reason.clone()),
        (true, Piece::Reference(address, attribute)) => Err(format!(
            "{address}.{attribute} is known only once it is deployed"
        )),
        (true, _) => Err(format!(
            "cut at `{delimiter}` it is known only once it is deployed"
        )),
    }
}

/// Makes a list from a text with commas, which is the form in which parameters of list types are passed.
pub(crate) fn comma_list(node: Node) -> Node {
    let Value::Text(whole) = &node.value else {
        return node;
    };
    let origin = node.origin.clone();
    let value = match split(",", whole) {
        Ok(parts) => Value::List(
            parts
                .into_iter()
                .map(|part| text(trimmed(part)))
                .filter(|value| *value != Value::text(""))
                .map(|value| Node::new(value, origin.clone()))
                .collect(),
        ),
        Err(reason) => Value::Unresolved(reason),
    };
    Node::new(value, origin)
}

/// Trims a part: "Spaces are trimmed from each member" (CommaDelimitedList, parameters section structure).
fn trimmed(mut part: Vec<Piece>) -> Vec<Piece> {
    if let Some(Piece::Text(first)) = part.first_mut() {
        *first = first.trim_start().to_owned();
    }
    if let Some(Piece::Text(last)) = part.last_mut() {
        *last = last.trim_end().to_owned();
    }
    part
}
