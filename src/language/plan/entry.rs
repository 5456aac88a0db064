//! One resource of a plan or a state, ready to be read.

use super::expressions::Expressions;
use super::instance::PlanInstance;
use super::known_ids::KnownIds;
use super::references::{ReferenceFinder, ReferenceSite};
use crate::domain::evidence::Origin;
use crate::language::resource::Value;
/// One instance, with the context for its conversion to a [`Resource`](crate::language::resource::Resource).
pub(super) struct PlanEntry<'e, 'j> {
    pub(super) instance: &'e PlanInstance<'j>,
    pub(super) words: &'e KnownIds,
    pub(super) origin: &'e Origin,
    pub(super) context: Context<'e, 'j>,
}

/// The position of a resource in the configuration.
pub(super) struct Context<'e, 'j> {
    pub(super) finder: Option<&'e ReferenceFinder<'j>>,
    /// The address of its module with a dot at the end; empty for the root module.
    pub(super) module: String,
    /// The key of the instance, such as `["a"]` or `[0]`; empty without `count` and `for_each`.
    pub(super) key: String,
    pub(super) expressions: Expressions<'j>,
}

impl<'e, 'j> Context<'e, 'j> {
    /// Returns the context for an instance without a configuration.
    pub(super) fn none() -> Self {
        Self {
            finder: None,
            module: String::new(),
            key: String::new(),
            expressions: Expressions::Nowhere,
        }
    }

    pub(super) fn new(finder: &'e ReferenceFinder<'j>, address: &str) -> Self {
        let place = finder.place(address);
        Self {
            finder: Some(finder),
            module: place.module,
            key: place.key,
            expressions: place.expressions,
        }
    }

    /// Returns the expressions that are written for the resource.
    pub(super) fn expressions(&self) -> Expressions<'j> {
        self.expressions
    }

    /// Returns the reference for an attribute that is known only after apply, or an unresolved value with the reason.
    pub(super) fn unknown(&self, name: &str, expressions: &Expressions<'j>) -> Value {
        let references = expressions.references();
        let from = ReferenceSite {
            module: &self.module,
            key: &self.key,
        };
        let value = self
            .finder
            .and_then(|finder| finder.value(name, from, &references));
        value.unwrap_or_else(|| {
            let way = references
                .first()
                .map_or_else(String::new, |first| format!(" ← {first}"));
            Value::Unresolved(format!("{name} is known only after apply{way}"))
        })
    }
}
