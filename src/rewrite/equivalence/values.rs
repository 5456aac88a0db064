//! Compares the meaning of two values, regardless of notation: a boolean or its text, JSON as a text or as an object,
//! the lists of a policy in any order.

use serde_json::{Map, Value as Json, json};

use crate::language::resource::{Node, Piece, Value};

/// True if the values are equal or have the same meaning to the argument that takes them.
pub(super) fn same(one: &Node, other: &Node) -> bool {
    one == other || same_json(one, other) || same_inside(one, other)
}

/// Compares like [`same`], but ignores the order of lists.
pub(super) fn same_but_order(one: &Node, other: &Node) -> bool {
    match (&one.value, &other.value) {
        (Value::List(one), Value::List(other)) => {
            let mut left: Vec<&Node> = other.iter().collect();
            one.len() == other.len()
                && one.iter().all(|node| {
                    let at = left.iter().position(|other| same_but_order(node, other));
                    at.map(|at| left.swap_remove(at)).is_some()
                })
        }
        (Value::Map(one), Value::Map(other)) => members(one, other, same_but_order),
        _ => same(one, other),
    }
}

/// Compares two lists of blocks like [`same_but_order`]. An argument that one block omits equals an empty one in the
/// other, since a list of objects has to name every argument. Source: Terraform documentation, "Attributes as Blocks".
pub(super) fn same_in_blocks(one: &Node, other: &Node) -> bool {
    let (Value::List(one), Value::List(other)) = (&one.value, &other.value) else {
        return false;
    };
    let is_block = |node: &Node| matches!(node.value, Value::Map(_));
    let mut left: Vec<&Node> = other.iter().collect();
    one.len() == other.len()
        && one.iter().chain(other).all(is_block)
        && one.iter().all(|node| {
            let at = left.iter().position(|other| same_block(node, other));
            at.map(|at| left.swap_remove(at)).is_some()
        })
}

fn same_block(one: &Node, other: &Node) -> bool {
    let (Value::Map(one), Value::Map(other)) = (&one.value, &other.value) else {
        return false;
    };
    let mut names: Vec<&String> = one.iter().chain(other).map(|(name, _)| name).collect();
    names.sort();
    names.dedup();
    names.into_iter().all(|name| {
        let [one, other] = [one, other].map(|members| member(members, name));
        match (one, other) {
            (Some(one), Some(other)) => same_but_order(one, other),
            (Some(one), None) | (None, Some(one)) => is_empty(one),
            (None, None) => true,
        }
    })
}

fn member<'n>(members: &'n Members, name: &str) -> Option<&'n Node> {
    let found = members.iter().find(|(other, _)| other == name);
    found.map(|(_, node)| node)
}

fn is_empty(node: &Node) -> bool {
    match &node.value {
        Value::Null | Value::Bool(false) => true,
        Value::List(items) => items.is_empty(),
        Value::Text(_) => node.value.as_text().is_some_and(|text| text.is_empty()),
        Value::Bool(true) | Value::Number(_) | Value::Map(_) | Value::Unresolved(_) => false,
    }
}

fn same_inside(one: &Node, other: &Node) -> bool {
    match (&one.value, &other.value) {
        (Value::List(one), Value::List(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Map(one), Value::Map(other)) => members(one, other, same),
        (one, other) => match (scalar(one), scalar(other)) {
            (Some(one), Some(other)) => one == other,
            _ => false,
        },
    }
}

type Members = [(String, Node)];

fn members(one: &Members, other: &Members, same: fn(&Node, &Node) -> bool) -> bool {
    one.len() == other.len()
        && one.iter().all(|(key, node)| {
            let other = other.iter().find(|(name, _)| name == key);
            other.is_some_and(|(_, other)| same(node, other))
        })
}

/// A scalar as text. An argument has a type, so `true` and `"true"` are the same value to it.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::Bool(value) => Some(value.to_string()),
        Value::Number(value) => Some(value.to_string()),
        Value::Text(_) => value.as_text(),
        Value::Null | Value::List(_) | Value::Map(_) | Value::Unresolved(_) => None,
    }
}

/// True if two JSON objects are the same, whether each is a text or an object.
fn same_json(one: &Node, other: &Node) -> bool {
    match (object(one), object(other)) {
        (Some(one), Some(other)) => canonical(one) == canonical(other),
        _ => false,
    }
}

fn object(node: &Node) -> Option<Map<String, Json>> {
    let value = match &node.value {
        Value::Text(pieces) => serde_json::from_str(&text(pieces)).ok()?,
        Value::Map(_) => written(node),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::List(_) | Value::Unresolved(_) => {
            return None;
        }
    };
    match value {
        Json::Object(members) => Some(members),
        _ => None,
    }
}

/// The value as JSON. A reference becomes a text that identifies its target.
fn written(node: &Node) -> Json {
    match &node.value {
        Value::Null => Json::Null,
        Value::Bool(value) => json!(value),
        // Numbers are compared in JSON's notation: 1.0 is 1.
        Value::Number(value) => {
            serde_json::from_str(&value.to_string()).unwrap_or_else(|_| json!(value))
        }
        Value::Text(pieces) => Json::String(text(pieces)),
        Value::List(items) => items.iter().map(written).collect(),
        Value::Map(members) => {
            let members = members.iter();
            let members = members.map(|(key, node)| (key.clone(), written(node)));
            Json::Object(members.collect())
        }
        Value::Unresolved(reason) => Json::String(text(&[Piece::Unresolved(reason.clone())])),
    }
}

