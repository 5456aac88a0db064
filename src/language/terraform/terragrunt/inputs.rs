//! The value that a unit gives to a variable, merged from its own inputs and those of included configurations.

use super::super::evaluate::Members;
use super::super::scope::Scope;
use super::{Include, MergeStrategy};
use crate::domain::evidence::Origin;
use crate::language::provenance::unresolved;
use crate::language::resource::{Node, Value};
use crate::language::terraform::evaluator::Evaluator;

/// Arguments of `extra_arguments` that can override an input.
///
/// Source: Terragrunt documentation, "terraform", `extra_arguments`.
const MORE_VALUES: [&str; 4] = [
    "required_var_files",
    "optional_var_files",
    "arguments",
    "env_vars",
];

/// Strings that show that such an argument overrides an input.
const WORDS: [&str; 3] = ["-var", "TF_VAR_", "TF_CLI_ARGS"];

impl Evaluator<'_> {
    /// Returns the value that the unit gives to a variable; `None` if the unit and all its includes are known not to
    /// set it.
    pub(in crate::language::terraform) fn unit_input(&self, name: &str) -> Option<Node> {
        let scope = Scope::new(self, self.unit()?);
        let mut merged = scope.own_input(name);
        for include in scope.includes().into_iter().rev() {
            if include.merge == MergeStrategy::Not {
                continue;
            }
            let is_settled = include.merge == MergeStrategy::Shallow && merged.is_some();
            if is_settled || merged.as_ref().is_some_and(is_no_collection) {
                continue;
            }
            let below = scope.input_of(&include, name);
            merged = match (merged, below) {
                (Some(over), Some(base)) => Some(deep(base, over, include.merge)),
                (one, other) => one.or(other),
            };
        }
        scope.more_values().or(merged)
    }

    /// Evaluates all inputs, so that every file they need is requested.
    pub(in crate::language::terraform) fn look_for_inputs(&self) {
        let unit = self.unit().into_iter();
        let includes = unit
            .clone()
            .flat_map(|unit| Scope::new(self, unit).includes());
        for module in unit.chain(includes.filter_map(|include| include.module.ok())) {
            Scope::new(self, module).own_input("");
        }
    }
}

impl Scope<'_> {
    fn own_input(&self, name: &str) -> Option<Node> {
        let inputs = self.config_block()?.attribute("inputs")?;
        let inputs = self.once("inputs", || self.value_of(inputs));
        match &inputs.value {
            Value::Map(_) => inputs.get(name).cloned(),
            Value::Null => None,
            _ => Some(inputs.as_ref().clone()),
        }
    }

    fn input_of(&self, include: &Include<'_>, name: &str) -> Option<Node> {
        match &include.module {
            Ok(module) => {
                let scope = Scope::new(self.evaluator, *module);
                scope.more_values().or_else(|| scope.own_input(name))
            }
            Err(reason) => {
                let reason = format!("the configuration that is included may give it: {reason}");
                Some(unresolved(
                    reason,
                    self.evaluator.files.origin(include.block.spot),
                ))
            }
        }
    }

    /// Returns an unresolved value if `extra_arguments` pass variable files or values to Terraform, which may override
    /// any input.
    fn more_values(&self) -> Option<Node> {
        let blocks = self.config_block()?.blocks_of("terraform");
        let mut extra = blocks.flat_map(|block| block.blocks_of("extra_arguments"));
        let found = extra.find_map(|block| {
            let mut given = MORE_VALUES.iter().filter_map(|name| block.attribute(name));
            given.find(|one| {
                one.name.ends_with("_var_files") || {
                    let text = one.value.to_string();
                    WORDS.iter().any(|word| text.contains(word))
                }
            })
        })?;
        let reason = "`extra_arguments` may give it, which is not followed";
        Some(unresolved(reason, self.evaluator.files.origin(found.spot)))
    }
}

fn is_no_collection(node: &Node) -> bool {
    !matches!(node.value, Value::Map(_) | Value::List(_))
}

/// Merges two values.
/// Source: Terragrunt documentation, `include`: "deep" merges maps by member and appends lists.
fn deep(base: Node, over: Node, merge: MergeStrategy) -> Node {
    let origin: Origin = over.origin.clone();
    let value = match (base.value, over.value) {
        (Value::Map(base), Value::Map(over)) => {
            let mut members: Members = base.into_iter().collect();
            for (name, node) in over {
                let merged = match members.shift_remove(&name) {
                    Some(base) => deep(base, node, merge),
                    None => node,
                };
                members.insert(name, merged);
            }
            Value::Map(members.into_iter().collect())
        }
        (Value::List(mut base), Value::List(over)) if merge == MergeStrategy::Deep => {
            base.extend(over);
            Value::List(base)
        }
        // The base may or may not be a collection, so the merged value is unknown.
        (Value::Unresolved(reason), Value::Map(_) | Value::List(_)) => Value::Unresolved(reason),
        (_, over) => over,
    };
    Node::new(value, origin)
}
