//! Functions over maps.

use super::{MANY, Row, list, map};
use crate::source::resource::{Node, Value};
use crate::source::terraform::evaluate::insert;
use crate::source::terraform::values::{
    Outcome, as_reference, error, not_yet, plain, reason, sorted, unknown,
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
    let members = map(&given[0])?;
    let key = plain(&given[1].value)?;
    match (members.iter().find(|(name, _)| *name == key), given.get(2)) {
        (Some((_, node)), _) => Ok(node.value.clone()),
        (None, Some(default)) => Ok(default.value.clone()),
        (None, None) => error("lookup finds no such key"),
    }
}

fn match_keys(given: &[Node]) -> Outcome<Value> {
    let (values, keys, wanted) = (list(&given[0])?, list(&given[1])?, list(&given[2])?);
    let mut found = Vec::new();
    for (value, key) in values.iter().zip(keys) {
        for one in wanted {
            if crate::source::terraform::values::equal(&one.value, &key.value)? {
                found.push(value.clone());
                break;
            }
        }
    }
    Ok(Value::List(found))
}

fn merge(given: &[Node]) -> Outcome<Value> {
    let mut all = Vec::new();
    for node in given {
        match &node.value {
            Value::Null => {}
            Value::Map(members) => {
                for (key, node) in members {
                    insert(&mut all, key.clone(), node.clone());
                }
            }
            value if as_reference(value).is_some() || reason(value).is_some() => {
                return unknown(not_yet(value));
            }
            _ => return error("merge takes maps"),
        }
    }
    Ok(Value::Map(all))
}

fn transpose(given: &[Node]) -> Outcome<Value> {
    let mut turned: Vec<(String, Node)> = Vec::new();
    for (key, items) in sorted(map(&given[0])?) {
        for item in list(items)? {
            let entry = Node::new(Value::text(key.as_str()), item.origin.clone());
            let name = plain(&item.value)?;
            match turned.iter_mut().find(|(known, _)| *known == name) {
                Some((_, known)) => {
                    if let Value::List(items) = &mut known.value {
                        items.push(entry);
                    }
                }
                None => {
                    let origin = item.origin.clone();
                    turned.push((name, Node::new(Value::List(vec![entry]), origin)));
                }
            }
        }
    }
    Ok(Value::Map(turned))
}

fn zip(given: &[Node]) -> Outcome<Value> {
    let (keys, values) = (list(&given[0])?, list(&given[1])?);
    if keys.len() != values.len() {
        return error("zipmap takes as many keys as values");
    }
    let mut members = Vec::new();
    for (key, node) in keys.iter().zip(values) {
        insert(&mut members, plain(&key.value)?, node.clone());
    }
    Ok(Value::Map(members))
}