fn text(pieces: &[Piece]) -> String {
    let pieces = pieces.iter().map(|piece| match piece {
        Piece::Text(text) => text.clone(),
        // Quotes would end the JSON string that may surround the reference.
        other => format!("{other:?}").replace(['"', '\\'], "'"),
    });
    pieces.collect()
}

/// A policy in canonical form: statements and the lists inside them are sorted, and a single item becomes a list.
/// Source: IAM User Guide, "IAM JSON policy elements reference".
fn canonical(mut members: Map<String, Json>) -> Map<String, Json> {
    if let Some(statements) = members.remove("Statement") {
        let statements = listed(statements).into_iter().map(unordered).collect();
        members.insert("Statement".to_owned(), sorted(statements));
    }
    members
}

/// The canonical form of a statement: every list sorted, and every single value a list.
fn unordered(value: Json) -> Json {
    match value {
        Json::Object(members) => {
            let members = members.into_iter();
            Json::Object(
                members
                    .map(|(key, value)| (key, unordered(value)))
                    .collect(),
            )
        }
        Json::Array(items) => sorted(items.into_iter().map(word).collect()),
        one => json!([word(one)]),
    }
}

/// A boolean or a number in a condition equals its text.
fn word(value: Json) -> Json {
    match value {
        Json::Bool(_) | Json::Number(_) => Json::String(value.to_string()),
        other => other,
    }
}

fn listed(value: Json) -> Vec<Json> {
    match value {
        Json::Array(items) => items,
        one => vec![one],
    }
}

fn sorted(mut items: Vec<Json>) -> Json {
    // Equal objects may list their members in different orders, so the sort key has them sorted.
    items.sort_by_cached_key(key);
    Json::Array(items)
}

fn key(value: &Json) -> String {
    match value {
        Json::Object(members) => {
            let mut members: Vec<String> = members
                .iter()
                .map(|(name, value)| format!("{name:?}:{}", key(value)))
                .collect();
            members.sort();
            members.join(",")
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::evidence::Origin;

    fn node(value: &Json) -> Node {
        let value = match value {
            Json::Null => Value::Null,
            Json::Bool(value) => Value::Bool(*value),
            Json::Number(value) => Value::Number(value.as_f64().unwrap()),
            Json::String(text) => Value::text(text.as_str()),
            Json::Array(items) => Value::List(items.iter().map(node).collect()),
            Json::Object(members) => {
                let members = members.iter();
                Value::Map(
                    members
                        .map(|(key, value)| (key.clone(), node(value)))
                        .collect(),
                )
            }
        };
        Node::new(value, Origin::document("t"))
    }

    fn is_same(one: &Json, other: &Json) -> bool {
        same(&node(one), &node(other))
    }

    #[test]
    fn ways_of_writing_mean_the_same() {
        let statement = json!({"Effect": "Allow", "Action": "a", "Resource": ["r", "s"]});
        for (one, other) in [
            (json!("true"), json!(true)),
            (json!({"a": [1, "x"]}), json!({"a": ["1", "x"]})),
            (
                json!("{\"a\": 1, \"b\": [2]}"),
                json!("{\"b\":[2],\"a\":1}"),
            ),
            (json!("{\"a\": 1}"), json!({"a": 1})),
            (
                json!({"Statement": statement}),
                json!({"Statement": [{"Resource": ["s", "r"], "Action": ["a"], "Effect": "Allow"}]}),
            ),
            (
                json!({"Statement": [{"Sid": "a"}, {"Sid": "b"}]}),
                json!("{\"Statement\": [{\"Sid\": \"b\"}, {\"Sid\": \"a\"}]}"),
            ),
            (
                json!({"Statement": [{"Condition": {"Bool": {"t": false}}}]}),
                json!({"Statement": [{"Condition": {"Bool": {"t": ["false"]}}}]}),
            ),
        ] {
            assert!(is_same(&one, &other), "{one} {other}");
            assert!(is_same(&other, &one), "{other} {one}");
        }
    }

    #[test]
    fn what_says_something_else_is_not_the_same() {
        for (one, other) in [
            (json!("1"), json!(2)),
            (json!([1, 2]), json!([2, 1])),
            (json!("{\"a\": 1}"), json!("{\"a\": \"1\"}")),
            (json!("{\"a\": 1}"), json!({"a": "1"})),
            (json!("{\"a\": [1, 2]}"), json!("{\"a\": [2, 1]}")),
            (
                json!({"Statement": [{"Action": ["a", "b"]}]}),
                json!({"Statement": [{"Action": ["a"]}]}),
            ),
            (
                json!({"Statement": [{"Action": "a"}]}),
                json!({"Statement": [{"NotAction": "a"}]}),
            ),
        ] {
            assert!(!is_same(&one, &other), "{one} {other}");
        }
        let (one, other) = (node(&json!([1, 2])), node(&json!([2, 1])));
        assert!(same_but_order(&one, &other));
        let other = node(&json!([2, 2]));
        assert!(!same_but_order(&one, &other));
    }
}
