//! A waiver, and the test of whether it covers a finding or a difference.

use time::Date;
use time::macros::format_description;

use super::pattern::Pattern;
use crate::domain::evidence::Origin;
use crate::domain::finding::Waiver;

/// A waiver as written; it may lack what makes it count.
#[derive(Clone, Debug)]
pub struct WaiverEntry {
    /// The ids of the rules that it waives; empty for drift that no rule is about.
    pub rules: Vec<String>,
    /// The pattern for the addresses of the proxies; all if absent.
    pub subject: Option<Pattern>,
    /// The pattern for the files; all if absent.
    pub file: Option<Pattern>,
    /// The pattern for the attribute or one of its parents; all if absent.
    pub attribute: Option<Pattern>,
    /// The reason; a waiver without one does not count.
    pub reason: Option<String>,
    /// The person or team that answers for it.
    pub owner: Option<String>,
    /// The last day on which it is valid; no limit if absent.
    pub until: Option<Date>,
    /// The folder of the project that its policy belongs to: it covers nothing outside. Everything if absent.
    pub project: Option<String>,
    /// The place where the waiver is written.
    pub origin: Origin,
}

/// A candidate for a waiver: a finding, or a difference from the intent.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'s> {
    /// The id of the rule, if one is about it.
    pub rule: Option<&'s str>,
    /// The address of the proxy.
    pub address: &'s str,
    /// The file of the finding or difference.
    pub file: &'s str,
    /// The file or folder of the proxy itself: the finding may be elsewhere, in an account for instance.
    pub home: &'s str,
    /// The attribute, if the subject is about a single one.
    pub attribute: Option<&'s str>,
}

impl WaiverEntry {
    /// True if the waiver covers the subject.
    pub fn covers(&self, subject: &Subject<'_>) -> bool {
        let allows = |pattern: &Option<Pattern>, text: &str| {
            pattern
                .as_ref()
                .is_none_or(|pattern| pattern.is_match(text))
        };
        let attribute = || match (&self.attribute, subject.attribute) {
            (Some(pattern), Some(attribute)) => {
                with_ancestors(attribute).any(|path| pattern.is_match(path))
            }
            (Some(_), None) => false,
            (None, _) => true,
        };
        let rule = match subject.rule {
            Some(rule) => self.rules.iter().any(|one| one == rule),
            // Drift that no rule is about is waived by its attribute; a waiver of a rule covers that rule alone.
            None => self.rules.is_empty() && self.attribute.is_some(),
        };
        rule && self.is_about(subject.home)
            && allows(&self.subject, subject.address)
            && allows(&self.file, subject.file)
            && attribute()
    }

    /// Returns the address of the only proxy that it covers, if its pattern has no wildcards.
    pub fn named_subject(&self) -> Option<String> {
        self.subject.as_ref()?.only()
    }

    /// True if the proxy is in the project of the waiver's policy.
    fn is_about(&self, home: &str) -> bool {
        self.project.as_deref().is_none_or(|project| {
            let below = home.strip_prefix(project);
            below.is_some_and(|rest| project.is_empty() || rest.is_empty() || rest.starts_with('/'))
        })
    }

    /// True until the end of its last day.
    pub fn is_current(&self, today: Date) -> bool {
        self.until.is_none_or(|until| today <= until)
    }

    /// Returns the waiver for reports; `None` if it has no reason.
    pub fn waiver(&self) -> Option<Waiver> {
        Some(Waiver {
            reason: self.reason.clone()?,
            owner: self.owner.clone(),
            until: self.until.map(|until| until.to_string()),
            origin: self.origin.clone(),
        })
    }
}

/// Yields `a/b/c`, `a/b`, `a`.
fn with_ancestors(path: &str) -> impl Iterator<Item = &str> {
    let above = path.rmatch_indices('/').map(|(at, _)| &path[..at]);
    std::iter::once(path).chain(above)
}

/// Parses a day such as `2027-01-31`.
pub fn day(text: &str) -> Option<Date> {
    Date::parse(text.trim(), format_description!("[year]-[month]-[day]")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_a_day_that_exists() {
        assert!(day("2027-01-31").is_some());
        for wrong in ["2027-02-30", "27-1-1", "tomorrow", ""] {
            assert!(day(wrong).is_none(), "{wrong}");
        }
    }
}
