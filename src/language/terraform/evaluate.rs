//! Evaluates expressions. This is the only module that handles every kind of expression.

use hcl_edit::expr::{Array, Conditional, Expression, ForExpr, Object, ObjectKey};
use indexmap::IndexMap;
use indexmap::map::Entry;

use super::scope::{Frame, Scope};
use super::values::{
    EvaluationFault, Outcome, as_reference, error, not_yet, plain, reason, truth, unknown,
};
use super::{json_text, values};
use crate::language::budget::short;
use crate::language::provenance::absorb;
use crate::language::resource::{Node, Value};

/// One iteration of a `for`: the key and the value.
pub(super) type Turn = (Node, Node);

impl Scope<'_> {
    pub(super) fn eval_within(&self, expression: &Expression) -> Outcome {
        let value = match expression {
            Expression::Null(_) => Value::Null,
            Expression::Bool(truth) => Value::Bool(*truth.value()),
            Expression::Number(number) => {
                Value::Number(number.value().as_f64().unwrap_or(f64::INFINITY))
            }
            Expression::String(text) => {
                let text = text.value().as_str();
                self.pay(text.len())?;
                Value::text(text)
            }
            Expression::Array(array) => self.array(array)?,
            Expression::Object(object) => self.object(object)?,
            Expression::StringTemplate(template) => {
                return self.string(template, self.origin(expression));
            }
            Expression::HeredocTemplate(heredoc) => {
                return self.heredoc(heredoc, self.origin(expression));
            }
            Expression::Parenthesis(inner) => return self.eval(inner.inner()),
            Expression::Variable(_) => return self.traverse(expression, &[], expression),
            Expression::Traversal(traversal) => {
                return self.traverse(&traversal.expr, &traversal.operators, expression);
            }
            Expression::Conditional(conditional) => {
                return self.conditional(conditional, expression);
            }
            Expression::FuncCall(call) => return self.call(call, expression),
            Expression::UnaryOp(operation) => return self.unary(operation, expression),
            Expression::BinaryOp(operation) => return self.binary(operation, expression),
            Expression::ForExpr(for_expr) => return self.for_each(for_expr, expression),
        };
        Ok(Node::new(value, self.origin(expression)))
    }

    pub(super) fn pay(&self, length: usize) -> Outcome<()> {
        self.evaluator
            .budget
            .pay_for_text(length)
            .map_err(EvaluationFault::Unknown)
    }

    /// Charges the budget for a value that is copied or iterated.
    pub(super) fn pay_for(&self, value: &Value) -> Outcome<()> {
        const LETTERS: usize = 4;
        self.pay(values::weight(value) * LETTERS)
    }

    fn array(&self, array: &Array) -> Outcome<Value> {
        let items = array.iter().map(|item| self.eval(item));
        values::bounded(Value::List(items.collect::<Outcome<_>>()?))
    }

    fn object(&self, object: &Object) -> Outcome<Value> {
        let mut members = Members::with_capacity(object.len());
        for (key, value) in object.iter() {
            let key = self.object_key(key)?;
            let node = self.eval(value.expr())?;
            members.insert(key, node);
        }
        values::bounded(Value::Map(members.into_iter().collect()))
    }

    fn object_key(&self, key: &ObjectKey) -> Outcome<String> {
        match key {
            ObjectKey::Ident(name) => Ok(name.value().as_str().to_owned()),
            ObjectKey::Expression(expression) => {
                let node = self.eval(expression)?;
                key_text(&node.value)
            }
        }
    }

    fn conditional(&self, conditional: &Conditional, whole: &Expression) -> Outcome {
        let mut origin = self.origin(whole);
        let condition = self.eval(&conditional.cond_expr)?;
        absorb(&mut origin, &condition.origin);
        let chosen = match truth(&condition.value) {
            Ok(true) => self.eval(&conditional.true_expr)?,
            Ok(false) => self.eval(&conditional.false_expr)?,
            Err(EvaluationFault::Unknown(reason)) => {
                let one = self.eval(&conditional.true_expr)?;
                let other = self.eval(&conditional.false_expr)?;
                if one == other {
                    one
                } else {
                    return unknown(either(&one, &other, &reason));
                }
            }
            Err(fault) => return Err(fault),
        };
        values::stay(&mut origin, &chosen.origin);
        absorb(&mut origin, &chosen.origin);
        Ok(Node::new(chosen.value, origin))
    }

    fn for_each(&self, for_expr: &ForExpr, whole: &Expression) -> Outcome {
        let mut origin = self.origin(whole);
        let collection = self.eval(&for_expr.intro.collection_expr)?;
        absorb(&mut origin, &collection.origin);
        let turns = turns(&collection)?;
        let key_name = for_expr.intro.key_var.as_ref();
        let key_name = key_name.map_or("", |name| name.value().as_str());
        let value_name = for_expr.intro.value_var.value().as_str();
        let mut collected = Collected::new(for_expr);
        let over_set = makes_set(&for_expr.intro.collection_expr);
        for (key, value) in turns {
            let key = if over_set { value.clone() } else { key };
            let key = Frame {
                name: key_name,
                node: key,
                above: self.frame,
            };
            let value = Frame {
                name: value_name,
                node: value,
                above: Some(&key),
            };
            self.with(&value).one_turn(for_expr, &mut collected)?;
        }
        Ok(Node::new(values::bounded(collected.value())?, origin))
    }

    fn one_turn(&self, for_expr: &ForExpr, collected: &mut Collected) -> Outcome<()> {
        if let Some(condition) = &for_expr.cond {
            let condition = self.eval(&condition.expr)?;
            if !truth(&condition.value)? {
                return Ok(());
            }
        }
        let key = match &for_expr.key_expr {
            Some(key) => Some(key_text(&self.eval(key)?.value)?),
            None => None,
        };
        let node = self.eval(&for_expr.value_expr)?;
        collected.add(key, node)
    }
}

