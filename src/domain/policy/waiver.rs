//! A waiver, and what it covers.

use time::Date;
use time::macros::format_description;

use super::pattern::Pattern;
use crate::domain::evidence::Origin;
use crate::domain::finding::Waiver;

/// A waiver as it is written: it may lack what makes it count.
#[derive(Clone, Debug)]
pub struct WaiverEntry {
    /// The rules that it puts up with; none for drift that no rule is about.
    pub rules: Vec<String>,
    /// Which proxies, by a pattern for their address; all where it is absent.
    pub subject: Option<Pattern>,
    /// Which files, by a pattern; all where it is absent.
    pub file: Option<Pattern>,
    /// Which attribute, or what it belongs to; all where it is absent.
    pub attribute: Option<Pattern>,
    /// Why; a waiver without a reason does not count.
    pub reason: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The last day on which it counts.
    pub until: Option<Date>,
    /// The folder of the project whose policy it stands in: it speaks of nothing outside. Everything where it is absent.
    pub project: Option<String>,
    /// Where it is written.
    pub origin: Origin,
}

/// What a waiver may cover: a finding, or a difference from what was meant.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'s> {
    /// The rule, where one is about it.
    pub rule: Option<&'s str>,
    /// The proxy, by its address.
    pub address: &'s str,
    /// Where.
    pub file: &'s str,
    /// The file or folder that the proxy itself stands in: what is wrong with it may lie elsewhere, in an account for instance.
    pub home: &'s str,
    /// The attribute, where it is one.
    pub attribute: Option<&'s str>,
}

impl WaiverEntry {
    /// True where it speaks of this.
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
            // What no rule is about is put up with by its attribute, and a waiver of a rule is about that rule alone.
            None => self.rules.is_empty() && self.attribute.is_some(),
        };
        rule && self.is_about(subject.home)
            && allows(&self.subject, subject.address)
            && allows(&self.file, subject.file)
            && attribute()
    }

    /// The one proxy that it speaks of, where its pattern leaves no choice.
    pub fn named_subject(&self) -> Option<String> {
        self.subject.as_ref()?.only()
    }

    /// True for what stands in the project of its policy.
    fn is_about(&self, home: &str) -> bool {
        self.project.as_deref().is_none_or(|project| {
            let below = home.strip_prefix(project);
            below.is_some_and(|rest| project.is_empty() || rest.is_empty() || rest.starts_with('/'))
        })
    }

    /// True while it counts.
    pub fn is_current(&self, today: Date) -> bool {
        self.until.is_none_or(|until| today <= until)
    }

    /// The waiver, where it has a reason.
    pub fn waiver(&self) -> Option<Waiver> {
        Some(Waiver {
            reason: self.reason.clone()?,
            owner: self.owner.clone(),
            until: self.until.map(|until| until.to_string()),
            origin: self.origin.clone(),
        })
    }
}

/// `a/b/c`, `a/b`, `a`.
fn with_ancestors(path: &str) -> impl Iterator<Item = &str> {
    let above = path.rmatch_indices('/').map(|(at, _)| &path[..at]);
    std::iter::once(path).chain(above)
}

/// A day as `2027-01-31`.
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
