//! Functions over lists.

use super::{MANY, Row, list, map, open_list};
use crate::source::resource::{Node, Value};
use crate::source::terraform::constraint::{each_once, in_order};
use crate::source::terraform::values::{
    Fault, Outcome, as_reference, count, equal, error, index, not_yet, plain, reason, truth,
    unknown,
};

pub(super) const TABLE: &[Row] = &[
    ("alltrue", 1, 1, |given| all(&given[0], false)),
    ("anytrue", 1, 1, |given| all(&given[0], true)),
    ("chunklist", 2, 2, chunk),
    ("coalesce", 1, MANY, coalesce),
    ("coalescelist", 1, MANY, coalesce_list),
    ("compact", 1, 1, compact),
    ("concat", 0, MANY, concat),
    ("contains", 2, 2, contains),
    ("distinct", 1, 1, |given| {
        Ok(Value::List(each_once(open_list(&given[0])?)))
    }),
    ("element", 2, 2, element),
    ("flatten", 1, 1, |given| Ok(Value::List(flat(&given[0])?))),
    ("index", 2, 2, position),
    ("length", 1, 1, length),
    ("one", 1, 1, one),
    ("reverse", 1, 1, |given| {
        Ok(Value::List(
            list(&given[0])?.iter().rev().cloned().collect(),
        ))
    }),
    ("slice", 3, 3, slice),
    ("sort", 1, 1, |given| {
        Ok(Value::List(in_order(open_list(&given[0])?)))
    }),
    ("tolist", 1, 1, |given| Ok(given[0].value.clone())),
];

/// `alltrue` and `anytrue`: one item that is `decisive` settles it.
fn all(node: &Node, decisive: bool) -> Outcome<Value> {
    let mut answer = Ok(Value::Bool(!decisive));
    for item in list(node)? {
        match truth(&item.value) {
            Ok(truth) if truth == decisive => return Ok(Value::Bool(decisive)),
            Ok(_) => {}
            Err(Fault::Unknown(reason)) => answer = unknown(reason),
            Err(_) if item.value == Value::Null => return Ok(Value::Bool(false)),
            Err(fault) => return Err(fault),
        }
    }
    answer
}

fn chunk(given: &[Node]) -> Outcome<Value> {
    let size = usize::try_from(index(&given[1].value)?).unwrap_or_default();
    let items = list(&given[0])?;
    let chunks = items.chunks(if size == 0 { items.len().max(1) } else { size });
    let node = |chunk: &[Node]| Node::new(Value::List(chunk.to_vec()), given[0].origin.clone());
    Ok(Value::List(chunks.map(node).collect()))
}

/// The first that is neither null nor empty. What is not known may be either.
fn coalesce(given: &[Node]) -> Outcome<Value> {
    for node in given {
        match &node.value {
            Value::Null => {}
            value if reason(value).is_some() => return unknown(not_yet(value)),
            value if value.as_text().as_deref() == Some("") => {}
            value => return Ok(value.clone()),
        }
    }
    error("coalesce finds nothing that is neither null nor empty")
}

fn coalesce_list(given: &[Node]) -> Outcome<Value> {
    for node in given {
        match &node.value {
            Value::Null => {}
            Value::List(items) if items.is_empty() => {}
            Value::Unresolved(reason) => return unknown(reason.clone()),
            value => return Ok(value.clone()),
        }
    }
    error("coalescelist finds nothing but empty lists")
}

fn compact(given: &[Node]) -> Outcome<Value> {
    let items = open_list(&given[0])?
        .into_iter()
        .filter(|item| item.value != Value::Null && item.value.as_text().as_deref() != Some(""));
    Ok(Value::List(items.collect()))
}

fn concat(given: &[Node]) -> Outcome<Value> {
    let mut all = Vec::new();
    for node in given {
        all.extend(open_list(node)?);
    }
    Ok(Value::List(all))
}

fn contains(given: &[Node]) -> Outcome<Value> {
    let mut answer = Ok(Value::Bool(false));
    for item in list(&given[0])? {
        match equal(&item.value, &given[1].value) {
            Ok(true) => return Ok(Value::Bool(true)),
            Ok(false) => {}
            Err(fault) => answer = Err(fault),
        }
    }
    answer
}

/// "If the given index is greater than the length of the list then the index is wrapped around."
fn element(given: &[Node]) -> Outcome<Value> {
    let items = match as_reference(&given[0].value) {
        Some((address, attribute)) => {
            let position = index(&given[1].value)?;
            let path = format!("{attribute}[{position}]");
            return Ok(crate::source::terraform::values::reference(address, &path));
        }
        None => list(&given[0])?,
    };
    let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
    let position = index(&given[1].value)?
        .checked_rem_euclid(length)
        .and_then(|position| usize::try_from(position).ok());
    match position.and_then(|position| items.get(position)) {
        Some(item) => Ok(item.value.clone()),
        None => error("element takes a list that is not empty"),
    }
}

/// Lists within lists, at any depth.
fn flat(node: &Node) -> Outcome<Vec<Node>> {
    let mut all = Vec::new();
    for item in open_list(node)? {
        match item.value {
            Value::List(_) => all.extend(flat(&item)?),
            _ => all.push(item),
        }
    }
    Ok(all)
}

fn position(given: &[Node]) -> Outcome<Value> {
    for (position, item) in list(&given[0])?.iter().enumerate() {
        if equal(&item.value, &given[1].value)? {
            return Ok(count(position));
        }
    }
    error("the item is not in the list")
}

fn length(given: &[Node]) -> Outcome<Value> {
    match &given[0].value {
        Value::List(items) => match items.iter().any(is_open) {
            true => unknown("a part of the list is known only once it is deployed"),
            false => Ok(count(items.len())),
        },
        Value::Map(_) => Ok(count(map(&given[0])?.len())),
        Value::Text(_) => {
            use unicode_segmentation::UnicodeSegmentation;
            Ok(count(plain(&given[0].value)?.graphemes(true).count()))
        }
        Value::Unresolved(reason) => unknown(reason.clone()),
        _ => error("length takes a list, a map or a text"),
    }
}

/// An item that may stand for a list of unknown length.
fn is_open(item: &Node) -> bool {
    match as_reference(&item.value) {
        Some((_, attribute)) => attribute.ends_with("ids") || attribute.ends_with("arns"),
        None => matches!(item.value, Value::Unresolved(_)),
    }
}

fn one(given: &[Node]) -> Outcome<Value> {
    // The one item of a list that AWS fills is known by the list: `one(aws_rds_cluster.x.master_user_secret)`.
    if as_reference(&given[0].value).is_some_and(|(_, attribute)| !attribute.is_empty()) {
        return Ok(given[0].value.clone());
    }
    match list(&given[0])? {
        [] => Ok(Value::Null),
        [only] => Ok(only.value.clone()),
        _ => error("one takes a list of at most one item"),
    }
}

fn slice(given: &[Node]) -> Outcome<Value> {
    let items = list(&given[0])?;
    let bound = |node: &Node| Ok(usize::try_from(index(&node.value)?).unwrap_or(usize::MAX));
    let (from, to) = (bound(&given[1])?, bound(&given[2])?);
    match items.get(from..to) {
        Some(items) => Ok(Value::List(items.to_vec())),
        None => error("slice reaches beyond the list"),
    }
}
