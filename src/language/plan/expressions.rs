//! What the configuration of a plan says of an attribute.

use std::collections::BTreeSet;
use std::ops::Bound;

use serde_json::Value as Json;

use super::json::list;
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
