//! Converts values to the `type` of a variable: strings to numbers, omitted attributes to their defaults
//! ("Type Constraints", Terraform language).

use std::borrow::Cow;

use hcl_edit::expr::{Expression, FuncCall, Object};

use super::scope::Scope;
use super::values::{Outcome, error, number, plain, print_of, truth};
use crate::domain::evidence::Origin;
use crate::language::budget::short;
use crate::language::partial_string;
use crate::language::resource::{Node, REST, Value};

/// The type constraint of a variable, as far as conversion needs it.
#[derive(Clone, Debug)]
pub(super) enum Constraint<'c> {
    Any,
    Text,
    Number,
    Bool,
    List(Box<Self>),
    Set(Box<Self>),
    Map(Box<Self>),
    Tuple(Vec<Self>),
    Object(Vec<ObjectField<'c>>),
}

/// An attribute of an object type.
#[derive(Clone, Debug)]
pub(super) struct ObjectField<'c> {
    name: String,
    constraint: Constraint<'c>,
    optional: bool,
    default: Option<&'c Expression>,
}

impl<'c> Constraint<'c> {
    /// Reads the expression of a `type`; an unknown expression allows any value.
    pub(super) fn new(expression: &'c Expression) -> Self {
        match expression {
            Expression::Variable(name) => Self::primitive(name.value().as_str()),
            Expression::Parenthesis(inner) => Self::new(inner.inner()),
            Expression::FuncCall(call) => Self::of_call(call),
            _ => Self::Any,
        }
    }

    fn primitive(name: &str) -> Self {
        match name {
            "string" => Self::Text,
            "number" => Self::Number,
            "bool" => Self::Bool,
            "list" => Self::List(Box::new(Self::Any)),
            "set" => Self::Set(Box::new(Self::Any)),
            "map" => Self::Map(Box::new(Self::Any)),
            _ => Self::Any,
        }
    }

    fn of_call(call: &'c FuncCall) -> Self {
        let Some(argument) = call.args.get(0) else {
            return Self::Any;
        };
        let of_items = || Box::new(Self::new(argument));
        match (call.name.name.value().as_str(), argument) {
            ("list", _) => Self::List(of_items()),
            ("set", _) => Self::Set(of_items()),
            ("map", _) => Self::Map(of_items()),
            ("object", Expression::Object(object)) => Self::Object(fields(object)),
            ("tuple", Expression::Array(items)) => {
                Self::Tuple(items.iter().map(Self::new).collect())
            }
            _ => Self::Any,
        }
    }

    /// Converts a value to this type.
    pub(super) fn convert(&self, scope: &Scope<'_>, node: Node) -> Outcome {
        let waits = super::values::as_reference(&node.value).is_some();
        if waits || matches!(node.value, Value::Null | Value::Unresolved(_)) {
            return Ok(node);
        }
        scope
            .evaluator
            .budget
            .deeper(|| self.convert_known(scope, node))
            .unwrap_or_else(super::values::unknown)
    }

    fn convert_known(&self, scope: &Scope<'_>, node: Node) -> Outcome {
        let origin = node.origin;
        let value = match (self, node.value) {
            (Self::Any, value) => value,
            (Self::Text, value @ (Value::Text(_) | Value::Map(_))) => value,
            (Self::Text, value @ (Value::Bool(_) | Value::Number(_))) => {
                partial_string::text(partial_string::pieces(&value))
            }
            (Self::Number, value) => Value::Number(number(&value)?),
            (Self::Bool, value) => Value::Bool(truth(&value)?),
            (Self::List(inner), Value::List(items)) => Value::List(converted(scope, inner, items)?),
            (Self::Set(inner), Value::List(items)) => {
                Value::List(as_set(converted(scope, inner, items)?))
            }
            (Self::Map(inner), Value::Map(members)) => {
                let members = members
                    .into_iter()
                    .map(|(key, node)| Ok((key, inner.convert(scope, node)?)));
                Value::Map(members.collect::<Outcome<_>>()?)
            }
            (Self::Tuple(inner), Value::List(items)) if inner.len() == items.len() => {
                let items = inner
                    .iter()
                    .zip(items)
                    .map(|(inner, item)| inner.convert(scope, item));
                Value::List(items.collect::<Outcome<_>>()?)
            }
            (Self::Object(fields), Value::Map(members)) => {
                let fields = fields
                    .iter()
                    .map(|field| field.converted(scope, &members, &origin));
                Value::Map(fields.collect::<Outcome<_>>()?)
            }
            _ => return error("the value does not have the type of the variable"),
        };
        Ok(Node::new(value, origin))
    }
}

