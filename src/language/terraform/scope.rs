//! The scope of an expression: its module, its file, and the temporary names.

use hcl_edit::Span;
use hcl_edit::expr::Expression;

use super::evaluator::Evaluator;
use super::folder::Folder;
use super::module;
use super::module::InstanceKey;
use super::values::{EvaluationFault, Outcome};
use crate::domain::evidence::Origin;
use crate::language::hcl::{HclAttribute, Spot};
use crate::language::provenance::unresolved;
use crate::language::resource::{Node, Value};

/// The scope in which an expression is evaluated.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope<'s> {
    pub(super) evaluator: &'s Evaluator<'s>,
    pub(super) module: usize,
    /// The position of the attribute that contains the expression.
    pub(super) spot: Spot,
    /// False if the spans of expressions are not offsets in the file.
    pub(super) spans: bool,
    pub(super) frame: Option<&'s Frame<'s>>,
    /// The root variable whose default value contains the expression.
    pub(super) default_of: Option<&'s str>,
}

/// A temporary name: from a `for`, a `dynamic` block, `each` or `count`.
#[derive(Debug)]
pub(super) struct Frame<'s> {
    pub(super) name: &'s str,
    pub(super) node: Node,
    pub(super) above: Option<&'s Self>,
}

impl<'s> Scope<'s> {
    pub(super) fn new(evaluator: &'s Evaluator<'s>, module: usize) -> Self {
        Self {
            evaluator,
            module,
            spot: Spot::default(),
            spans: true,
            frame: None,
            default_of: None,
        }
    }

    pub(super) fn folder(&self) -> Option<&'s Folder> {
        self.evaluator.folder(self.module)
    }

    /// Returns this scope with one more name.
    pub(super) fn with(&self, frame: &'s Frame<'s>) -> Self {
        Self {
            frame: Some(frame),
            ..*self
        }
    }

    /// Returns the value of a temporary name.
    pub(super) fn named(&self, name: &str) -> Option<&'s Node> {
        let mut frame = self.frame;
        while let Some(one) = frame {
            if one.name == name {
                return Some(&one.node);
            }
            frame = one.above;
        }
        None
    }

    /// Returns the place of an expression.
    pub(super) fn origin(&self, expression: &Expression) -> Origin {
        let span = expression.span().filter(|_| self.spans);
        self.origin_at(span.map(|span| span.start))
    }

    pub(super) fn origin_at(&self, offset: Option<usize>) -> Origin {
        let spot = Spot {
            file: self.spot.file,
            offset: offset.unwrap_or(self.spot.offset),
        };
        let mut origin = self.evaluator.files.origin(spot);
        origin.default_of = self.default_of.map(str::to_owned);
        origin
    }

    /// Returns the scope of an attribute.
    pub(super) fn at(&self, attribute: &HclAttribute) -> Self {
        Self {
            spot: attribute.spot,
            spans: attribute.spans,
            ..*self
        }
    }

    /// Evaluates an attribute; an expression that Terraform would refuse is unresolved.
    pub(super) fn value_of(&self, attribute: &HclAttribute) -> Node {
        self.at(attribute).settle(&attribute.value)
    }

    /// Evaluates an expression; an error becomes an unresolved value.
    pub(super) fn settle(&self, expression: &Expression) -> Node {
        self.eval(expression).unwrap_or_else(|fault| {
            let (EvaluationFault::Error(reason) | EvaluationFault::Unknown(reason)) = fault;
            unresolved(reason, self.origin(expression))
        })
    }

    /// Evaluates an expression; an error is the reason why Terraform would refuse it.
    pub(super) fn eval(&self, expression: &Expression) -> Outcome {
        let outcome = self
            .evaluator
            .budget
            .deeper(|| self.eval_within(expression))
            .unwrap_or_else(super::values::unknown);
        match outcome {
            Err(EvaluationFault::Unknown(reason)) => {
                Ok(unresolved(reason, self.origin(expression)))
            }
            outcome => outcome,
        }
    }
}

/// Returns the name `each` or `count` of an instance, with its members.
pub(super) fn instance_name(key: &InstanceKey, origin: &Origin) -> Option<(&'static str, Node)> {
    let node = |value| Node::new(value, origin.clone());
    let unresolved =
        |what: &str, reason: &str| node(Value::Unresolved(format!("{what} ← {reason}")));
    let (name, members) = match key {
        InstanceKey::Only | InstanceKey::Any(module::ENABLED, _) => return None,
        InstanceKey::Index(index) => (
            "count",
            vec![("index".to_owned(), node(super::values::count(*index)))],
        ),
        InstanceKey::Text(key, value) => (
            "each",
            vec![
                ("key".to_owned(), node(Value::text(key.as_str()))),
                ("value".to_owned(), value.as_ref().clone()),
            ],
        ),
        InstanceKey::Any("count", reason) => (
            "count",
            vec![("index".to_owned(), unresolved("count.index", reason))],
        ),
        InstanceKey::Any(_, reason) => (
            "each",
            vec![
                ("key".to_owned(), unresolved("each.key", reason)),
                ("value".to_owned(), unresolved("each.value", reason)),
            ],
        ),
    };
    Some((name, node(Value::Map(members))))
}
