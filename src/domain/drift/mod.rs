//! Drift: what became of what was generated, difference by difference, and whether the proxy has become weaker by it.

mod direction;

pub use direction::{Direction, direction, is_about};

use super::evidence::Origin;
use super::facts::Difference;
use super::finding::{RuleInfo, Waiver};

/// What a difference means. The last one is the worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Comments, order, formatting, names of what is only a name: nothing that is deployed differs.
    Cosmetic,
    /// A rule holds better than before.
    Strengthens,
    /// Something is another way, and no rule is about it.
    Changes,
    /// Whether something changed cannot be told, and why is said.
    CannotTell,
    /// A rule holds less than before.
    Weakens,
}

impl Class {
    /// All of them, the worst first.
    pub const ALL: [Self; 5] = [
        Self::Weakens,
        Self::CannotTell,
        Self::Changes,
        Self::Strengthens,
        Self::Cosmetic,
    ];

    /// As it is written everywhere.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cosmetic => "cosmetic",
            Self::Strengthens => "strengthens",
            Self::Changes => "changes",
            Self::CannotTell => "cannot tell",
            Self::Weakens => "weakens",
        }
    }
}

/// One difference, and what it means.
#[derive(Clone, Debug, PartialEq)]
pub struct DriftEffect {
    /// What it means.
    pub class: Class,
    /// The rule that it is about, where it is about one.
    pub rule: Option<RuleRef>,
    /// The proxy, by its address; empty where it is about none.
    pub subject: String,
    /// What differs: `require_tls`, `pool/borrow_timeout`, `aws_cloudwatch_log_group.proxy/retention_in_days`.
    pub attribute: String,
    /// In one sentence, lower case, no full stop.
    pub message: String,
    /// Where it is to be seen, where it is in a file.
    pub origin: Option<Origin>,
    /// Why it is put up with, where it is.
    pub accepted: Option<Waiver>,
}

/// A rule, which is known by its id.
#[derive(Clone, Copy, Debug)]
pub struct RuleRef(pub &'static RuleInfo);

impl PartialEq for RuleRef {
    fn eq(&self, other: &Self) -> bool {
        self.0.id == other.0.id
    }
}

impl DriftEffect {
    /// A difference that no rule is about, and that is in no file; the rest is for the caller to fill in.
    pub fn plain(class: Class, attribute: &str, message: String) -> Self {
        Self {
            class,
            rule: None,
            subject: String::new(),
            attribute: attribute.to_owned(),
            message,
            origin: None,
            accepted: None,
        }
    }

    /// What tells it from others, wherever it stands.
    pub fn key(&self) -> (Class, Option<&'static str>, [&str; 3]) {
        let rule = self.rule.map(|rule| rule.0.id);
        let texts = [&self.subject, &self.attribute, &self.message];
        (self.class, rule, texts.map(String::as_str))
    }

    /// The class, with the rule where there is one.
    pub fn heading(&self) -> String {
        match self.rule {
            Some(RuleRef(rule)) => format!("{} {}", self.class.name(), rule.id),
            None => self.class.name().to_owned(),
        }
    }
}

/// What a fact that differs says to people: `pool/borrow_timeout: 30 → 60`.
pub fn told(difference: &Difference) -> String {
    let path = within_proxy(&difference.whole);
    // Of something that comes or goes as a whole, one fact says nothing.
    let value_of = |value: &str| match difference.whole == difference.path {
        true => value_of(value),
        false => String::new(),
    };
    if let Some(instead) = instead(difference) {
        return match difference.intent.is_some() {
            true => format!("{path} is narrowed to {instead}"),
            false => format!("{path} is new, wider than {instead}"),
        };
    }
    match (&difference.intent, &difference.actual) {
        (Some(before), Some(after)) => format!("{path}: {before} → {after}"),
        (None, Some(value)) => format!("{path}{} is new", value_of(value)),
        (Some(value), None) => format!("{path}{} is gone", value_of(value)),
        (None, None) => path.to_owned(),
    }
}

/// What a policy has in the place of a grant or a denial that is gone or new.
fn instead(difference: &Difference) -> Option<String> {
    let permits = difference.permits.as_ref()?;
    let is_told = difference.whole == difference.path && !permits.instead.is_empty();
    is_told.then(|| permits.instead.join("; "))
}

/// The value behind a path; that something is there says nothing more.
fn value_of(value: &str) -> String {
    match value {
        "present" => String::new(),
        other => format!(": {other}"),
    }
}

/// A path without the proxy's name; the name itself for the proxy as a whole.
pub fn within_proxy(path: &str) -> &str {
    path.split_once('/').map_or(path, |(_, rest)| rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_whole_no_value_is_told() {
        for (path, whole, said) in [
            (
                "p/auth/a/iam",
                "p/auth/a/iam",
                "auth/a/iam: REQUIRED is gone",
            ),
            ("p/auth/a/iam", "p/auth/a", "auth/a is gone"),
            ("p/auth/a/iam", "p", "p is gone"),
        ] {
            let difference = Difference {
                path: path.to_owned(),
                intent: Some("REQUIRED".to_owned()),
                actual: None,
                whole: whole.to_owned(),
                ..Difference::default()
            };
            assert_eq!(told(&difference), said);
        }
    }
}
