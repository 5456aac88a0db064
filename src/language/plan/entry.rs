//! One resource of a plan or a state, ready to be read.

use super::expressions::Expressions;
use super::instance::PlanInstance;
use super::known_ids::KnownIds;
use super::references::ReferenceFinder;
use crate::domain::evidence::Origin;
use crate::language::resource::Value;
/// One instance on its way to a [`Resource`](crate::language::resource::Resource).
pub(super) struct PlanEntry<'e, 'j> {
    pub(super) instance: &'e PlanInstance<'j>,
    pub(super) words: &'e KnownIds,
    pub(super) origin: &'e Origin,
    pub(super) context: Context<'e, 'j>,
}

/// Where a resource stands in the configuration.
pub(super) struct Context<'e, 'j> {
    pub(super) finder: Option<&'e ReferenceFinder<'j>>,
    /// The address of its module with a dot at the end; empty for the root module.
    pub(super) module: String,
    /// `["a"]`, `[0]`.
    pub(super) key: String,
    pub(super) expressions: Expressions<'j>,
}

impl<'e, 'j> Context<'e, 'j> {
    /// Where there is no configuration.
    pub(super) fn none() -> Self {
        Self {
            finder: None,
            module: String::new(),
            key: String::new(),
            expressions: Expressions::Nowhere,
        }
    }

    pub(super) fn of(finder: &'e ReferenceFinder<'j>, address: &str) -> Self {
        let place = finder.place(address);
        Self {
            finder: Some(finder),
            module: place.module,
            key: place.key,
            expressions: place.expressions,
        }
    }

    /// What was written for the resource.
    pub(super) fn expressions(&self) -> Expressions<'j> {
        self.expressions
    }

    /// What an attribute that is known only after apply refers to, or why that cannot be told.
    pub(super) fn unknown(&self, name: &str, expressions: &Expressions<'j>) -> Value {
        let references = expressions.references();
        let from = (self.module.as_str(), self.key.as_str());
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
