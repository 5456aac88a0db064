//! The expressions that the configuration of a plan has for an attribute.

use std::collections::BTreeSet;
use std::ops::Bound;

use serde_json::Value as Json;

use super::json::list;
/// The expression for a value.
#[derive(Clone, Copy, Debug)]
pub(super) enum Expressions<'j> {
    /// There is no configuration, or it does not show this value, as with the content of `dynamic` blocks.
    Nowhere,
    /// The configuration does not set the value.
    Unwritten,
    /// The attributes of a block, the blocks of one kind, or an expression.
    Written(&'j Json),
}

impl<'j> Expressions<'j> {
    /// Returns the expression for a member. Only a resource and its blocks show that a member is not set.
    pub(super) fn member(self, name: &str) -> Self {
        match self {
            Self::Written(json) if is_expression(json) => self,
            Self::Written(json) => json.get(name).map_or(Self::Unwritten, Self::Written),
            Self::Unwritten => Self::Nowhere,
            Self::Nowhere => Self::Nowhere,
        }
    }

    /// Returns the blocks of one kind.
    pub(super) fn blocks(self) -> Vec<Self> {
        match self {
            Self::Written(Json::Array(blocks)) => blocks.iter().map(Self::Written).collect(),
            Self::Written(json) if !is_expression(json) => vec![self],
            Self::Written(_) | Self::Unwritten | Self::Nowhere => Vec::new(),
        }
    }

    /// Returns the expression for all items of a list together.
    pub(super) fn whole(self) -> Self {
        match self {
            Self::Written(json) if is_expression(json) => self,
            Self::Written(_) | Self::Unwritten | Self::Nowhere => Self::Nowhere,
        }
    }

    /// True if the configuration shows that the value is not set.
    pub(super) fn is_unwritten(self) -> bool {
        matches!(self, Self::Unwritten)
    }

    /// True if the configuration shows no expression for the value.
    pub(super) fn is_absent(self) -> bool {
        !matches!(self, Self::Written(_))
    }

    /// True for a literal.
    pub(super) fn is_constant(self) -> bool {
        matches!(self, Self::Written(json) if json.get("constant_value").is_some())
    }

    /// Returns the references of the expression (`aws_iam_role.proxy.arn`, `var.x`), without the shorter forms of the
    /// same reference.
    pub(super) fn references(self) -> Vec<String> {
        let Self::Written(json) = self else {
            return Vec::new();
        };
        let all: BTreeSet<&str> = list(json, "references").filter_map(Json::as_str).collect();
        // In sorted order, the longer forms of a reference follow it.
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

    /// True if the item holds every literal of the block.
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

/// True for an expression, which has one of these members. A block has neither.
fn is_expression(json: &Json) -> bool {
    json.get("references").is_some_and(Json::is_array) || json.get("constant_value").is_some()
}
