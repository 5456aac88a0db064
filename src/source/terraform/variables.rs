//! The values of variables: what a caller or a file gives, else the default; brought to the declared type.

use std::rc::Rc;

use hcl_edit::expr::{Expression, ObjectKey};

use super::evaluator::{Evaluator, Module, Scope};
use super::expression::bare;
use super::folder::Declared;
use super::parse::Source;
use super::traversal::named;
use super::value::{
    Fault, Outcome, by_default, equal, literal, member, number, pieces, set_member, tidy, truth,
};
use crate::source::resource::{Node, Value};

/// The value that a root variable is given.
#[derive(Clone, Debug)]
pub(super) enum Given<'a> {
    /// In a `.tfvars` file.
    Written(&'a Source, &'a Expression),
    /// In a `.tfvars.json` file or on the command line.
    Value(Node),
}

impl<'a> Evaluator<'a> {
    /// The value of `var.name` in a module.
    pub(super) fn variable(&self, name: &str, module: &Rc<Module<'a>>) -> Outcome {
        let hop = format!("var.{name}");
        let Some(declared) = module.folder.variables.get(name) else {
            return Fault::unknown(format!("{hop} ← not declared"));
        };
        if flag(declared, "sensitive") == Some(true) {
            return Fault::unknown(format!("{hop} ← sensitive, not looked at"));
        }
        let outcome = self.once(format!("{}{hop}", module.prefix), || {
            let value = match self.given(name, module) {
                None => self.default(name, declared, module),
                Some(outcome) => outcome.and_then(|node| {
                    if node.value == Value::Null && flag(declared, "nullable") == Some(false) {
                        self.default(name, declared, module)
                    } else {
                        Ok(node)
                    }
                }),
            }?;
            match declared.attribute("type") {
                Some((source, constraint)) => {
                    let scope = Scope::new(Rc::clone(module), source);
                    self.convert(value, constraint, &scope)
                }
                None => Ok(value),
            }
        });
        named(outcome, &hop)
    }

    fn given(&self, name: &str, module: &Rc<Module<'a>>) -> Option<Outcome> {
        match &module.call {
            Some(call) => {
                let (source, expression) = call.declared.attribute(name)?;
                let outcome = self.eval(expression, &call.scope.in_file(source));
                Some(named(outcome, &format!("{}.{name}", call.name)))
            }
            None => match self.world.given.get(name)? {
                Given::Written(source, expression) => {
                    Some(self.eval(expression, &Scope::new(Rc::clone(module), source)))
                }
                Given::Value(node) => Some(Ok(node.clone())),
            },
        }
    }

    fn default(&self, name: &str, declared: &Declared<'a>, module: &Rc<Module<'a>>) -> Outcome {
        let Some((source, expression)) = declared.attribute("default") else {
            return Fault::unknown("no value");
        };
        let node = self.eval(expression, &Scope::new(Rc::clone(module), source))?;
        // A child module's default is final once its caller is in view; only the root's can still be changed.
        Ok(if module.call.is_none() {
            by_default(node, &format!("var.{name}"))
        } else {
            node
        })
    }

    /// Brings a value to a type constraint.
    pub(super) fn convert(
        &self,
        mut node: Node,
        constraint: &'a Expression,
        scope: &Scope<'a>,
    ) -> Outcome {
        if matches!(node.value, Value::Null | Value::Unresolved(_)) {
            return Ok(node);
        }
        node.value = match constraint {
            Expression::Variable(name) => primitive(&node, name.as_str())?,
            Expression::FuncCall(call) => {
                let Some(inner) = call.args.iter().next() else {
                    return Ok(node);
                };
                match (call.name.name.as_str(), inner) {
                    ("object", Expression::Object(members)) => {
                        let mut converted = Vec::new();
                        for (key, constraint) in members {
                            let Some(key) = key_name(key) else { continue };
                            let value =
                                self.object_member((&node, key), constraint.expr(), scope)?;
                            converted.push((key.to_owned(), value));
                        }
                        Value::Map(converted)
                    }
                    (kind @ ("list" | "set" | "map"), inner) => {
                        self.convert_items(node.value, (kind, inner), scope)?
                    }
                    _ => node.value,
                }
            }
            _ => node.value,
        };
        Ok(node)
    }

