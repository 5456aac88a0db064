//! The functions of the language ("Functions", Terraform language): one row each. What AWS or the clock decides is unknown.

mod collections;
mod files;
mod formats;
mod maps;
mod networks;
mod numbers;
mod sets;
mod strings;
mod tables;

use hcl_edit::expr::{Expression, FuncCall};

use super::scope::Scope;
use super::values::{
    EvaluationFault, Outcome, absorb, as_reference, error, not_yet, stay, unknown,
};
use super::{encoding, values};
use crate::language::budget::short;
use crate::language::resource::{Node, Value};

/// One function: its name, how many arguments it takes, and what it does.
type Row = (&'static str, usize, usize, Function);
type Function = fn(&[Node]) -> Outcome<Value>;

/// As many arguments as one likes.
const MANY: usize = usize::MAX;

const TABLES: &[&[Row]] = &[
    collections::TABLE,
    encoding::TABLE,
    formats::TABLE,
    maps::TABLE,
    networks::TABLE,
    numbers::TABLE,
    sets::TABLE,
    strings::TABLE,
    tables::TABLE,
];

/// What is decided anew each time, or out of reach.
const UNKNOWABLE: &[&str] = &["bcrypt", "plantimestamp", "rsadecrypt", "timestamp", "uuid"];

impl Scope<'_> {
    /// The value of a call.
    pub(super) fn call(&self, call: &FuncCall, whole: &Expression) -> Outcome {
        let name = call.name.name.value().as_str();
        if call.name.is_namespaced() {
            let spaces: Vec<&str> = call
                .name
                .namespace
                .iter()
                .map(|one| one.value().as_str())
                .collect();
            if spaces != ["core"] {
                return unknown(format!(
                    "{}::{} is a function of a provider",
                    short(&spaces.join("::")),
                    short(name)
                ));
            }
        }
        match name {
            "try" => return self.first_that_works(call, whole),
            "can" => return self.works(call, whole),
            _ => {}
        }
        let mut origin = self.origin(whole);
        let arguments = self.arguments(call)?;
        for argument in &arguments {
            absorb(&mut origin, &argument.origin);
            self.pay_for(&argument.value)?;
        }
        if !self
            .evaluator
            .search(strings::cost_of_search(name, &arguments))
        {
            return unknown("patterns are looked for in more text than is followed");
        }
        let special = self.on_unit(name, &arguments);
        let value = match special.or_else(|| self.on_files(name, &arguments)) {
            Some(value) => value?,
            None => apply(name, &arguments).map_err(|fault| made_by(name, fault))?,
        };
        Ok(Node::new(values::bounded(value)?, origin))
    }

    fn arguments(&self, call: &FuncCall) -> Outcome<Vec<Node>> {
        let mut arguments = Vec::with_capacity(call.args.len());
        for argument in call.args.iter() {
            arguments.push(self.eval(argument)?);
        }
        if !call.args.expand_final() {
            return Ok(arguments);
        }
        let last = arguments.pop();
        match last.map(|node| node.value) {
            Some(Value::List(items)) => arguments.extend(items),
            Some(value) if as_reference(&value).is_some() || values::reason(&value).is_some() => {
                return unknown(not_yet(&value));
            }
            _ => return error("`...` takes a list"),
        }
        Ok(arguments)
    }

    /// `try`: what is not known may be an error or not, so nothing behind it counts.
    fn first_that_works(&self, call: &FuncCall, whole: &Expression) -> Outcome {
        let mut last = error("try takes an expression");
        for argument in call.args.iter() {
            last = self.eval(argument);
            match &last {
                Err(EvaluationFault::Error(_)) => {}
                _ => break,
            }
        }
        let node = last?;
        let mut origin = self.origin(whole);
        stay(&mut origin, &node.origin);
        absorb(&mut origin, &node.origin);
        Ok(Node::new(node.value, origin))
    }

    fn works(&self, call: &FuncCall, whole: &Expression) -> Outcome {
        let Some(argument) = call.args.get(0) else {
            return error("can takes an expression");
        };
        let works = match self.eval(argument) {
            Ok(node) => match values::reason(&node.value) {
                Some(reason) => return unknown(reason),
                None => true,
            },
            Err(EvaluationFault::Unknown(reason)) => return unknown(reason),
            Err(EvaluationFault::Error(_)) => false,
        };
        Ok(Node::new(Value::Bool(works), self.origin(whole)))
    }
}

