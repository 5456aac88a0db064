//! Resolves `var.`, `local.`, `module.` and resources. Each is evaluated once, on first use.

use std::rc::Rc;

use super::constraint::Constraint;
use super::downloaded;
use super::inputs::GivenValue;
use super::module::{Expansion, InstanceKey, ResourceInstance};
use super::scope::Scope;
use super::terragrunt::unit;
use super::values::{EvaluationFault, plain, reference, through, weight};
use crate::domain::evidence::Origin;
use crate::language::budget::short;
use crate::language::hcl::Block;
use crate::language::provenance::unresolved;
use crate::language::resource::{Node, Piece, VEILED, Value};

impl Scope<'_> {
    /// Evaluates a named value once and detects cycles.
    pub(super) fn once(&self, name: &str, work: impl FnOnce() -> Node) -> Rc<Node> {
        let key = (self.module, name.to_owned());
        if let Some(node) = self.evaluator.values.borrow().get(&key) {
            return Rc::clone(node);
        }
        let node = self
            .evaluator
            .budget
            .resolve(self.module, name, work)
            .unwrap_or_else(|reason| {
                let reason = reason.strip_prefix(name).unwrap_or(&reason);
                unresolved(reason.trim_start(), Origin::default())
            });
        let node = if self.evaluator.keep(weight(&node.value)) {
            node
        } else {
            unresolved("there are more values than are followed", node.origin)
        };
        let node = Rc::new(node);
        self.evaluator
            .values
            .borrow_mut()
            .insert(key, Rc::clone(&node));
        node
    }

    pub(super) fn variable(&self, name: &str) -> Rc<Node> {
        self.once(&format!("var.{name}"), || self.variable_value(name))
    }

    fn variable_value(&self, name: &str) -> Node {
        let missing = |reason: &str| unresolved(reason, Origin::default());
        let Some(block) = self.folder().and_then(|folder| folder.variables.get(name)) else {
            return missing("not declared");
        };
        let own = Self::new(self.evaluator, self.module);
        let constraint = block
            .attribute("type")
            .map_or(Constraint::Any, |attribute| {
                Constraint::new(&attribute.value)
            });
        let given = own
            .given(name, &constraint)
            .filter(|node| node.value != Value::Null || !is(block, "nullable", false));
        let step = format!("var.{name}");
        let node = match (given, block.attribute("default")) {
            (Some(node), _) => node,
            (None, Some(default)) => {
                let root = self.evaluator.call(self.module).is_none();
                let own = Scope {
                    default_of: root.then_some(step.as_str()),
                    ..own
                };
                own.value_of(default)
            }
            (None, None) => {
                return missing(&match self.module {
                    0 => self.evaluator.inputs.no_value(name),
                    _ => "no value".to_owned(),
                });
            }
        };
        let origin = node.origin.clone();
        let node = constraint
            .convert(&own, node)
            .unwrap_or_else(|fault| match fault {
                EvaluationFault::Error(reason) | EvaluationFault::Unknown(reason) => {
                    unresolved(reason, origin)
                }
            });
        if is(block, "sensitive", true) {
            veiled(node)
        } else {
            node
        }
    }

    /// Returns the value that the calling module, the command line, a variable file or Terragrunt gives to a variable.
    fn given(&self, name: &str, constraint: &Constraint<'_>) -> Option<Node> {
        if let Some((caller, call)) = self.evaluator.call(self.module) {
            let scope = Self::new(self.evaluator, caller.module);
            let valued = |argument| scope.keyed(&caller.key, |scope| scope.value_of(argument));
            let is_unit = caller.name == unit::UNIT;
            let node = if is_unit {
                self.evaluator.unit_input(name)?
            } else {
                valued(call.attribute(name)?)
            };
            let module = self.evaluator.module(self.module)?;
            let step = if is_unit {
                format!("inputs.{name}")
            } else {
                format!("{}{name}", module.prefix)
            };
            let place = at(&node.origin);
            // Inputs of a built-in or downloaded module are reported at the call itself.
            let is_told = self
                .folder()
                .is_some_and(|folder| downloaded::is_out_of_hand(&folder.path));
            let node = if is_told { node } else { from(node) };
            return Some(through(&step, place, node));
        }
        let inputs = &self.evaluator.inputs;
        match (inputs.given.get(name), &inputs.unknown) {
            (Some(GivenValue::Text(text)), _) => Some(self.typed_in(name, text, constraint)),
            (_, Some((reason, origin))) => Some(unresolved(reason.as_str(), origin.clone())),
            (Some(GivenValue::Attribute(attribute)), None) => Some(from(self.value_of(attribute))),
            // Terragrunt passes its inputs through the environment, and every file takes precedence over it.
            (None, None) => self.evaluator.unit_input(name).filter(|_| self.module == 0),
        }
    }

    /// Evaluates a value from the command line.
    fn typed_in(&self, name: &str, text: &str, constraint: &Constraint<'_>) -> Node {
        let origin = Origin::document(format!("-var {}", short(name)));
        if let Constraint::Text | Constraint::Any = constraint {
            return Node::new(Value::text(text), origin);
        }
        let parsed = crate::language::hcl::expression(text);
        match parsed {
            Ok(expression) => {
                let scope = Self {
                    spans: false,
                    spot: crate::language::hcl::Spot {
                        file: usize::MAX,
                        offset: 0,
                    },
                    ..*self
                };
                Node::new(scope.settle(&expression).value, origin)
            }
            Err(error) => unresolved(
                format!("the value cannot be read: {}", error.message),
                origin,
            ),
        }
    }

    pub(super) fn local(&self, name: &str) -> Rc<Node> {
        self.once(&format!("local.{name}"), || {
            match self.folder().and_then(|folder| folder.locals.get(name)) {
                Some(attribute) => Self::new(self.evaluator, self.module).value_of(attribute),
                None => unresolved("not declared", Origin::default()),
            }
        })
    }

    /// Returns a reference to a called module. It stays a reference until an output is used, so that modules may depend
    /// on each other's outputs without a cycle.
    pub(super) fn called(&self, name: &str, place: Origin) -> Node {
        let Some(block) = self.folder().and_then(|folder| folder.calls.get(name)) else {
            return unresolved(format!("module.{} ← not declared", short(name)), place);
        };
        self.all(&format!("module.{name}"), block, place)
    }

    /// Evaluates an output of this module.
    pub(super) fn output(&self, name: &str) -> Rc<Node> {
        self.once(&format!("output.{name}"), || {
            let output = self.folder().and_then(|folder| folder.outputs.get(name));
            match output.and_then(|block| block.attribute("value")) {
                Some(value) => Self::new(self.evaluator, self.module).value_of(value),
                None => unresolved("not declared", Origin::default()),
            }
        })
    }

    /// Returns all instances of a resource: a single one, a list, or a map by key.
    pub(super) fn resources(&self, name: &str, place: Origin) -> Node {
        let block = self.folder().and_then(|folder| folder.resources.get(name));
        let Some(block) = block else {
            return unresolved(format!("{} ← not declared", short(name)), place);
        };
        self.all(name, block, place)
    }

    fn all(&self, name: &str, block: &Block, place: Origin) -> Node {
        let expansion = self.expansion(name, block);
        let node = |key: &InstanceKey| {
            let address = self.instance(name, key);
            Node::new(reference(&address, ""), place.clone())
        };
        collection(&expansion, node, place.clone())
    }

    /// Registers an instance and returns its address.
    pub(super) fn instance(&self, name: &str, key: &InstanceKey) -> String {
        let prefix = self
            .evaluator
            .module(self.module)
            .map(|module| module.prefix.clone())
            .unwrap_or_default();
        let address = format!("{prefix}{name}{}", key.suffix());
        let instance = ResourceInstance {
            module: self.module,
            resource: name.to_owned(),
            key: key.clone(),
        };
        self.evaluator
            .instances
            .borrow_mut()
            .insert(address.clone(), instance);
        address
    }
}

