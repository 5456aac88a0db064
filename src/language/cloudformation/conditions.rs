//! Conditions in three-valued logic: a condition that cannot be decided is neither true nor false.

use super::evaluate::{FunctionCall, StackScope, call};
use crate::domain::evidence::Origin;
use crate::language::budget::short;
use crate::language::partial_string;
use crate::language::provenance::absorb;
use crate::language::resource::{Node, Piece, Value};
use crate::language::yaml::Tree;

/// The truth value of a condition.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Truth {
    Holds,
    Fails,
    Unknown(String),
}

/// A truth value, and the steps that led to it.
#[derive(Clone, Debug)]
pub(super) struct DecidedTruth {
    pub(super) truth: Truth,
    pub(super) way: Origin,
}

impl DecidedTruth {
    fn unknown(reason: impl Into<String>) -> Self {
        Self {
            truth: Truth::Unknown(reason.into()),
            way: Origin::default(),
        }
    }

    /// Makes the value of the condition; its steps are added to those of the place.
    pub(super) fn into_node(self, mut origin: Origin) -> Node {
        absorb(&mut origin, &self.way);
        let value = match self.truth {
            Truth::Holds => Value::Bool(true),
            Truth::Fails => Value::Bool(false),
            Truth::Unknown(reason) => Value::Unresolved(reason),
        };
        Node::new(value, origin)
    }
}

impl StackScope<'_> {
    /// False for a nested stack that a condition certainly excludes, together with everything in it.
    pub(super) fn is_deployed(&self) -> bool {
        let Some((parent, call)) = &self.stack().parent else {
            return true;
        };
        let above = self.elsewhere(*parent);
        let condition = above
            .template()
            .member("Resources", call)
            .and_then(|resource| resource.get("Condition")?.scalar());
        condition.is_none_or(|name| above.condition(name).truth != Truth::Fails)
            && above.is_deployed()
    }

    /// The steps that led to the condition which excludes this stack, or a stack that contains it.
    pub(super) fn failing_condition(&self) -> Option<Origin> {
        let (parent, call) = self.stack().parent.as_ref()?;
        let above = self.elsewhere(*parent);
        let resource = above.template().member("Resources", call)?;
        let name = resource.get("Condition").and_then(Tree::scalar);
        let verdict = name.map(|name| above.condition(name));
        match verdict {
            Some(verdict) if verdict.truth == Truth::Fails => Some(verdict.way),
            _ => above.failing_condition(),
        }
    }

    /// Evaluates the condition of this name.
    pub(super) fn condition(&self, name: &str) -> DecidedTruth {
        let Some(tree) = self.template().member("Conditions", name) else {
            return DecidedTruth::unknown(format!("there is no condition {}", short(name)));
        };
        let subject = format!("condition {}", short(name));
        self.estate
            .budget
            .resolve(self.stack, &subject, || self.truth(tree))
            .unwrap_or_else(DecidedTruth::unknown)
    }

    fn truth(&self, tree: &Tree) -> DecidedTruth {
        if let [(key, name)] = tree.members()
            && tree.tag.is_none()
            && key.text == "Condition"
        {
            return self.named(name);
        }
        self.estate
            .budget
            .deeper(|| match call(tree) {
                Some(call) => self.truth_of(&call),
                None => DecidedTruth::unknown("a condition must be a function"),
            })
            .unwrap_or_else(DecidedTruth::unknown)
    }

    /// Evaluates a function that is a condition.
    pub(super) fn truth_of(&self, call: &FunctionCall<'_>) -> DecidedTruth {
        let items = call.argument.items();
        match (call.name, items) {
            ("Condition", _) => self.named(call.argument.tree),
            ("Equals", [one, other]) => self.equal(one, other),
            ("Not", [inner]) => negated(self.truth(inner)),
            ("And", _) => self.decided_by(items, &Truth::Fails, Truth::Holds),
            ("Or", _) => self.decided_by(items, &Truth::Holds, Truth::Fails),
            (name, _) => DecidedTruth::unknown(format!("Fn::{} is no condition", short(name))),
        }
    }

    fn named(&self, name: &Tree) -> DecidedTruth {
        match name.scalar() {
            Some(name) => self.condition(name),
            None => DecidedTruth::unknown("`Condition` takes the name of a condition"),
        }
    }

    fn equal(&self, one: &Tree, other: &Tree) -> DecidedTruth {
        let [one, other] = [one, other].map(|side| self.placed(self.eval(side)));
        let mut way = Origin::default();
        absorb(&mut way, &one.origin);
        absorb(&mut way, &other.origin);
        DecidedTruth {
            truth: compare(&one.value, &other.value),
            way,
        }
    }

    /// Combines parts: one `decisive` part settles the result; otherwise every part must be known.
    fn decided_by(&self, parts: &[Tree], decisive: &Truth, otherwise: Truth) -> DecidedTruth {
        let mut result = DecidedTruth {
            truth: otherwise,
            way: Origin::default(),
        };
        for part in parts {
            let verdict = self.truth(part);
            if verdict.truth == *decisive {
                return verdict;
            }
            absorb(&mut result.way, &verdict.way);
            if matches!(verdict.truth, Truth::Unknown(_)) {
                result.truth = verdict.truth;
            }
        }
        result
    }
}

fn negated(verdict: DecidedTruth) -> DecidedTruth {
    DecidedTruth {
        truth: match verdict.truth {
            Truth::Holds => Truth::Fails,
            Truth::Fails => Truth::Holds,
            Truth::Unknown(reason) => Truth::Unknown(reason),
        },
        way: verdict.way,
    }
}

fn compare(one: &Value, other: &Value) -> Truth {
    let unknown = [one, other].into_iter().find_map(reason_of);
    match (
        partial_string::plain(one),
        partial_string::plain(other),
        unknown,
    ) {
        (Some(one), Some(other), _) if one == other => Truth::Holds,
        (Some(_), Some(_), _) => Truth::Fails,
        (_, _, Some(reason)) => Truth::Unknown(reason),
        (_, _, None) if one == other => Truth::Holds,
        _ => Truth::Unknown("compares what is known only once it is deployed".to_owned()),
    }
}

fn reason_of(value: &Value) -> Option<String> {
    match value {
        Value::Unresolved(reason) => Some(reason.clone()),
        Value::Text(pieces) => pieces.iter().find_map(|piece| match piece {
            Piece::Unresolved(reason) => Some(reason.clone()),
            Piece::Text(_) | Piece::Reference(..) | Piece::Pseudo(_) | Piece::ProxyId(_) => None,
        }),
        Value::List(items) => items.iter().find_map(|item| reason_of(&item.value)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Map(_) => None,
    }
}
