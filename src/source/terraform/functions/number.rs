//! Functions on numbers.

use super::super::value::{Fault, Outcome, list, number};
use super::{Function, MANY, argument, function};
use crate::source::resource::{Node, Value};

pub(super) static FUNCTIONS: &[Function] = &[
    function("abs", 1, 1, |arguments| one(arguments, f64::abs)),
    function("ceil", 1, 1, |arguments| one(arguments, f64::ceil)),
    function("floor", 1, 1, |arguments| one(arguments, f64::floor)),
    function("max", 1, MANY, |arguments| fold(arguments, f64::max)),
    function("min", 1, MANY, |arguments| fold(arguments, f64::min)),
    function("sum", 1, 1, |arguments| {
        fold(list(argument(arguments, 0)?)?, |one, other| one + other)
    }),
    function("pow", 2, 2, |arguments| {
        let power = number(argument(arguments, 0)?)?.powf(number(argument(arguments, 1)?)?);
        if power.is_finite() {
            Ok(Value::Number(power))
        } else {
            Fault::error("a number too large")
        }
    }),
];

fn one(arguments: &[Node], apply: fn(f64) -> f64) -> Outcome<Value> {
    Ok(Value::Number(apply(number(argument(arguments, 0)?)?)))
}

fn fold(items: &[Node], apply: fn(f64, f64) -> f64) -> Outcome<Value> {
    let numbers: Outcome<Vec<f64>> = items.iter().map(number).collect();
    match numbers?.into_iter().reduce(apply) {
        Some(result) => Ok(Value::Number(result)),
        None => Fault::error("there are no numbers"),
    }
}
