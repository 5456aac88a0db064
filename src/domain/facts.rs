//! A posture as a flat list of facts, and the comparison of two.

use std::collections::BTreeMap;

use super::posture::Posture;

/// What is known at one path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fact {
    /// The value, as text.
    Value(String),
    /// Cannot be worked out, for this reason; nor can anything below it.
    Unresolved(String),
    /// Lies outside what this source shows; so does everything below it.
    NotVisible,
    /// What stands below is true, but there may be more of it, for this reason.
    Partial(String),
}

/// Two postures, side by side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// What both sides show, and show differently. Sorted by path.
    pub differences: Vec<Difference>,
    /// What at least one side does not show, and why: `path: reason`. Sorted.
    pub not_compared: Vec<String>,
}

/// One fact that differs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    /// `orders-proxy/auth/orders_rw/iam`.
    pub path: String,
    /// `None` where the intent has no such thing.
    pub intent: Option<String>,
    /// `None` where there is no such thing.
    pub actual: Option<String>,
}

impl Posture {
    /// Every attribute by a path that is the same in all sources.
    pub fn facts(&self) -> BTreeMap<String, Fact> {
        BTreeMap::new()
    }
}

/// What differs between an intent and what was read. What either side cannot see is listed, never counted as equal.
pub fn compare(_intent: &Posture, _actual: &Posture) -> Comparison {
    Comparison::default()
}
