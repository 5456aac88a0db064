//! `Fn::ImportValue`, if the template that exports the value is in view too.

use std::rc::Rc;

use super::evaluate::{Argument, StackScope};
use super::exports::{Export, NamePattern, matching};
use crate::domain::evidence::Origin;
use crate::language::budget::short;
use crate::language::partial_string;
use crate::language::provenance::{absorb, unresolved};
use crate::language::resource::{IMPORT, Node};

impl StackScope<'_> {
    pub(super) fn import(&self, argument: Argument<'_>, mut origin: Origin) -> Node {
        let name = self.eval_argument(argument);
        absorb(&mut origin, &name.origin);
        let wanted = NamePattern::new(&partial_string::pieces(&name.value));
        let exports = match self.exports() {
            Ok(exports) => exports,
            Err(reason) => return unresolved(reason, origin),
        };
        match matching(&exports, &wanted, self.stack) {
            Ok(export) => self.exported(export, origin),
            Err(count) => {
                origin.via.push(IMPORT.to_owned());
                let reason = format!("{count} in view exports {}", wanted.shown());
                unresolved(reason, origin)
            }
        }
    }

    fn exported(&self, export: &Export, mut origin: Origin) -> Node {
        let there = self.elsewhere(export.stack);
        let value = there
            .template()
            .member("Outputs", &export.output)
            .and_then(|output| output.get("Value"));
        let Some(value) = value else {
            return unresolved(format!("the output {} has no value", export.output), origin);
        };
        let place = there.origin(value.place);
        origin
            .via
            .push(format!("export {} ({place})", short(&export.output)));
        let subject = format!("output {}", short(&export.output));
        match self
            .estate
            .budget
            .resolve(export.stack, &subject, || there.eval(value))
        {
            Ok(node) => {
                absorb(&mut origin, &node.origin);
                Node::new(node.value, origin)
            }
            Err(reason) => unresolved(reason, origin),
        }
    }

    /// Evaluates all exports in view. Their names may depend on anything except an import.
    fn exports(&self) -> Result<Rc<Vec<Export>>, String> {
        if let Some(known) = self.estate.exports.borrow().as_ref() {
            return Ok(Rc::clone(known));
        }
        let found = self.estate.budget.resolve(0, "the exports in view", || {
            self.estate
                .scopes()
                .flat_map(|scope| scope.own_exports())
                .collect()
        });
        let found = Rc::new(found?);
        *self.estate.exports.borrow_mut() = Some(Rc::clone(&found));
        Ok(found)
    }

    fn own_exports(&self) -> Vec<Export> {
        let outputs = self.template().section("Outputs").iter();
        outputs
            .filter_map(|(key, output)| {
                let name = output.get("Export")?.get("Name")?;
                Some(Export {
                    stack: self.stack,
                    output: key.text.clone(),
                    name: NamePattern::new(&partial_string::pieces(&self.eval(name).value)),
                })
            })
            .collect()
    }
}
