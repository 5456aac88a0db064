//! Names that exist only in Terragrunt configurations: `include.root.locals.x`, `dependency.net.outputs.id`.

use super::super::scope::Scope;
use super::super::values::{Outcome, unknown};
use crate::domain::evidence::Origin;
use crate::language::budget::short;
use crate::language::provenance::unresolved;
use crate::language::resource::{Node, Value};

impl Scope<'_> {
    /// Returns the value of such a name and the number of following names that belong to it; `None` for any other name.
    pub(in crate::language::terraform) fn name_of_unit(
        &self,
        head: &str,
        next: Option<&str>,
    ) -> Option<Outcome<(Node, usize)>> {
        self.config()?;
        let next_name = short(next.unwrap_or_default());
        match head {
            "include" => Some(self.include_named(next)),
            "dependency" => Some(unknown(format!(
                "what dependency.{next_name} puts out is not read"
            ))),
            "values" | "feature" | "unit" | "stack" => Some(unknown(format!(
                "{head}.{next_name} is known only where it is run"
            ))),
            _ => None,
        }
    }

    fn include_named(&self, next: Option<&str>) -> Outcome<(Node, usize)> {
        let includes = self.includes();
        let labelled = includes.iter().find(|one| Some(one.name) == next);
        let bare = || includes.iter().find(|one| one.name.is_empty());
        let (include, taken) = match labelled {
            Some(include) => (Some(include), 1),
            None => (bare(), 0),
        };
        match include.map(|include| &include.module) {
            Some(Ok(module)) => Ok((Scope::new(self.evaluator, *module).exposed(), taken)),
            Some(Err(reason)) => unknown(reason.as_str()),
            None => super::super::values::error(format!(
                "there is no include {}",
                short(next.unwrap_or_default())
            )),
        }
    }

    /// Returns a configuration as a value, for `expose` and `read_terragrunt_config`.
    pub(super) fn exposed(&self) -> Node {
        let exposed = self.once("@exposed", || {
            let folder = self.folder();
            let names = folder.into_iter().flat_map(|folder| folder.locals.keys());
            let locals = names.map(|name| (name.clone(), self.local(name).as_ref().clone()));
            let place = Origin::default();
            let node = |value| Node::new(value, place.clone());
            let inputs = self
                .config_block()
                .and_then(|block| block.attribute("inputs"));
            let inputs = inputs.map_or(node(Value::Map(Vec::new())), |one| self.value_of(one));
            let dependency = unresolved("what a dependency puts out is not read", place.clone());
            node(Value::Map(vec![
                ("locals".to_owned(), node(Value::Map(locals.collect()))),
                ("inputs".to_owned(), inputs),
                ("dependency".to_owned(), dependency),
            ]))
        });
        exposed.as_ref().clone()
    }
}