/// Combines the instances of a block into one value.
fn collection(expansion: &Expansion, node: impl Fn(&InstanceKey) -> Node, origin: Origin) -> Node {
    if expansion.single || expansion.unknown.is_some() {
        return match expansion.keys.first() {
            Some(key) => node(key),
            None => Node::new(Value::Null, origin),
        };
    }
    let value = if expansion.list {
        Value::List(expansion.keys.iter().map(&node).collect())
    } else {
        Value::Map(
            expansion
                .keys
                .iter()
                .filter_map(|key| match key {
                    InstanceKey::Text(name, _) => Some((name.clone(), node(key))),
                    InstanceKey::Only | InstanceKey::Index(_) | InstanceKey::Any(..) => None,
                })
                .collect(),
        )
    };
    Node::new(value, origin)
}

/// Hides a sensitive value except for bools, nulls and identifiers of resources.
fn veiled(node: Node) -> Node {
    let value = match node.value {
        Value::List(items) => Value::List(items.into_iter().map(veiled).collect()),
        Value::Map(members) => Value::Map(
            members
                .into_iter()
                .map(|(name, member)| (name, veiled(member)))
                .collect(),
        ),
        Value::Text(pieces) if !names_a_thing(&pieces) => {
            hidden(&Value::Text(pieces), &node.origin)
        }
        Value::Number(number) => hidden(&Value::Number(number), &node.origin),
        seen => seen,
    };
    Node::new(value, node.origin)
}

/// Returns an unresolved value. Its reason only shows if the whole value is written in a file.
fn hidden(value: &Value, origin: &Origin) -> Value {
    let is_written = plain(value).is_ok_and(|text| !text.is_empty());
    let reason = if is_written && origin.line > 0 {
        VEILED
    } else {
        "sensitive, so that it is not looked at"
    };
    Value::Unresolved(reason.to_owned())
}

/// Returns true for an ARN, or for a reference without further text.
fn names_a_thing(pieces: &[Piece]) -> bool {
    match pieces {
        [Piece::Reference(..) | Piece::ProxyId(_)] => true,
        [Piece::Text(text), ..] => text.starts_with("arn:"),
        _ => false,
    }
}

/// Appends the place of a value to its path, if the value comes directly from there.
fn from(mut node: Node) -> Node {
    if node.origin.via.is_empty() && node.origin.line > 0 {
        let place = format!("{}:{}", node.origin.file, node.origin.line);
        node.origin.via.push(place);
    }
    node
}

/// Returns the place without the path.
fn at(origin: &Origin) -> Origin {
    Origin::at(origin.file.as_str(), origin.line, origin.column)
}

/// Returns true if an argument is literally this bool.
fn is(block: &Block, name: &str, wanted: bool) -> bool {
    block
        .attribute(name)
        .and_then(|attribute| attribute.value.as_bool())
        == Some(wanted)
}
