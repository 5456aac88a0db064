//! Terraform's functions on known values, as a table. Lazy ones (`try`, `can`, `coalesce`) belong to the evaluator.

mod collection;
mod number;
mod text;

use super::value::{Fault, Outcome};
use crate::source::resource::{Node, Piece, Value};

/// What a function does with its arguments.
type Apply = fn(&[Node]) -> Outcome<Value>;

/// One function: its name, how many arguments it takes, what it does.
struct Function {
    name: &'static str,
    least: usize,
    most: usize,
    apply: Apply,
}

const fn function(name: &'static str, least: usize, most: usize, apply: Apply) -> Function {
    Function {
        name,
        least,
        most,
        apply,
    }
}

/// Any number of arguments.
const MANY: usize = usize::MAX;

/// Calls a function; an unknown one has an unknown value.
pub(super) fn call(name: &str, arguments: &[Node]) -> Outcome<Value> {
    let tables = [collection::FUNCTIONS, text::FUNCTIONS, number::FUNCTIONS];
    let Some(found) = tables
        .iter()
        .copied()
        .flatten()
        .find(|function| function.name == name)
    else {
        return Fault::unknown(format!("{name}() ← not a function that is known here"));
    };
    if arguments.len() < found.least || arguments.len() > found.most {
        return Fault::error(format!("{name}() has {} arguments", arguments.len()));
    }
    (found.apply)(arguments)
}

/// A measure of a value's size, for the budget.
pub(super) fn size(value: &Value) -> usize {
    match value {
        Value::List(items) => items.len(),
        Value::Map(members) => members.len(),
        Value::Text(pieces) => pieces.iter().map(piece_size).sum::<usize>() / 64,
        _ => 1,
    }
}

fn piece_size(piece: &Piece) -> usize {
    match piece {
        Piece::Text(text) => text.len(),
        _ => 1,
    }
}

/// The argument at a position; `call` has counted them, so that a missing one is an optional one.
fn argument(arguments: &[Node], position: usize) -> Outcome<&Node> {
    arguments
        .get(position)
        .map_or_else(|| Fault::error("an argument is missing"), Ok)
}
