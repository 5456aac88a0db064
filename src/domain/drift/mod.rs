//! Drift: the differences between what was generated and what is there, and whether each makes the proxy weaker.

mod direction;

pub use direction::{Direction, direction, is_about};

use super::evidence::Origin;
use super::facts::Difference;
use super::finding::{RuleInfo, Waiver};

/// The meaning of a difference. The last one is the worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Comments, order, formatting, names without effect: nothing that is deployed differs.
    Cosmetic,
    /// A rule is satisfied better than before.
    Strengthens,
    /// Something differs, and no rule is about it.
    Changes,
    /// It is undecided whether something changed; the message gives the reason.
    CannotTell,
    /// A rule is satisfied less than before.
    Weakens,
}

impl Class {
    /// All classes, the worst first.
    pub const ALL: [Self; 5] = [
        Self::Weakens,
        Self::CannotTell,
        Self::Changes,
        Self::Strengthens,
        Self::Cosmetic,
    ];

    /// Returns the name of the class, as all outputs spell it.
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

/// One difference, and its meaning.
#[derive(Clone, Debug, PartialEq)]
pub struct DriftEffect {
    /// The class of the difference.
    pub class: Class,
    /// The rule that is about it, if there is one.
    pub rule: Option<RuleRef>,
    /// The address of the proxy; empty if the difference is about none.
    pub subject: String,
    /// The attribute that differs: `require_tls`, `pool/borrow_timeout`,
    /// `aws_cloudwatch_log_group.proxy/retention_in_days`.
    pub attribute: String,
    /// One sentence in lower case, without a full stop.
    pub message: String,
    /// The place where it is visible, if it is in a file.
    pub origin: Option<Origin>,
    /// The waiver that covers it, if there is one.
    pub accepted: Option<Waiver>,
}

/// A rule, compared by its id.
#[derive(Clone, Copy, Debug)]
pub struct RuleRef(pub &'static RuleInfo);

impl PartialEq for RuleRef {
    fn eq(&self, other: &Self) -> bool {
        self.0.id == other.0.id
    }
}

impl DriftEffect {
    /// Creates a difference without a rule and a file; the caller fills in the rest.
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

    /// Returns the fields that identify a difference, wherever it is located.
    pub fn key(&self) -> (Class, Option<&'static str>, [&str; 3]) {
        let rule = self.rule.map(|rule| rule.0.id);
        let texts = [&self.subject, &self.attribute, &self.message];
        (self.class, rule, texts.map(String::as_str))
    }

    /// Returns the name of the class, followed by the rule's id if there is one.
    pub fn heading(&self) -> String {
        match self.rule {
            Some(RuleRef(rule)) => format!("{} {}", self.class.name(), rule.id),
            None => self.class.name().to_owned(),
        }
    }
}

/// Describes a fact that differs for people: `pool/borrow_timeout: 30 → 60`.
pub fn told(difference: &Difference) -> String {
    let path = within_proxy(&difference.whole);
    // For something added or removed as a whole, the value of one fact says nothing.
    let value_of = |value: &str| {
        if difference.whole == difference.path {
            value_of(value)
        } else {
            String::new()
        }
    };
    if let Some(instead) = instead(difference) {
        return if difference.intent.is_some() {
            format!("{path} is narrowed to {instead}")
        } else {
            format!("{path} is new, wider than {instead}")
        };
    }
    match (&difference.intent, &difference.actual) {
        (Some(before), Some(after)) => format!("{path}: {before} → {after}"),
        (None, Some(value)) => format!("{path}{} is new", value_of(value)),
        (Some(value), None) => format!("{path}{} is gone", value_of(value)),
        (None, None) => path.to_owned(),
    }
}

/// Returns the grants or denials that a policy has in place of one that is gone or new.
fn instead(difference: &Difference) -> Option<String> {
    let permits = difference.permits.as_ref()?;
    let is_told = difference.whole == difference.path && !permits.instead.is_empty();
    is_told.then(|| permits.instead.join("; "))
}

/// Returns the value to show after a path; `present` adds nothing.
fn value_of(value: &str) -> String {
    match value {
        "present" => String::new(),
        other => format!(": {other}"),
    }
}

/// Returns a path without the proxy's name, or the name itself for the proxy as a whole.
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