/// Functions that hand on what they are given.
const PASSING: &[&str] = &[
    "nonsensitive",
    "sensitive",
    "tolist",
    "tomap",
    "toset",
    "tostring",
];

/// How the way begins to a value that has a name.
const HELD: [&str; 3] = ["var.", "local.", "module."];

/// Why a function has no value: what it makes of an unknown value is another one.
fn made_by(name: &str, fault: EvaluationFault) -> EvaluationFault {
    match fault {
        EvaluationFault::Unknown(reason)
            if !PASSING.contains(&name) && HELD.iter().any(|begin| reason.starts_with(begin)) =>
        {
            EvaluationFault::Unknown(format!("{name}() ← {reason}"))
        }
        fault => fault,
    }
}

fn apply(name: &str, arguments: &[Node]) -> Outcome<Value> {
    if UNKNOWABLE.contains(&name) {
        return unknown(format!("{name} is decided where it is run"));
    }
    let row = TABLES
        .iter()
        .flat_map(|table| table.iter())
        .find(|(known, ..)| *known == name);
    let Some((_, least, most, function)) = row else {
        return unknown(format!(
            "{}() ← not a function that is known here",
            short(name)
        ));
    };
    match arguments.len() {
        number if number < *least => error(format!("{name} takes at least {least} arguments")),
        number if number > *most => error(format!("{name} takes at most {most} arguments")),
        _ => function(arguments),
    }
}

/// The items of a list. What is known only once it is deployed may be one, of unknown length.
fn list(node: &Node) -> Outcome<&[Node]> {
    match &node.value {
        Value::List(items) => Ok(items),
        value if as_reference(value).is_some() || values::reason(value).is_some() => {
            unknown(not_yet(value))
        }
        _ => error("a list is required"),
    }
}

/// The members of a map.
fn map(node: &Node) -> Outcome<&[(String, Node)]> {
    match &node.value {
        Value::Map(members) => match values::rest(members) {
            Some(reason) => unknown(reason),
            None => Ok(members),
        },
        value if as_reference(value).is_some() || values::reason(value).is_some() => {
            unknown(not_yet(value))
        }
        _ => error("a map is required"),
    }
}

/// The items of a list that may be longer than it is known to be: an unknown list stands as an item of its own.
fn open_list(node: &Node) -> Outcome<Vec<Node>> {
    match &node.value {
        Value::List(items) => Ok(items.clone()),
        value if as_reference(value).is_some() || values::reason(value).is_some() => {
            Ok(vec![node.clone()])
        }
        _ => error("a list is required"),
    }
}

/// A list that was put together. One unknown list and nothing else is no list of one.
fn listed(items: Vec<Node>) -> Value {
    match items.as_slice() {
        [only] if is_open(only) => only.value.clone(),
        _ => Value::List(items),
    }
}

/// Attributes that end like lists and are none.
const SINGLE: &[&str] = &["dns", "status"];

/// An item that may stand for a list of unknown length.
fn is_open(item: &Node) -> bool {
    match as_reference(&item.value) {
        Some((_, attribute)) => {
            let plural = attribute.ends_with('s') && !attribute.ends_with("ss");
            plural && !SINGLE.iter().any(|single| attribute.ends_with(single))
        }
        None => matches!(item.value, Value::Unresolved(_)),
    }
}

fn text(text: impl Into<String>) -> Value {
    Value::text(text)
}
