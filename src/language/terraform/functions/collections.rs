//! Functions on lists.

use std::ops::Range;

use super::{MANY, Row, is_open, list, listed, map, open_list};
use crate::language::resource::{Node, Value};
use crate::language::terraform::constraint::{each_once, in_order};
use crate::language::terraform::values::{
    EvaluationFault, Outcome, as_reference, count, equal, error, index, not_yet, plain, reason,
    reference, truth, unknown,
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
    ("distinct", 1, 1, |given| whole(&given[0], each_once)),
    ("element", 2, 2, element),
    ("flatten", 1, 1, |given| Ok(listed(flat(&given[0])?))),
    ("index", 2, 2, position),
    ("length", 1, 1, length),
    ("one", 1, 1, one),
    ("reverse", 1, 1, |given| {
        Ok(Value::List(
            list(&given[0])?.iter().rev().cloned().collect(),
        ))
    }),
    ("slice", 3, 3, slice),
    ("sort", 1, 1, |given| whole(&given[0], in_order)),
    ("tolist", 1, 1, |given| Ok(given[0].value.clone())),
];

/// `alltrue` and `anytrue`: one item that equals `decisive` determines the result.
fn all(node: &Node, decisive: bool) -> Outcome<Value> {
    let mut answer = Ok(Value::Bool(!decisive));
    for item in list(node)? {
        match truth(&item.value) {
            Ok(truth) if truth == decisive => return Ok(Value::Bool(decisive)),
            Ok(_) => {}
            Err(EvaluationFault::Unknown(reason)) => answer = unknown(reason),
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

/// Returns the first argument that is neither null nor empty. An unknown argument may be either, so it ends the search.
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
    Ok(listed(items.collect()))
}

fn concat(given: &[Node]) -> Outcome<Value> {
    let mut all = Vec::new();
    for node in given {
        all.extend(open_list(node)?);
    }
    Ok(listed(all))
}

/// Applies a function to a whole list.
fn whole(node: &Node, make: fn(Vec<Node>) -> Vec<Node>) -> Outcome<Value> {
    Ok(listed(make(open_list(node)?)))
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

/// Evaluates `element`.
/// Source: "If the given index is greater than the length of the list then the index is wrapped around."
fn element(given: &[Node]) -> Outcome<Value> {
    let items = match as_reference(&given[0].value) {
        Some((address, attribute)) => {
            let position = index(&given[1].value)?;
            // Assumes that every list has a first item, and that a list accessed at index 1 has a second one. Any other
            // index may wrap around to an earlier item.
            let path = match position {
                0 | 1 => format!("{attribute}[{position}]"),
                _ => format!("{attribute}[{position} or one before it]"),
            };
            return Ok(reference(address, &path));
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

/// Flattens nested lists at any depth.
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
        Value::List(items) => {
            if items.iter().any(is_open) {
                unknown("a part of the list is known only once it is deployed")
            } else {
                Ok(count(items.len()))
            }
        }
        Value::Map(_) => Ok(count(map(&given[0])?.len())),
        Value::Text(_) => {
            use unicode_segmentation::UnicodeSegmentation;
            Ok(count(plain(&given[0].value)?.graphemes(true).count()))
        }
        Value::Unresolved(reason) => unknown(reason.clone()),
        _ => error("length takes a list, a map or a text"),
    }
}

fn one(given: &[Node]) -> Outcome<Value> {
    // The only item of a list that AWS fills is identified by the list: `one(aws_rds_cluster.x.master_user_secret)`.
    if as_reference(&given[0].value).is_some_and(|(_, attribute)| !attribute.is_empty()) {
        return Ok(given[0].value.clone());
    }
    match list(&given[0])? {
        [] => Ok(Value::Null),
        [only] => Ok(only.value.clone()),
        _ => error("one takes a list of at most one item"),
    }
}

/// Cuts a part out of a list. For a list that is known only after deployment, the bounds determine the number of items.
fn slice(given: &[Node]) -> Outcome<Value> {
    let bound = |node: &Node| Ok(usize::try_from(index(&node.value)?).unwrap_or(usize::MAX));
    let (from, to) = (bound(&given[1])?, bound(&given[2])?);
    let items = match (&given[0].value, from <= to && to - from <= MOST_CUT) {
        (Value::List(items), _) => items.get(from..to).map(<[Node]>::to_vec),
        (whole, true) => items_of(whole, from..to)
            .map(|items| items.map(|item| Node::new(item, given[0].origin.clone())))
            .map(Iterator::collect),
        _ => None,
    };
    match items {
        Some(items) => Ok(Value::List(items)),
        None => list(&given[0]).and_then(|_| error("slice reaches beyond the list")),
    }
}

/// The maximum number of items that `slice` takes from an unknown list.
const MOST_CUT: usize = 100;

/// Returns the items at these indexes of an unknown list, derived from its reference or from the reason why it is
/// unknown.
fn items_of(whole: &Value, places: Range<usize>) -> Option<impl Iterator<Item = Value>> {
    let name = as_reference(whole).filter(|(_, attribute)| !attribute.is_empty());
    if name.is_none() && !matches!(whole, Value::Unresolved(_)) {
        return None;
    }
    Some(places.map(move |place| match name {
        Some((address, attribute)) => reference(address, &format!("{attribute}[{place}]")),
        None => Value::Unresolved(format!("item {place} of {}", not_yet(whole))),
    }))
}
