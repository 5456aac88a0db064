//! Functions on numbers, and conversions between the primitive types.

use super::{MANY, Row, list};
use crate::language::partial_string;
use crate::language::resource::{Node, Value};
use crate::language::terraform::values::{
    Outcome, as_reference, error, index, number, plain, reason, truth, unknown,
};

/// The maximum number of items that `range` returns.
const MAX_RANGE: usize = 10_000;

pub(super) const TABLE: &[Row] = &[
    ("abs", 1, 1, |given| {
        Ok(Value::Number(number(&given[0].value)?.abs()))
    }),
    ("ceil", 1, 1, |given| {
        Ok(Value::Number(number(&given[0].value)?.ceil() + 0.0))
    }),
    ("floor", 1, 1, |given| {
        Ok(Value::Number(number(&given[0].value)?.floor() + 0.0))
    }),
    ("log", 2, 2, |given| {
        finite(number(&given[0].value)?.log(number(&given[1].value)?))
    }),
    ("max", 1, MANY, |given| best(given, f64::max)),
    ("min", 1, MANY, |given| best(given, f64::min)),
    ("parseint", 2, 2, parse),
    ("pow", 2, 2, |given| {
        finite(number(&given[0].value)?.powf(number(&given[1].value)?))
    }),
    ("range", 1, 3, range),
    ("signum", 1, 1, |given| {
        let number = number(&given[0].value)?;
        Ok(Value::Number(if number == 0.0 {
            0.0
        } else {
            number.signum()
        }))
    }),
    ("sum", 1, 1, sum),
    ("tobool", 1, 1, |given| {
        simple(&given[0], |value| Ok(Value::Bool(truth(value)?)))
    }),
    ("tonumber", 1, 1, |given| {
        simple(&given[0], |value| Ok(Value::Number(number(value)?)))
    }),
    ("tostring", 1, 1, |given| {
        simple(&given[0], |value| match value {
            Value::List(_) => error("a list is not a string"),
            Value::Map(_) => Ok(value.clone()),
            value => Ok(partial_string::text(partial_string::pieces(value))),
        })
    }),
];

/// Converts a value. Null stays null, and an unknown value stays unknown.
fn simple(node: &Node, convert: impl Fn(&Value) -> Outcome<Value>) -> Outcome<Value> {
    let waits = as_reference(&node.value).is_some() || reason(&node.value).is_some();
    if node.value == Value::Null || waits {
        Ok(node.value.clone())
    } else {
        convert(&node.value)
    }
}

fn finite(number: f64) -> Outcome<Value> {
    if number.is_finite() {
        Ok(Value::Number(number))
    } else {
        error("the result is no number")
    }
}

fn best(given: &[Node], better: fn(f64, f64) -> f64) -> Outcome<Value> {
    let mut best = number(&given[0].value)?;
    for node in &given[1..] {
        best = better(best, number(&node.value)?);
    }
    Ok(Value::Number(best))
}

fn sum(given: &[Node]) -> Outcome<Value> {
    let mut sum = 0.0;
    for item in list(&given[0])? {
        sum += number(&item.value)?;
    }
    Ok(Value::Number(sum))
}

fn parse(given: &[Node]) -> Outcome<Value> {
    let digits = plain(&given[0].value)?;
    let base = u32::try_from(index(&given[1].value)?)
        .ok()
        .filter(|base| (2..=36).contains(base));
    let number = base.and_then(|base| i64::from_str_radix(&digits, base).ok());
    match number.and_then(|number| number.to_string().parse().ok()) {
        Some(number) => Ok(Value::Number(number)),
        None => error("parseint takes digits of the base"),
    }
}

fn range(given: &[Node]) -> Outcome<Value> {
    let numbers = given
        .iter()
        .map(|node| number(&node.value))
        .collect::<Outcome<Vec<_>>>()?;
    let (start, limit, step) = match numbers.as_slice() {
        [limit] => (0.0, *limit, if *limit < 0.0 { -1.0 } else { 1.0 }),
        [start, limit] => (*start, *limit, if limit < start { -1.0 } else { 1.0 }),
        [start, limit, step, ..] => (*start, *limit, *step),
        [] => return error("range takes a limit"),
    };
    if step == 0.0 || (limit - start) / step < 0.0 {
        return error("range never ends");
    }
    let mut items = Vec::new();
    let mut next = start;
    while (step > 0.0 && next < limit) || (step < 0.0 && next > limit) {
        if items.len() >= MAX_RANGE {
            return unknown(format!("a range of more than {MAX_RANGE} numbers"));
        }
        items.push(Node::new(Value::Number(next), given[0].origin.clone()));
        next += step;
    }
    Ok(Value::List(items))
}
