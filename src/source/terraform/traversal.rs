//! What names refer to: variables, locals, modules, and the operators behind a name.
//! Resources and data sources are in [`super::target`].

use std::rc::Rc;

use hcl_edit::expr::{Expression, Traversal, TraversalOperator};

use super::evaluator::{Evaluator, Module, Scope, unresolved};
use super::expression::{bare, with_way};
use super::target::Target;
use super::value::{ADDRESS, Fault, Outcome, join_ways, literal, member, number, through};
use crate::source::resource::{Node, Piece, Value};

/// The operators behind a name that are still to be applied.
pub(super) type Path<'a> = [&'a TraversalOperator];

impl<'a> Evaluator<'a> {
    pub(super) fn traversal(&self, traversal: &'a Traversal, scope: &Scope<'a>) -> Outcome {
        let path: Vec<&TraversalOperator> = traversal
            .operators
            .iter()
            .map(|operator| operator.value())
            .collect();
        match &traversal.expr {
            Expression::Variable(name) => self.reference(name.as_str(), &path, scope),
            start => self.walk(self.eval(start, scope)?, &path, scope),
        }
    }

    /// A name with the operators behind it.
    pub(super) fn reference(&self, name: &'a str, path: &Path<'a>, scope: &Scope<'a>) -> Outcome {
        if let Some(bound) = scope.bound(name) {
            return self.walk(bound.clone(), path, scope);
        }
        match (name, path) {
            ("var", [TraversalOperator::GetAttr(name), rest @ ..]) => {
                self.walk(self.variable(name.as_str(), &scope.module)?, rest, scope)
            }
            ("local", [TraversalOperator::GetAttr(name), rest @ ..]) => {
                self.walk(self.local(name.as_str(), &scope.module)?, rest, scope)
            }
            ("module", [TraversalOperator::GetAttr(name), rest @ ..]) => {
                self.module_reference(name.as_str(), rest, scope)
            }
            ("path", [TraversalOperator::GetAttr(kind)]) => {
                Ok(bare(Value::text(match kind.as_str() {
                    "module" => scope.module.path.as_str(),
                    _ => self.world.root.as_str(),
                })))
            }
            (
                block @ ("data" | "ephemeral"),
                [
                    TraversalOperator::GetAttr(kind),
                    TraversalOperator::GetAttr(name),
                    rest @ ..,
                ],
            ) => self.resource_reference(
                (format!("{block}.{}", kind.as_str()), name.as_str()),
                rest,
                scope,
            ),
            ("each" | "count" | "self" | "terraform" | "path" | "var" | "local", _) => {
                Fault::unknown(format!("{name} ← not known here"))
            }
            (kind, [TraversalOperator::GetAttr(name), rest @ ..]) => {
                self.resource_reference((kind.to_owned(), name.as_str()), rest, scope)
            }
            _ => Fault::unknown(format!("{name} ← not declared")),
        }
    }

    fn local(&self, name: &'a str, module: &Rc<Module<'a>>) -> Outcome {
        let hop = format!("local.{name}");
        let Some((source, expression)) = module.folder.locals.get(name).copied() else {
            return Fault::unknown(format!("{hop} ← not declared"));
        };
        let outcome = self.once(format!("{}{hop}", module.prefix), || {
            self.eval(expression, &Scope::new(Rc::clone(module), source))
        });
        named(outcome, &hop)
    }

