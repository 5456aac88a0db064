//! Moves the places of a built-in module's resources to the call of the module.

use crate::domain::evidence::Origin;
use crate::language::hcl::Block;
use crate::language::resource::{Node, Piece, Resource, Value};
use crate::language::terraform::downloaded::is_out_of_hand;
use crate::language::terraform::scope::Scope;
impl Scope<'_> {
    /// Moves the places of a resource to the call: to an input if it gives the value, otherwise to the header of the
    /// call. If the call is itself in a built-in or downloaded module, the places move on to its caller.
    pub(in crate::language::terraform) fn in_caller(&self, mut resource: Resource) -> Resource {
        let Some((caller, call)) = self.evaluator.call(self.module) else {
            return resource;
        };
        let above = Self::new(self.evaluator, caller.module);
        let place = ModuleCall {
            header: self.evaluator.files.origin(call.spot),
            name: caller.name,
            block: call,
            above,
        };
        resource.origin = place.header.clone();
        place.tell(&mut resource.body);
        if is_out_of_hand(&resource.origin.file) {
            above.in_caller(resource)
        } else {
            resource
        }
    }
}

/// A call of a module, used as the place of the module's resources.
struct ModuleCall<'c> {
    header: Origin,
    name: String,
    block: &'c Block,
    above: Scope<'c>,
}

impl ModuleCall<'_> {
    fn tell(&self, node: &mut Node) {
        if is_out_of_hand(&node.origin.file) {
            node.origin = self.place(&node.origin);
        }
        self.known_steps(&mut node.origin.via);
        match &mut node.value {
            Value::Unresolved(reason) => *reason = self.known_reason(reason),
            Value::Text(pieces) => pieces.iter_mut().for_each(|piece| {
                if let Piece::Unresolved(reason) = piece {
                    *reason = self.known_reason(reason);
                }
            }),
            Value::List(items) => items.iter_mut().for_each(|item| self.tell(item)),
            Value::Map(members) => members.iter_mut().for_each(|(_, member)| self.tell(member)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// Returns the place of the first input that contributes to the value; the header of the call if there is none.
    fn place(&self, origin: &Origin) -> Origin {
        let mut inputs = origin
            .via
            .iter()
            .filter_map(|step| step.strip_prefix("var.")?.split(['.', '[']).next());
        match inputs.find_map(|name| self.block.attribute(name)) {
            Some(input) => Origin {
                via: origin.via.clone(),
                default_of: origin.default_of.clone(),
                ..self.above.at(input).origin(&input.value)
            },
            None => Origin {
                via: origin.via.clone(),
                ..self.header.clone()
            },
        }
    }

    /// Keeps the steps that the caller knows: those after the input of this call.
    fn known_steps(&self, via: &mut Vec<String>) {
        match via.iter().rposition(|step| self.is_input(step)) {
            Some(at) => drop(via.drain(..=at)),
            None => via.clear(),
        }
    }

    fn is_input(&self, step: &str) -> bool {
        step.split('.')
            .rev()
            .nth(1)
            .is_some_and(|call| call.split('[').next() == Some(self.name.as_str()))
            && step.contains("module.")
    }

    /// Returns the reason from the caller's point of view. A reason that begins with a variable or local value of a
    /// built-in module becomes a general one, because these names exist in this tool only.
    fn known_reason(&self, reason: &str) -> String {
        let steps: Vec<&str> = reason.split(" ← ").collect();
        let is_own = |step: &&str| step.starts_with("local.") || step.starts_with("var.");
        match steps.iter().rposition(|step| self.is_input(step)) {
            Some(at) if at + 1 < steps.len() => steps[at + 1..].join(" ← "),
            None if steps.first().is_some_and(is_own) => {
                format!("what the module {} makes of it is not known", self.name)
            }
            Some(_) | None => reason.to_owned(),
        }
    }
}