    fn convert_items(
        &self,
        value: Value,
        (kind, inner): (&str, &'a Expression),
        scope: &Scope<'a>,
    ) -> Outcome<Value> {
        match (kind, value) {
            ("map", Value::Map(members)) => {
                let mut converted = Vec::new();
                for (key, node) in members {
                    converted.push((key, self.bounded(|| self.convert(node, inner, scope))?));
                }
                Ok(Value::Map(converted))
            }
            ("list" | "set", Value::List(items)) => {
                let mut converted = Vec::new();
                for item in items {
                    converted.push(self.bounded(|| self.convert(item, inner, scope))?);
                }
                Ok(Value::List(if kind == "set" {
                    set(converted)
                } else {
                    converted
                }))
            }
            _ => Fault::error(format!("the value is no {kind}")),
        }
    }

    fn object_member(
        &self,
        (object, key): (&Node, &str),
        constraint: &'a Expression,
        scope: &Scope<'a>,
    ) -> Outcome {
        let Value::Map(members) = &object.value else {
            return Fault::error("the value is no object");
        };
        let given = member(members, key)
            .filter(|node| node.value != Value::Null)
            .cloned();
        let optional = constraint
            .as_func_call()
            .filter(|call| call.name.name.as_str() == "optional");
        let Some(call) = optional else {
            return match given.or_else(|| member(members, key).cloned()) {
                Some(node) => self.bounded(|| self.convert(node, constraint, scope)),
                None => Fault::error(format!("the attribute `{key}` is missing")),
            };
        };
        let Some(inner) = call.args.get(0) else {
            return Fault::error("`optional` without a type");
        };
        let node = match (given, call.args.get(1)) {
            (Some(node), _) => node,
            (None, Some(default)) => {
                let mut node = self.eval(default, scope)?;
                node.origin.default_of.clone_from(&object.origin.default_of);
                node
            }
            (None, None) => Node::new(Value::Null, object.origin.clone()),
        };
        self.bounded(|| self.convert(node, inner, scope))
    }
}

fn key_name(key: &ObjectKey) -> Option<&str> {
    match key {
        ObjectKey::Ident(name) => Some(name.as_str()),
        ObjectKey::Expression(expression) => expression.as_str(),
    }
}

/// A flag of a variable's block, where it is written plainly.
fn flag(declared: &Declared<'_>, name: &str) -> Option<bool> {
    declared
        .attribute(name)
        .and_then(|(_, expression)| expression.as_bool())
}

/// A primitive of the named type.
pub(super) fn primitive(node: &Node, kind: &str) -> Outcome<Value> {
    if matches!(node.value, Value::Null | Value::Unresolved(_)) {
        return Ok(node.value.clone());
    }
    match kind {
        "string" if !matches!(node.value, Value::Map(_)) => tidy(pieces(node)?),
        "number" => Ok(Value::Number(number(node)?)),
        "bool" => Ok(Value::Bool(truth(node)?)),
        _ => Ok(node.value.clone()),
    }
}

/// The items of a set: each once, texts in order.
pub(super) fn set(items: Vec<Node>) -> Vec<Node> {
    let mut kept: Vec<Node> = distinct(items);
    if kept.iter().all(|node| literal(node).is_ok()) {
        if kept
            .iter()
            .all(|node| matches!(node.value, Value::Number(_)))
        {
            kept.sort_by(|one, other| {
                number(one)
                    .unwrap_or(0.0)
                    .total_cmp(&number(other).unwrap_or(0.0))
            });
        } else {
            kept.sort_by_cached_key(|node| literal(node).unwrap_or_default());
        }
    }
    kept
}

/// Each item once, in the order of the first.
pub(super) fn distinct(items: Vec<Node>) -> Vec<Node> {
    let mut kept: Vec<Node> = Vec::new();
    for item in items {
        if !kept
            .iter()
            .any(|other| equal(&other.value, &item.value) == Ok(true))
        {
            kept.push(item);
        }
    }
    kept
}

/// The value of JSON, without places.
pub(super) fn from_json(json: &serde_json::Value) -> Node {
    bare(match json {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(value) => Value::Bool(*value),
        serde_json::Value::Number(number) => number.as_f64().map_or(Value::Null, Value::Number),
        serde_json::Value::String(text) => Value::text(text),
        serde_json::Value::Array(items) => Value::List(items.iter().map(from_json).collect()),
        serde_json::Value::Object(object) => {
            let mut members = Vec::new();
            for (key, value) in object {
                set_member(&mut members, key.clone(), from_json(value));
            }
            Value::Map(members)
        }
    })
}
