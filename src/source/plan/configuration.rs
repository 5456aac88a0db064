//! What a plan keeps of the source: for every attribute the references in its expression.

use std::collections::BTreeSet;
use std::ops::Bound;

use serde_json::Value as Json;

use super::references::Finder;
use super::state::{instances, kind, list};
use super::values::{Entry, Instance};
use super::words::Words;
use crate::domain::evidence::Origin;
use crate::source::resource::{Document, Value};

/// A plan as a document: what there will be once it is applied.
pub(super) fn planned(json: &Json, origin: &Origin) -> Document {
    let mut all: Vec<Instance<'_>> = list(json, "resource_changes").filter_map(change).collect();
    let known: BTreeSet<String> = all
        .iter()
        .map(|instance| instance.address.clone())
        .collect();
    let read_already = json
        .pointer("/prior_state/values/root_module")
        .map(instances)
        .unwrap_or_default();
    let data = read_already.into_iter().filter(|instance| {
        instance.kind.starts_with("data.") && !known.contains(&instance.address)
    });
    all.extend(data);
    let words = Words::of(&all);
    let root = json.pointer("/configuration/root_module");
    let addresses = all
        .iter()
        .map(|instance| instance.address.clone())
        .collect();
    let finder = Finder::new(root, addresses);
    let resources = all
        .iter()
        .map(|instance| {
            let context = Context::of(&finder, &instance.address);
            Entry::planned((instance, context), &words, origin).resource()
        })
        .collect();
    Document {
        resources,
        ..Document::default()
    }
}

/// What there will be; nothing for what is destroyed, and for what is deposed.
fn change(resource: &Json) -> Option<Instance<'_>> {
    let change = resource.get("change")?;
    let values = change.get("after").filter(|after| after.is_object())?;
    if resource.get("deposed").is_some() {
        return None;
    }
    Some(Instance {
        address: resource.get("address")?.as_str()?.to_owned(),
        kind: kind(resource)?,
        values,
        unknown: change.get("after_unknown"),
        sensitive: change.get("after_sensitive"),
    })
}

/// Where a resource stands in the configuration.
pub(super) struct Context<'e, 'j> {
    finder: Option<&'e Finder<'j>>,
    /// The address of its module with a dot at the end; empty for the root module.
    module: String,
    /// `["a"]`, `[0]`.
    key: String,
    expressions: Expressions<'j>,
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

    fn of(finder: &'e Finder<'j>, address: &str) -> Self {
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

/// What was written for a value.
#[derive(Clone, Copy, Debug)]
pub(super) enum Expressions<'j> {
    /// There is no configuration, or it does not show this value, as the content of `dynamic` blocks.
    Nowhere,
    /// Nobody wrote it.
    Unwritten,
    /// The attributes of a block, the blocks of one kind, or an expression.
    Written(&'j Json),
}

impl<'j> Expressions<'j> {
    /// What was written for a member. Only a resource and its blocks show who wrote nothing.
    pub(super) fn member(self, name: &str) -> Self {
        match self {
            Self::Written(json) if is_expression(json) => self,
            Self::Written(json) => json.get(name).map_or(Self::Unwritten, Self::Written),
            Self::Unwritten => Self::Nowhere,
            Self::Nowhere => Self::Nowhere,
        }
    }

    /// The blocks of one kind.
    pub(super) fn blocks(self) -> Vec<Self> {
        match self {
            Self::Written(Json::Array(blocks)) => blocks.iter().map(Self::Written).collect(),
            Self::Written(json) if !is_expression(json) => vec![self],
            Self::Written(_) | Self::Unwritten | Self::Nowhere => Vec::new(),
        }
    }

    /// What was written for all items of a list together.
    pub(super) fn whole(self) -> Self {
        match self {
            Self::Written(json) if is_expression(json) => self,
            Self::Written(_) | Self::Unwritten | Self::Nowhere => Self::Nowhere,
        }
    }

    /// True where the configuration shows that nobody wrote it.
    pub(super) fn is_unwritten(self) -> bool {
        matches!(self, Self::Unwritten)
    }

    /// True where nothing is shown that anybody wrote.
    pub(super) fn is_absent(self) -> bool {
        !matches!(self, Self::Written(_))
    }

    /// True for a literal.
    pub(super) fn is_constant(self) -> bool {
        matches!(self, Self::Written(json) if json.get("constant_value").is_some())
    }

    /// What it refers to: `aws_iam_role.proxy.arn`, `var.x`; the shorter forms of the same reference left out.
    pub(super) fn references(self) -> Vec<String> {
        let Self::Written(json) = self else {
            return Vec::new();
        };
        let all: BTreeSet<&str> = list(json, "references").filter_map(Json::as_str).collect();
        // What begins with a text follows it in their order.
        let is_longer = |one: &str, next: char| {
            let begin = format!("{one}{next}");
            let from = (Bound::Included(begin.as_str()), Bound::Unbounded);
            let next = all.range::<str, _>(from).next();
            next.is_some_and(|other| other.starts_with(&begin))
        };
        all.iter()
            .filter(|one| !is_longer(one, '.') && !is_longer(one, '['))
            .map(|one| (*one).to_owned())
            .collect()
    }

    /// True where every literal of a block is what this item holds.
    pub(super) fn agrees_with(self, item: &Json) -> bool {
        let Self::Written(Json::Object(members)) = self else {
            return true;
        };
        members.iter().all(|(name, expression)| {
            let constant = expression.get("constant_value");
            constant.is_none_or(|constant| item.get(name).is_none_or(|value| value == constant))
        })
    }
}

/// An expression has one of these members, and a block has neither.
fn is_expression(json: &Json) -> bool {
    json.get("references").is_some_and(Json::is_array) || json.get("constant_value").is_some()
}
