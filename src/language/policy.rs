//! Reads policy documents into [`Policy`], from a map or from JSON in a text. The caller interprets their strings.
//!
//! Nothing is dropped: anything that cannot be evaluated becomes an unknown part, so that a rule that asks "could this
//! allow more" gets a correct answer.

use super::resource::{Node, Piece, Value};
use crate::domain::evidence::{Evidence, Origin};
use crate::domain::iam::{Condition, Effect, ElementScope, Policy, Principal, Statement};
use crate::domain::symbolic::{SymbolicPart, SymbolicString};

/// Interprets a string of the document.
pub(crate) type Words<'w> = &'w dyn Fn(&Node) -> SymbolicString;

/// Reads a policy from a map, from JSON, or from a list of statements.
pub(crate) fn read(node: &Node, words: Words<'_>) -> Evidence<Policy> {
    let origin = node.origin.clone();
    let parsed;
    let document = match &node.value {
        Value::Text(pieces) => match json(pieces, &origin) {
            Ok(document) => {
                parsed = document;
                &parsed
            }
            Err(reason) => return Evidence::Unresolved(reason, origin),
        },
        Value::Unresolved(reason) => return Evidence::Unresolved(reason.clone(), origin),
        _ => node,
    };
    let Some(statements) = document.get("Statement") else {
        return Evidence::Unresolved("this is not a policy document".to_owned(), origin);
    };
    let policy = Policy {
        origin: origin.clone(),
        statements: one_or_many(statements)
            .map(|node| statement(node, words))
            .collect(),
    };
    Evidence::Stated(policy, origin)
}

/// Returns a policy whose content is unknown.
pub(crate) fn unknown(reason: String, origin: &Origin) -> Policy {
    Policy {
        origin: origin.clone(),
        statements: vec![unknown_statement(reason, origin)],
    }
}

fn unknown_statement(reason: String, origin: &Origin) -> Statement {
    let any = SymbolicString(vec![SymbolicPart::Unknown(reason)]);
    Statement {
        origin: origin.clone(),
        actions: ElementScope::Only(vec![any.clone()]),
        resources: ElementScope::Only(vec![any]),
        ..Statement::default()
    }
}

fn statement(node: &Node, words: Words<'_>) -> Statement {
    if let Value::Unresolved(reason) = &node.value {
        return unknown_statement(reason.clone(), &node.origin);
    }
    let text = |key: &str| node.get(key).and_then(|node| node.value.as_text());
    Statement {
        origin: node.origin.clone(),
        sid: text("Sid").unwrap_or_default(),
        effect: match text("Effect").as_deref() {
            Some("Deny") => Effect::Deny,
            // Any other value might be `Allow`.
            _ => Effect::Allow,
        },
        principals: scope(node, ["Principal", "NotPrincipal"], |node| {
            principals(node, words)
        }),
        actions: scope(node, ["Action", "NotAction"], |node| terms(node, words)),
        resources: scope(node, ["Resource", "NotResource"], |node| terms(node, words)),
        conditions: node
            .get("Condition")
            .map(|node| conditions(node, words))
            .unwrap_or_default(),
    }
}

fn scope<T>(
    node: &Node,
    [only, all_but]: [&str; 2],
    read: impl Fn(&Node) -> Vec<T>,
) -> ElementScope<T> {
    match (node.get(only), node.get(all_but)) {
        (None, Some(excluded)) => ElementScope::AllBut(read(excluded)),
        (named, _) => ElementScope::Only(named.map(read).unwrap_or_default()),
    }
}

fn terms(node: &Node, words: Words<'_>) -> Vec<SymbolicString> {
    one_or_many(node).map(words).collect()
}

fn principals(node: &Node, words: Words<'_>) -> Vec<Principal> {
    let Value::Map(kinds) = &node.value else {
        return terms(node, words)
            .into_iter()
            .map(|term| principal("AWS", term))
            .collect();
    };
    kinds
        .iter()
        .flat_map(|(kind, names)| {
            terms(names, words)
                .into_iter()
                .map(|term| principal(kind, term))
        })
        .collect()
}

fn principal(kind: &str, term: SymbolicString) -> Principal {
    match kind {
        "AWS" if term.as_text().as_deref() == Some("*") => Principal::Anyone,
        // Terraform's notation for `"Principal": "*"`.
        "*" => Principal::Anyone,
        "AWS" => Principal::Aws(term),
        "Service" => Principal::Service(term),
        other => Principal::Other(other.to_owned(), term),
    }
}

