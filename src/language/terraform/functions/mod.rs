//! The functions of the language ("Functions", Terraform language), one table row each. A function whose result depends
//! on AWS or the clock is unknown.

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
use super::values::{EvaluationFault, Outcome, as_reference, error, not_yet, stay, unknown};
use super::{encoding, values};
use crate::language::budget::short;
use crate::language::provenance::absorb;
use crate::language::resource::{Node, Value};

/// A function: its name, the minimum and maximum number of arguments, and its implementation.
type Row = (&'static str, usize, usize, Function);
type Function = fn(&[Node]) -> Outcome<Value>;

/// No upper limit on arguments.
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

/// Functions whose result differs on each run, or depends on data that is out of reach.
const UNKNOWABLE: &[&str] = &["bcrypt", "plantimestamp", "rsadecrypt", "timestamp", "uuid"];

impl Scope<'_> {
    /// Evaluates a function call.
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

    /// Evaluates `try`. An unknown expression may or may not be an error, so the expressions after it are not
    /// evaluated.
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

/// Functions that return their argument.
const PASSING: &[&str] = &[
    "nonsensitive",
    "sensitive",
    "tolist",
    "tomap",
    "toset",
    "tostring",
];

/// The prefixes of reasons that refer to a named value.
const HELD: [&str; 3] = ["var.", "local.", "module."];

/// Adds the function to the reason of an unknown named value, because its result differs from that value.
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

/// Returns the items of a list. A value that is known only after deployment may be a list of unknown length.
fn list(node: &Node) -> Outcome<&[Node]> {
    match &node.value {
        Value::List(items) => Ok(items),
        value if as_reference(value).is_some() || values::reason(value).is_some() => {
            unknown(not_yet(value))
        }
        _ => error("a list is required"),
    }
}

/// Returns the members of a map.
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

/// Returns the items of a list of which parts may be unknown: an unknown list becomes an item.
fn open_list(node: &Node) -> Outcome<Vec<Node>> {
    match &node.value {
        Value::List(items) => Ok(items.clone()),
        value if as_reference(value).is_some() || values::reason(value).is_some() => {
            Ok(vec![node.clone()])
        }
        _ => error("a list is required"),
    }
}

/// Builds a list. If a single unknown list is the only item, the result is that list, not a list with one item.
fn listed(items: Vec<Node>) -> Value {
    match items.as_slice() {
        [only] if is_open(only) => only.value.clone(),
        _ => Value::List(items),
    }
}

/// Attributes that end like lists but are not lists.
const SINGLE: &[&str] = &["dns", "status"];

/// Returns true for an item that may represent a list of unknown length.
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
