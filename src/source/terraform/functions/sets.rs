//! Functions over sets, which are lists without an order and with each item once.

use super::{MANY, Row, list, open_list};
use crate::source::resource::{Node, Value};
use crate::source::terraform::constraint::as_set;
use crate::source::terraform::values::{Outcome, equal, error};

/// How many combinations are made.
const MAX_PRODUCT: usize = 20_000;

pub(super) const TABLE: &[Row] = &[
    ("setintersection", 1, MANY, |given| kept(given, true)),
    ("setproduct", 1, MANY, product),
    ("setsubtract", 2, 2, |given| kept(given, false)),
    ("setunion", 1, MANY, union),
    ("toset", 1, 1, |given| match &given[0].value {
        Value::List(items) => Ok(Value::List(as_set(items.clone()))),
        value => Ok(value.clone()),
    }),
];

fn union(given: &[Node]) -> Outcome<Value> {
    let mut all = Vec::new();
    for node in given {
        all.extend(open_list(node)?);
    }
    Ok(Value::List(as_set(all)))
}

/// The items of the first that are in every other one, or in none.
fn kept(given: &[Node], wanted: bool) -> Outcome<Value> {
    let mut items = list(&given[0])?.to_vec();
    for other in &given[1..] {
        let other = list(other)?;
        let mut next = Vec::new();
        for item in items {
            if is_in(&item, other)? == wanted {
                next.push(item);
            }
        }
        items = next;
    }
    Ok(Value::List(as_set(items)))
}

fn is_in(item: &Node, others: &[Node]) -> Outcome<bool> {
    let mut answer = Ok(false);
    for other in others {
        match equal(&item.value, &other.value) {
            Ok(true) => return Ok(true),
            Ok(false) => {}
            fault => answer = fault,
        }
    }
    answer
}

fn product(given: &[Node]) -> Outcome<Value> {
    let mut rows: Vec<Vec<Node>> = vec![Vec::new()];
    for node in given {
        let items = list(node)?;
        if rows.len().saturating_mul(items.len()) > MAX_PRODUCT {
            return error("setproduct makes more combinations than are followed");
        }
        rows = rows
            .iter()
            .flat_map(|row| {
                items.iter().map(move |item| {
                    let mut row = row.clone();
                    row.push(item.clone());
                    row
                })
            })
            .collect();
    }
    let origin = &given[0].origin;
    let rows = rows
        .into_iter()
        .map(|row| Node::new(Value::List(row), origin.clone()));
    Ok(Value::List(rows.collect()))
}
