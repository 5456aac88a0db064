//! `Fn::ImportValue`, where the template that exports the value is in view too.

use std::rc::Rc;

use super::evaluate::{Argument, Scope, absorb, unresolved};
use crate::domain::evidence::Origin;
use crate::source::budget::short;
use crate::source::resource::{IMPORT, Node, Piece};
use crate::source::texts;

/// A value that a stack exports.
#[derive(Debug)]
pub(super) struct Export {
    stack: usize,
    output: String,
    name: Pattern,
}

/// A name of which a part may be known only once it is deployed, most often the name of a stack.
#[derive(Clone, Debug, PartialEq)]
struct Pattern {
    before: String,
    after: String,
    /// False where `before` is the whole name.
    open: bool,
}

impl Scope<'_> {
    pub(super) fn import(&self, argument: Argument<'_>, mut origin: Origin) -> Node {
        let name = self.eval_argument(argument);
        absorb(&mut origin, &name.origin);
        let wanted = Pattern::of(&texts::pieces(&name.value));
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

    /// All exports in view. Their names may lead anywhere but back to an import.
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
                    name: Pattern::of(&texts::pieces(&self.eval(name).value)),
                })
            })
            .collect()
    }
}

/// The one export that is meant. A name that is known in full goes before names that only might be it.
fn matching<'x>(
    exports: &'x [Export],
    wanted: &Pattern,
    importer: usize,
) -> Result<&'x Export, &'static str> {
    let others = || exports.iter().filter(|export| export.stack != importer);
    let exact: Vec<_> = others()
        .filter(|export| !wanted.open && export.name == *wanted)
        .collect();
    let possible: Vec<_> = match exact.is_empty() {
        true => others()
            .filter(|export| export.name.may_be(wanted))
            .collect(),
        false => exact,
    };
    match possible.as_slice() {
        [] => Err("no template"),
        [only] => Ok(only),
        _ => Err("more than one template"),
    }
}

impl Pattern {
    fn of(pieces: &[Piece]) -> Self {
        let known = |piece: Option<&Piece>| match piece {
            Some(Piece::Text(text)) => text.clone(),
            _ => String::new(),
        };
        let open = pieces.len() > 1 || !matches!(pieces.first(), Some(Piece::Text(_)));
        Self {
            before: known(pieces.first()),
            after: if open {
                known(pieces.last())
            } else {
                String::new()
            },
            open,
        }
    }

    /// Whether the two can be the same name. A pattern must end in a word of its own, or it would fit anything.
    fn may_be(&self, other: &Self) -> bool {
        match (self.open, other.open) {
            (false, false) => self == other,
            (true, false) => self.fits(&other.before),
            (false, true) => other.fits(&self.before),
            (true, true) => {
                self.after == other.after
                    && self.is_telling()
                    && (self.before.starts_with(&other.before)
                        || other.before.starts_with(&self.before))
            }
        }
    }

    fn fits(&self, name: &str) -> bool {
        self.is_telling() && name.starts_with(&self.before) && name.ends_with(&self.after)
    }

    fn is_telling(&self) -> bool {
        self.after.chars().any(char::is_alphanumeric)
    }

    fn shown(&self) -> String {
        match self.open {
            true => format!("`{}…{}`", short(&self.before), short(&self.after)),
            false => format!("`{}`", short(&self.before)),
        }
    }
}
