//! Functions on maps.

use super::sets::Among;
use super::{MANY, Row, list, map};
use crate::language::resource::{Node, REST, Value};
use crate::language::terraform::evaluate::Members;
use crate::language::terraform::json_text::sorted;
use crate::language::terraform::values::{
    Outcome, as_reference, error, not_yet, plain, reason, unknown,
};

pub(super) const TABLE: &[Row] = &[
    ("keys", 1, 1, keys),
    ("lookup", 2, 3, lookup),
    ("matchkeys", 3, 3, match_keys),
    ("merge", 0, MANY, merge),
    ("tomap", 1, 1, |given| Ok(given[0].value.clone())),
    ("transpose", 1, 1, transpose),
    ("values", 1, 1, values),
    ("zipmap", 2, 2, zip),
];

fn keys(given: &[Node]) -> Outcome<Value> {
    let keys = sorted(map(&given[0])?);
    let keys = keys
        .into_iter()
        .map(|(key, node)| Node::new(Value::text(key.as_str()), node.origin.clone()));
    Ok(Value::List(keys.collect()))
}

fn values(given: &[Node]) -> Outcome<Value> {
    let members = sorted(map(&given[0])?);
    Ok(Value::List(
        members.into_iter().map(|(_, node)| node.clone()).collect(),
    ))
}

fn lookup(given: &[Node]) -> Outcome<Value> {
    let key = plain(&given[1].value);
    if let (Value::Map(members), Ok(key)) = (&given[0].value, &key)
        && let Some((_, node)) = members.iter().find(|(name, _)| name == key)
    {
        return Ok(node.value.clone());
    }
    map(&given[0])?;
    key?;
    match given.get(2) {
        Some(default) => Ok(default.value.clone()),
        None => error("lookup finds no such key"),
    }
}

fn match_keys(given: &[Node]) -> Outcome<Value> {
    let (values, keys, wanted) = (list(&given[0])?, list(&given[1])?, list(&given[2])?);
    let wanted = Among::new(wanted);
    let mut found = Vec::new();
    for (value, key) in values.iter().zip(keys) {
        if wanted.holds(key)? {
            found.push(value.clone());
        }
    }
    Ok(Value::List(found))
}

/// Merges maps. Members after an unknown map stay known; the unknown map may override those before it.
fn merge(given: &[Node]) -> Outcome<Value> {
    let mut all = Members::new();
    for node in given {
        match &node.value {
            Value::Null => {}
            Value::Map(members) => all.extend(members.iter().cloned()),
            value if as_reference(value).is_some() || reason(value).is_some() => {
                let open = Node::new(Value::Unresolved(not_yet(value)), node.origin.clone());
                for known in all.values_mut() {
                    *known = open.clone();
                }
                all.insert(REST.to_owned(), open);
            }
            _ => return error("merge takes maps"),
        }
    }
    let is_known = |node: &Node| !matches!(node.value, Value::Unresolved(_));
    match all.get(REST).map(|rest| not_yet(&rest.value)) {
        Some(reason) if !all.values().any(is_known) => unknown(reason),
        _ => Ok(Value::Map(all.into_iter().collect())),
    }
}

fn transpose(given: &[Node]) -> Outcome<Value> {
    let mut turned = Members::new();
    for (key, items) in sorted(map(&given[0])?) {
        for item in list(items)? {
            let entry = Node::new(Value::text(key.as_str()), item.origin.clone());
            let name = plain(&item.value)?;
            let empty = || Node::new(Value::List(Vec::new()), item.origin.clone());
            let known = turned.entry(name).or_insert_with(empty);
            if let Value::List(items) = &mut known.value {
                items.push(entry);
            }
        }
    }
    Ok(Value::Map(turned.into_iter().collect()))
}

fn zip(given: &[Node]) -> Outcome<Value> {
    let (keys, values) = (list(&given[0])?, list(&given[1])?);
    if keys.len() != values.len() {
        return error("zipmap takes as many keys as values");
    }
    let mut members = Members::new();
    for (key, node) in keys.iter().zip(values) {
        members.insert(plain(&key.value)?, node.clone());
    }
    Ok(Value::Map(members.into_iter().collect()))
}
