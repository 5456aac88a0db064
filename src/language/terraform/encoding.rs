//! Encodes values as strings and decodes them. The most important format is JSON, which policies are written in.
//!
//! `jsonencode` keeps its argument as a value, because a policy is more useful as a map than as a string. The string
//! is created on demand.

use super::json_text::json_pieces;
use super::values::{Outcome, error, plain, unknown};
use crate::language::resource::{Node, Value};
use crate::language::{partial_string, policy};

type Row = (&'static str, usize, usize, fn(&[Node]) -> Outcome<Value>);

pub(super) const TABLE: &[Row] = &[
    ("base64decode", 1, 1, base64_decoded),
    ("base64encode", 1, 1, base64_encoded),
    ("base64gzip", 1, 1, |_| {
        unknown("base64gzip is not worked out")
    }),
    ("base64sha256", 1, 1, |_| {
        unknown("base64sha256 is not worked out")
    }),
    ("base64sha512", 1, 1, |_| {
        unknown("base64sha512 is not worked out")
    }),
    ("ephemeralasnull", 1, 1, same),
    ("issensitive", 1, 1, |_| {
        unknown("issensitive is not worked out")
    }),
    ("jsondecode", 1, 1, decoded),
    ("jsonencode", 1, 1, encoded),
    ("md5", 1, 1, |_| unknown("md5 is not worked out")),
    ("nonsensitive", 1, 1, same),
    ("sensitive", 1, 1, same),
    ("sha1", 1, 1, |_| unknown("sha1 is not worked out")),
    ("sha256", 1, 1, sha256),
    ("sha512", 1, 1, |_| unknown("sha512 is not worked out")),
    ("urlencode", 1, 1, url_encoded),
    ("uuidv5", 2, 2, |_| unknown("uuidv5 is not worked out")),
    ("yamldecode", 1, 1, |given| yaml(&given[0])),
    ("yamlencode", 1, 1, encoded),
];

fn same(given: &[Node]) -> Outcome<Value> {
    Ok(given[0].value.clone())
}

fn encoded(given: &[Node]) -> Outcome<Value> {
    match &given[0].value {
        value @ (Value::List(_) | Value::Map(_) | Value::Unresolved(_)) => Ok(value.clone()),
        value => Ok(partial_string::text(json_pieces(value))),
    }
}

fn decoded(given: &[Node]) -> Outcome<Value> {
    match &given[0].value {
        value @ (Value::List(_) | Value::Map(_)) => Ok(value.clone()),
        Value::Text(pieces) if super::values::as_reference(&given[0].value).is_none() => {
            match policy::json(pieces, &given[0].origin) {
                Ok(node) => Ok(node.value),
                Err(reason) if plain(&given[0].value).is_ok() => error(reason),
                Err(reason) => unknown(reason),
            }
        }
        value => match super::values::as_reference(value) {
            // The JSON of a secret is known only after deployment, and so is each of its members.
            Some((address, attribute)) => Ok(super::values::reference(
                address,
                &format!("{attribute} (decoded)"),
            )),
            None => plain(value).and_then(|_| error("this is not JSON")),
        },
    }
}

fn yaml(node: &Node) -> Outcome<Value> {
    if let Value::List(_) | Value::Map(_) = &node.value {
        return Ok(node.value.clone());
    }
    let text = plain(&node.value)?;
    match crate::language::yaml::load(&text) {
        Ok(tree) => Ok(tree.map_or(Value::Null, |tree| of_tree(&tree, node))),
        Err(problem) => error(format!("this is not YAML: {}", problem.message)),
    }
}

fn of_tree(tree: &crate::language::yaml::Tree, whole: &Node) -> Value {
    use crate::language::yaml::Content;
    let node = |tree| Node::new(of_tree(tree, whole), whole.origin.clone());
    match &tree.content {
        Content::Scalar { text, plain: true } => scalar(text),
        Content::Scalar { text, .. } => Value::text(&**text),
        Content::List(items) => Value::List(items.iter().map(node).collect()),
        Content::Map(members) => Value::Map(
            members
                .iter()
                .map(|(key, value)| (key.text.clone(), node(value)))
                .collect(),
        ),
        Content::Broken(reason) => Value::Unresolved(reason.clone()),
    }
}

fn scalar(text: &str) -> Value {
    match (text, text.parse::<f64>()) {
        ("" | "~" | "null", _) => Value::Null,
        ("true", _) => Value::Bool(true),
        ("false", _) => Value::Bool(false),
        (_, Ok(number)) if number.is_finite() => Value::Number(number),
        _ => Value::text(text),
    }
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn base64_encoded(given: &[Node]) -> Outcome<Value> {
    let text = plain(&given[0].value)?;
    let mut encoded = String::with_capacity(text.len() / 3 * 4 + 4);
    for group in text.as_bytes().chunks(3) {
        let byte = |index: usize| u32::from(group.get(index).copied().unwrap_or_default());
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for position in 0..4 {
            let sextet = (bits >> (18 - 6 * position)) & 63;
            let letter = usize::try_from(sextet).ok().and_then(|at| ALPHABET.get(at));
            match letter {
                Some(letter) if position <= group.len() => encoded.push(char::from(*letter)),
                _ => encoded.push('='),
            }
        }
    }
    Ok(Value::text(encoded))
}

fn base64_decoded(given: &[Node]) -> Outcome<Value> {
    let text = plain(&given[0].value)?;
    let mut bytes = Vec::with_capacity(text.len());
    let (mut bits, mut have) = (0_u32, 0_u32);
    for letter in text.trim_end_matches('=').bytes() {
        let Some(sextet) = ALPHABET.iter().position(|one| *one == letter) else {
            return error("this is not base64");
        };
        bits = (bits << 6 | u32::try_from(sextet).unwrap_or_default()) & 0xFF_FFFF;
        have += 6;
        if have >= 8 {
            have -= 8;
            bytes.push(u8::try_from((bits >> have) & 0xFF).unwrap_or_default());
        }
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Value::text(text)),
        Err(_) => error("what is encoded is not a string"),
    }
}

fn sha256(given: &[Node]) -> Outcome<Value> {
    use sha2::{Digest, Sha256};
    let text = plain(&given[0].value)?;
    let digest = Sha256::digest(text.as_bytes());
    let digits: Vec<String> = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Value::text(digits.concat()))
}

fn url_encoded(given: &[Node]) -> Outcome<Value> {
    let text = plain(&given[0].value)?;
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                encoded.push(char::from(byte));
            }
            b' ' => encoded.push('+'),
            other => encoded.push_str(&format!("%{other:02X}")),
        }
    }
    Ok(Value::text(encoded))
}