/// The results of a `for` so far.
struct Collected {
    grouping: bool,
    is_map: bool,
    items: Vec<Node>,
    members: Members,
}

impl Collected {
    fn new(for_expr: &ForExpr) -> Self {
        Self {
            grouping: for_expr.grouping,
            is_map: for_expr.key_expr.is_some(),
            items: Vec::new(),
            members: Members::new(),
        }
    }

    fn add(&mut self, key: Option<String>, node: Node) -> Outcome<()> {
        let Some(key) = key else {
            self.items.push(node);
            return Ok(());
        };
        match self.members.entry(key) {
            Entry::Vacant(place) if self.grouping => {
                let origin = node.origin.clone();
                place.insert(Node::new(Value::List(vec![node]), origin));
            }
            Entry::Vacant(place) => drop(place.insert(node)),
            Entry::Occupied(mut group) if self.grouping => {
                if let Value::List(items) = &mut group.get_mut().value {
                    items.push(node);
                }
            }
            Entry::Occupied(known) => {
                return error(format!("two items have the key {}", short(known.key())));
            }
        }
        Ok(())
    }

    fn value(self) -> Value {
        if self.is_map {
            Value::Map(self.members.into_iter().collect())
        } else {
            Value::List(self.items)
        }
    }
}

/// Returns the iterations over a collection.
pub(super) fn turns(collection: &Node) -> Outcome<Vec<Turn>> {
    let origin = &collection.origin;
    match &collection.value {
        Value::List(items) => Ok(items
            .iter()
            .enumerate()
            .map(|(index, item)| {
                (
                    Node::new(values::count(index), origin.clone()),
                    item.clone(),
                )
            })
            .collect()),
        Value::Map(members) if values::rest(members).is_some() => {
            unknown(values::rest(members).unwrap_or_default())
        }
        Value::Map(members) => Ok(json_text::sorted(members)
            .into_iter()
            .map(|(key, node)| {
                (
                    Node::new(Value::text(key.as_str()), origin.clone()),
                    node.clone(),
                )
            })
            .collect()),
        value if as_reference(value).is_some() || reason(value).is_some() => {
            unknown(not_yet(value))
        }
        Value::Null => error("null is not a collection"),
        _ => error("this is not a collection"),
    }
}

/// Returns true if the expression certainly makes a set, in which the key is the value itself.
pub(super) fn makes_set(expression: &Expression) -> bool {
    match expression {
        Expression::FuncCall(call) => {
            let name = call.name.name.value().as_str();
            name == "toset" || (name.starts_with("set") && name != "setproduct")
        }
        Expression::Parenthesis(inner) => makes_set(inner.inner()),
        Expression::Conditional(conditional) => {
            makes_set(&conditional.true_expr) || makes_set(&conditional.false_expr)
        }
        _ => false,
    }
}

/// Converts a value to the key of a map.
pub(super) fn key_text(value: &Value) -> Outcome<String> {
    match plain(value) {
        Err(EvaluationFault::Unknown(reason)) => unknown(format!("a key is not known: {reason}")),
        outcome => outcome,
    }
}

/// The members of a map under construction, in order of first insertion; a later member with the same key wins.
pub(super) type Members = IndexMap<String, Node>;

fn either(one: &Node, other: &Node, reason: &str) -> String {
    format!(
        "{} or {}, by a condition: {reason}",
        brief(&one.value),
        brief(&other.value)
    )
}

/// Describes a value for a message.
fn brief(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::List(_) => "a list".to_owned(),
        Value::Map(_) => "a map".to_owned(),
        Value::Unresolved(_) => "something unknown".to_owned(),
        Value::Bool(_) | Value::Number(_) | Value::Text(_) => plain(value).map_or_else(
            |_| "a text".to_owned(),
            |text| format!("`{}`", short(&text)),
        ),
    }
}