    fn resource_reference(
        &self,
        key: (String, &'a str),
        path: &Path<'a>,
        scope: &Scope<'a>,
    ) -> Outcome {
        match scope.module.folder.resources.get(&key) {
            Some(declared) => {
                let target = Target::new((key.0, key.1), declared, Rc::clone(&scope.module));
                self.target_reference(&target, path, scope)
            }
            None => Fault::unknown(format!("{}.{} ← not declared", key.0, key.1)),
        }
    }

    /// Applies the operators of a path, one by one.
    pub(super) fn walk(&self, node: Node, path: &Path<'a>, scope: &Scope<'a>) -> Outcome {
        let Some((operator, rest)) = path.split_first() else {
            return Ok(node);
        };
        if matches!(node.value, Value::Unresolved(_)) {
            return Ok(node);
        }
        match operator {
            TraversalOperator::GetAttr(name) => {
                self.walk(attribute(&node, name.as_str())?, rest, scope)
            }
            TraversalOperator::Index(index) => {
                let index = self.eval(index, scope)?;
                self.walk(with_way(at(&node, &index)?, &index.origin), rest, scope)
            }
            TraversalOperator::LegacyIndex(index) => {
                let index = bare(Value::Number(*index.value() as f64));
                self.walk(at(&node, &index)?, rest, scope)
            }
            TraversalOperator::FullSplat(_) => self.splat(&node, rest, scope),
            TraversalOperator::AttrSplat(_) => {
                let is_attribute = |operator: &&TraversalOperator| {
                    matches!(operator, TraversalOperator::GetAttr(_))
                };
                let attributes = rest
                    .iter()
                    .take_while(|operator| is_attribute(operator))
                    .count();
                let (each, after) = rest.split_at(attributes);
                self.walk(self.splat(&node, each, scope)?, after, scope)
            }
        }
    }

    fn splat(&self, node: &Node, each: &Path<'a>, scope: &Scope<'a>) -> Outcome {
        let items = match &node.value {
            Value::Null => Vec::new(),
            Value::List(items) => items.clone(),
            _ => vec![node.clone()],
        };
        let walked: Outcome<Vec<Node>> = items
            .into_iter()
            .map(|item| self.bounded(|| self.walk(item, each, scope)))
            .collect();
        Ok(Node::new(Value::List(walked?), node.origin.clone()))
    }
}

/// The outcome of a name, with the name as its nearest hop.
pub(super) fn named(outcome: Outcome, hop: &str) -> Outcome {
    match outcome {
        Ok(node) => Ok(through(node, hop)),
        Err(Fault::Unknown(reason)) => Fault::unknown(format!("{hop} ← {reason}")),
        Err(Fault::Error(reason)) => Fault::error(format!("{hop} ← {reason}")),
    }
}

/// `.name` of a value.
pub(super) fn attribute(node: &Node, name: &str) -> Outcome {
    match &node.value {
        Value::Map(members) => match (member(members, name), member(members, ADDRESS)) {
            (Some(found), _) => Ok(inherit(found, node)),
            (None, Some(address)) => Ok(computed(&literal(address)?, name)),
            (None, None) => Fault::error(format!("there is no attribute `{name}`")),
        },
        Value::Text(_) => deeper(node, &format!(".{name}")),
        Value::Unresolved(reason) => Ok(unresolved(reason.clone())),
        _ => Fault::error(format!("this value has no attribute `{name}`")),
    }
}

/// `[index]` of a value.
pub(super) fn at(node: &Node, index: &Node) -> Outcome {
    match &node.value {
        Value::List(items) => {
            let position = number(index)?;
            let found = (position >= 0.0 && position.fract() == 0.0)
                .then(|| items.get(position as usize))
                .flatten();
            match found {
                Some(found) => Ok(inherit(found, node)),
                None => Fault::error(format!("there is no item {position}")),
            }
        }
        Value::Map(_) => attribute(node, &literal(index)?),
        Value::Text(_) => deeper(node, &format!("[{}]", literal(index)?)),
        Value::Unresolved(reason) => Ok(unresolved(reason.clone())),
        _ => Fault::error("this value cannot be indexed"),
    }
}

/// A part of an attribute that is known after apply only: `aws_db_instance.x.master_user_secret[0].secret_arn`.
fn deeper(node: &Node, step: &str) -> Outcome {
    match &node.value {
        Value::Text(pieces) => match pieces.as_slice() {
            [Piece::Reference(address, attribute)] => {
                Ok(computed(address, &format!("{attribute}{step}")))
            }
            [Piece::Unresolved(reason)] => Ok(unresolved(reason.clone())),
            _ => Fault::error(format!("a text has no `{step}`")),
        },
        _ => Fault::error(format!("this value has no `{step}`")),
    }
}

/// An attribute that only the provider knows.
pub(super) fn computed(address: &str, attribute: &str) -> Node {
    bare(Value::Text(vec![Piece::Reference(
        address.to_owned(),
        attribute.to_owned(),
    )]))
}

/// A part of a value came the way of the whole.
fn inherit(part: &Node, whole: &Node) -> Node {
    let mut part = part.clone();
    join_ways(&mut part.origin, &whole.origin);
    part
}