fn fields(object: &Object) -> Vec<ObjectField<'_>> {
    object
        .iter()
        .filter_map(|(key, value)| {
            let name = match (key.as_ident(), key.as_expr()) {
                (Some(name), _) => Cow::Borrowed(name.as_str()),
                (None, Some(Expression::String(name))) => Cow::Borrowed(name.value().as_str()),
                _ => return None,
            };
            Some(ObjectField::of_type(name.into_owned(), value.expr()))
        })
        .collect()
}

impl<'c> ObjectField<'c> {
    fn of_type(name: String, expression: &'c Expression) -> Self {
        if let Expression::FuncCall(call) = expression
            && call.name.name.value().as_str() == "optional"
        {
            return Self {
                name,
                constraint: call.args.get(0).map_or(Constraint::Any, Constraint::new),
                optional: true,
                default: call.args.get(1),
            };
        }
        Self {
            name,
            constraint: Constraint::new(expression),
            optional: false,
            default: None,
        }
    }

    /// Takes the attribute from the given object. Null counts as omitted if there is a default
    /// ("Optional Object Type Attributes").
    fn converted(
        &self,
        scope: &Scope<'_>,
        given: &[(String, Node)],
        whole: &Origin,
    ) -> Outcome<(String, Node)> {
        let named = |wanted: &str| given.iter().find(|(name, _)| name == wanted);
        let found = named(&self.name).or_else(|| named(REST));
        let found = found.map(|(_, node)| node);
        let node = match (found, self.default) {
            (Some(node), None) => node.clone(),
            (Some(node), Some(_)) if node.value != Value::Null => node.clone(),
            (_, Some(default)) => {
                let mut node = scope.eval(default)?;
                node.origin.default_of.clone_from(&whole.default_of);
                node
            }
            (None, None) if self.optional => Node::new(Value::Null, whole.clone()),
            (None, None) => {
                return error(format!("the attribute {} is missing", short(&self.name)));
            }
        };
        Ok((self.name.clone(), self.constraint.convert(scope, node)?))
    }
}

fn converted(scope: &Scope<'_>, inner: &Constraint<'_>, items: Vec<Node>) -> Outcome<Vec<Node>> {
    items
        .into_iter()
        .map(|item| inner.convert(scope, item))
        .collect()
}

/// Returns the items of a set: without duplicates, sorted.
pub(super) fn as_set(items: Vec<Node>) -> Vec<Node> {
    in_order(each_once(items))
}

/// Removes the items that certainly equal an earlier one.
pub(super) fn each_once(items: Vec<Node>) -> Vec<Node> {
    let mut seen = std::collections::BTreeSet::new();
    let mut distinct: Vec<Node> = Vec::with_capacity(items.len());
    for item in items {
        let is_new = match &item.value {
            Value::Unresolved(_) => true,
            _ => seen.insert(print_of(&item.value)),
        };
        if is_new {
            distinct.push(item);
        }
    }
    distinct
}

/// Sorts strings or numbers. If a string is not known yet, the order stays as it is, because the position of that item
/// is unknown.
pub(super) fn in_order(items: Vec<Node>) -> Vec<Node> {
    if items
        .iter()
        .any(|item| matches!(&item.value, Value::Number(_)))
    {
        return numbers_in_order(items);
    }
    let mut keyed: Vec<(String, Node)> = Vec::with_capacity(items.len());
    for item in &items {
        match plain(&item.value) {
            Ok(text) if !matches!(item.value, Value::List(_) | Value::Map(_)) => {
                keyed.push((text, item.clone()));
            }
            _ => return items,
        }
    }
    keyed.sort_by(|(one, _), (other, _)| one.cmp(other));
    keyed.into_iter().map(|(_, item)| item).collect()
}

fn numbers_in_order(mut items: Vec<Node>) -> Vec<Node> {
    let key = |node: &Node| match node.value {
        Value::Number(number) => number,
        _ => f64::INFINITY,
    };
    items.sort_by(|one, other| key(one).total_cmp(&key(other)));
    items
}