fn conditions(node: &Node, words: Words<'_>) -> Vec<Condition> {
    let unknown = |reason: &str| {
        vec![Condition {
            operator: "unknown".to_owned(),
            key: "unknown".to_owned(),
            values: vec![SymbolicString(vec![SymbolicPart::Unknown(
                reason.to_owned(),
            )])],
        }]
    };
    let operators = match &node.value {
        Value::Map(operators) => operators,
        Value::Unresolved(reason) => return unknown(reason),
        _ => return unknown("this is not a condition"),
    };
    let mut conditions: Vec<_> = operators
        .iter()
        .flat_map(|(operator, keys)| condition_keys(operator, keys, words))
        .collect();
    conditions.sort();
    conditions
}

fn condition_keys(operator: &str, keys: &Node, words: Words<'_>) -> Vec<Condition> {
    let condition = |key: &str, values: &Node| {
        let mut values = terms(values, words);
        values.sort();
        Condition {
            operator: operator.to_owned(),
            key: key.to_owned(),
            values,
        }
    };
    match &keys.value {
        Value::Map(keys) => keys
            .iter()
            .map(|(key, values)| condition(key, values))
            .collect(),
        _ => vec![condition("unknown", keys)],
    }
}

fn one_or_many(node: &Node) -> impl Iterator<Item = &Node> {
    match &node.value {
        Value::List(items) => items.iter(),
        Value::Null => [].iter(),
        _ => std::slice::from_ref(node).iter(),
    }
}

/// The characters before and after the number of a piece that is not text, while the text around it is parsed as JSON.
const MARKS: [char; 2] = ['\u{E000}', '\u{E001}'];

/// Parses JSON in a text, and keeps the pieces that are not text. Every node has the place of the text.
pub(crate) fn json(pieces: &[Piece], origin: &Origin) -> Result<Node, String> {
    let text: String = pieces
        .iter()
        .enumerate()
        .map(|(index, piece)| match piece {
            Piece::Text(text) => text.clone(),
            _ => format!("{}{index}{}", MARKS[0], MARKS[1]),
        })
        .collect();
    let only_unknown = pieces.iter().find_map(|piece| match piece {
        Piece::Unresolved(reason) => Some(reason.clone()),
        _ => None,
    });
    serde_json::from_str(&text)
        .map(|value| node_of(&value, &|text| restore(text, pieces), origin))
        .map_err(|error| only_unknown.unwrap_or_else(|| format!("this is not JSON: {error}")))
}

/// Converts a JSON value to a node, with its strings split by `pieces`.
pub(crate) fn node_of(
    value: &serde_json::Value,
    pieces: &dyn Fn(&str) -> Vec<Piece>,
    origin: &Origin,
) -> Node {
    use serde_json::Value as Json;
    let value = match value {
        Json::Null => Value::Null,
        Json::Bool(flag) => Value::Bool(*flag),
        Json::Number(number) => Value::Number(number.as_f64().unwrap_or_default()),
        Json::String(text) => Value::Text(pieces(text)),
        Json::Array(items) => Value::List(
            items
                .iter()
                .map(|item| node_of(item, pieces, origin))
                .collect(),
        ),
        Json::Object(members) => Value::Map(
            members
                .iter()
                .map(|(key, value)| (key.clone(), node_of(value, pieces, origin)))
                .collect(),
        ),
    };
    Node::new(value, origin.clone())
}

/// Restores the pieces between the marks.
fn restore(text: &str, pieces: &[Piece]) -> Vec<Piece> {
    let mut restored = Vec::new();
    let mut parts = text.split(MARKS[0]);
    restored.extend(
        parts
            .next()
            .filter(|text| !text.is_empty())
            .map(|text| Piece::Text(text.to_owned())),
    );
    for part in parts {
        let (mark, rest) = part.split_once(MARKS[1]).unwrap_or(("", part));
        restored.extend(
            mark.parse()
                .ok()
                .and_then(|index: usize| pieces.get(index))
                .cloned(),
        );
        restored.extend((!rest.is_empty()).then(|| Piece::Text(rest.to_owned())));
    }
    restored
}
