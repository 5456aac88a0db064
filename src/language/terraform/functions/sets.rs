//! Functions on sets, which are lists without order and without duplicates.

use std::cell::Cell;
use std::collections::BTreeSet;

use super::{MANY, Row, list, listed, open_list};
use crate::language::resource::{Node, Value};
use crate::language::terraform::constraint::as_set;
use crate::language::terraform::values::{
    Outcome, equal, error, is_plain, not_yet, print_of, unknown,
};

/// The maximum number of combinations that `setproduct` returns.
const MAX_PRODUCT: usize = 20_000;

/// The maximum number of comparisons with items that are lists, maps or unknown.
const MAX_COMPARED: usize = 2_000_000;

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
    Ok(listed(as_set(all)))
}

/// Returns the items of the first set that are in every other set, or in none.
fn kept(given: &[Node], wanted: bool) -> Outcome<Value> {
    let mut items = list(&given[0])?.to_vec();
    for other in &given[1..] {
        let other = Among::new(list(other)?);
        let mut next = Vec::new();
        for item in items {
            if other.holds(&item)? == wanted {
                next.push(item);
            }
        }
        items = next;
    }
    Ok(Value::List(as_set(items)))
}

/// The items of a list, prepared for many lookups: fully known items are found without comparisons.
pub(super) struct Among<'n> {
    plain: BTreeSet<String>,
    open: Vec<&'n Node>,
    asked: Cell<usize>,
}

impl<'n> Among<'n> {
    pub(super) fn new(items: &'n [Node]) -> Self {
        let (plain, open): (Vec<&Node>, Vec<&Node>) =
            items.iter().partition(|item| is_plain(&item.value));
        Self {
            plain: plain.iter().map(|item| print_of(&item.value)).collect(),
            open,
            asked: Cell::new(0),
        }
    }

    /// Returns whether the list contains an item; unknown if this cannot be determined.
    pub(super) fn holds(&self, item: &Node) -> Outcome<bool> {
        if is_plain(&item.value) && self.plain.contains(&print_of(&item.value)) {
            return Ok(true);
        }
        let hidden = !is_plain(&item.value) && !self.plain.is_empty();
        let compared = self.asked.get() + self.open.len();
        self.asked.set(compared);
        if compared > MAX_COMPARED {
            return unknown("the lists hold more that has to be compared than is followed");
        }
        let mut answer = match (&item.value, hidden) {
            // A value that is known only after deployment may equal any of the items.
            (Value::Text(_) | Value::Unresolved(_), true) => unknown(not_yet(&item.value)),
            _ => Ok(false),
        };
        for other in &self.open {
            match equal(&item.value, &other.value) {
                Ok(true) => return Ok(true),
                Ok(false) => {}
                fault => answer = fault,
            }
        }
        answer
    }
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
