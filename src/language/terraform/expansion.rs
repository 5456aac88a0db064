//! Expands `count` and `for_each` of a block into instances, each with its own scope.

use std::rc::Rc;

use super::json_text::sorted;
use super::module::{ENABLED, Expansion, InstanceKey};
use super::scope::{Frame, Scope, instance_name};
use super::values::{
    EvaluationFault, Outcome, as_reference, error, index, not_yet, plain, reason, rest, truth,
    unknown,
};
use crate::domain::evidence::Origin;
use crate::language::hcl::{Block, HclAttribute};
use crate::language::provenance::absorb;
use crate::language::resource::{Node, Value};

/// The maximum number of instances of one block: AWS allows 20 proxies per account, and a report on thousands is
/// unreadable.
const MAX_INSTANCES: usize = 2_000;

impl Scope<'_> {
    /// Returns the instances of a block of this folder, by its name there.
    pub(super) fn expansion(&self, name: &str, block: &Block) -> Rc<Expansion> {
        let known = (self.module, name.to_owned());
        if let Some(expansion) = self.evaluator.expansions.borrow().get(&known) {
            return Rc::clone(expansion);
        }
        let step = format!("{name} (how many there are)");
        let expansion = self
            .evaluator
            .budget
            .resolve(self.module, &step, || self.expand(block))
            .unwrap_or_else(|reason| Expansion::any("for_each", reason));
        let expansion = Rc::new(expansion);
        self.evaluator
            .expansions
            .borrow_mut()
            .insert(known, Rc::clone(&expansion));
        expansion
    }

    fn expand(&self, block: &Block) -> Expansion {
        let own = Self::new(self.evaluator, self.module);
        if let Some(attribute) = block.attribute("for_each") {
            let node = own.value_of(attribute);
            return keys(&node).map_or_else(
                |fault| Expansion::failed("for_each", fault),
                |keys| Expansion {
                    keys,
                    single: false,
                    list: false,
                    unknown: None,
                },
            );
        }
        if let Some(attribute) = block.attribute("count") {
            let node = own.value_of(attribute);
            return numbers(&node).map_or_else(
                |fault| Expansion::failed("count", fault),
                |keys| Expansion {
                    keys,
                    single: false,
                    list: true,
                    unknown: None,
                },
            );
        }
        match enabled(block).map(|attribute| own.value_of(attribute)) {
            Some(node) => Expansion::enabled(truth(&node.value)),
            None => Expansion::enabled(Ok(true)),
        }
    }

    /// Runs a function in the scope of an instance.
    pub(super) fn keyed<T>(&self, key: &InstanceKey, work: impl FnOnce(&Scope<'_>) -> T) -> T {
        let Some((name, node)) = instance_name(key, &Origin::default()) else {
            return work(self);
        };
        let frame = Frame {
            name,
            node,
            above: self.frame,
        };
        work(&self.with(&frame))
    }
}

/// Returns the `enabled` argument of a resource or module.
/// Source: OpenTofu, "The enabled Meta-Argument" (since 1.11).
pub(super) fn enabled(block: &Block) -> Option<&HclAttribute> {
    let mut lifecycle = block.blocks_of("lifecycle");
    lifecycle.find_map(|block| block.attribute(ENABLED))
}

impl Expansion {
    /// One instance or none, which is referenced without a key.
    fn enabled(is_enabled: Outcome<bool>) -> Self {
        let (keys, unknown) = match is_enabled {
            Ok(true) => (vec![InstanceKey::Only], None),
            Ok(false) => (Vec::new(), None),
            Err(fault) => {
                let reason = fault.reason();
                (
                    vec![InstanceKey::Any(ENABLED, reason.clone())],
                    Some(reason),
                )
            }
        };
        Self {
            keys,
            single: true,
            list: false,
            unknown,
        }
    }

    fn any(argument: &'static str, reason: String) -> Self {
        Self {
            keys: vec![InstanceKey::Any(argument, reason.clone())],
            single: false,
            list: argument == "count",
            unknown: Some(reason),
        }
    }

    fn failed(argument: &'static str, fault: EvaluationFault) -> Self {
        let (EvaluationFault::Error(reason) | EvaluationFault::Unknown(reason)) = fault;
        Self::any(argument, reason)
    }
}

/// Returns the keys of `for_each`: the keys of a map, or the strings of a set.
fn keys(node: &Node) -> Outcome<Vec<InstanceKey>> {
    // The origin of each value includes that of the collection.
    let on_its_way = |item: &Node| {
        let mut item = item.clone();
        absorb(&mut item.origin, &node.origin);
        Box::new(item)
    };
    let keys: Vec<InstanceKey> = match &node.value {
        Value::Map(members) if rest(members).is_some() => {
            return unknown(rest(members).unwrap_or_default());
        }
        Value::Map(members) => sorted(members)
            .into_iter()
            .map(|(key, node)| InstanceKey::Text(key.clone(), on_its_way(node)))
            .collect(),
        Value::List(items) => items
            .iter()
            .map(|item| Ok(InstanceKey::Text(plain(&item.value)?, on_its_way(item))))
            .collect::<Outcome<_>>()?,
        value if as_reference(value).is_some() || reason(value).is_some() => {
            return unknown(not_yet(value));
        }
        _ => return error("for_each takes a map or a set of texts"),
    };
    bounded(keys)
}

fn numbers(node: &Node) -> Outcome<Vec<InstanceKey>> {
    let number = index(&node.value)?;
    match usize::try_from(number) {
        Ok(number) if number <= MAX_INSTANCES => Ok((0..number).map(InstanceKey::Index).collect()),
        Ok(_) => bounded(vec![InstanceKey::Only; MAX_INSTANCES + 1]),
        Err(_) => error("count is negative"),
    }
}

fn bounded(keys: Vec<InstanceKey>) -> Outcome<Vec<InstanceKey>> {
    if keys.len() > MAX_INSTANCES {
        unknown("there are more instances than are followed")
    } else {
        Ok(keys)
    }
}
