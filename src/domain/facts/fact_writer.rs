//! Writes facts below a path.

use std::collections::BTreeMap;

use super::Fact;
use super::grant::FactGrant;
use crate::domain::evidence::Evidence;

/// A posture, flattened into facts.
#[derive(Debug, Default)]
pub(super) struct Flat {
    pub(super) facts: BTreeMap<String, Fact>,
    /// The grants and denials by the path of their policy, as far as they are known. Each is also listed in `facts`.
    pub(super) policies: BTreeMap<String, Vec<FactGrant>>,
}

/// Writes facts below one path.
pub(super) struct FactWriter<'s> {
    flat: &'s mut Flat,
    path: String,
}

impl<'s> FactWriter<'s> {
    /// Creates a writer for the facts below `path`.
    pub(super) fn new(flat: &'s mut Flat, path: String) -> Self {
        Self { flat, path }
    }

    /// Returns a writer for the facts below `name`.
    pub(super) fn under(&mut self, name: &str) -> FactWriter<'_> {
        FactWriter {
            path: format!("{}/{name}", self.path),
            flat: self.flat,
        }
    }

    /// Returns a writer for one of several things that share a name: the second one becomes `name (2)`.
    pub(super) fn one_of(
        &mut self,
        name: &str,
        taken: &mut BTreeMap<String, usize>,
    ) -> FactWriter<'_> {
        let count = taken.entry(name.to_owned()).or_default();
        *count += 1;
        match *count {
            1 => self.under(name),
            count => self.under(&format!("{name} ({count})")),
        }
    }

    /// Sets the fact at the path itself.
    pub(super) fn is(&mut self, fact: Fact) {
        self.flat.facts.insert(self.path.clone(), fact);
    }

    /// Sets a known value at `name` below the path.
    pub(super) fn value(&mut self, name: &str, value: impl Into<String>) {
        self.under(name).is(Fact::Value(value.into()));
    }

    /// Writes an attribute below the path. Stated and defaulted values give the same fact.
    pub(super) fn put<T>(
        &mut self,
        name: &str,
        evidence: &Evidence<T>,
        text: impl FnOnce(&T) -> String,
    ) {
        if let Some(value) = self.known(name, evidence) {
            self.value(name, text(value));
        }
    }

    /// Returns the value of an attribute if it is known; otherwise writes the reason as its fact.
    pub(super) fn known<'e, T>(&mut self, name: &str, evidence: &'e Evidence<T>) -> Option<&'e T> {
        match evidence {
            Evidence::Stated(value, _) | Evidence::Defaulted(value) => return Some(value),
            Evidence::Unresolved(reason, _) => {
                self.under(name).is(Fact::Unresolved(reason.clone()))
            }
            Evidence::NotVisible => self.under(name).is(Fact::NotVisible),
        }
        None
    }

    /// Writes a set below the path, one fact per entry. An entry that is not fully known may match any entry of the
    /// other side, so it makes the whole set partial.
    pub(super) fn set(&mut self, name: &str, entries: impl IntoIterator<Item = SetEntry>) {
        let mut sheet = self.under(name);
        for SetEntry { text, unknown } in entries {
            match unknown {
                None => sheet.value(&text, "present"),
                Some(reason) => {
                    sheet.is(Fact::Partial(reason.clone()));
                    sheet.under(&text).is(Fact::Unresolved(reason));
                }
            }
        }
    }
}

impl FactWriter<'_> {
    /// Writes the grants and denials of a policy below the path.
    pub(super) fn grants(&mut self, name: &str, grants: impl IntoIterator<Item = FactGrant>) {
        let grants: Vec<FactGrant> = grants.into_iter().collect();
        let entries = grants.iter().map(|grant| SetEntry {
            text: grant.text.clone(),
            unknown: grant.unknown.clone(),
        });
        self.set(name, entries);
        let path = self.under(name).path;
        self.flat.policies.entry(path).or_default().extend(grants);
    }
}

/// An entry of a set.
pub(super) struct SetEntry {
    pub(super) text: String,
    /// The reason why the entry is not fully known; `None` if it is.
    pub(super) unknown: Option<String>,
}

impl SetEntry {
    /// Creates an entry that is fully known.
    pub(super) fn known(text: String) -> Self {
        Self {
            text,
            unknown: None,
        }
    }
}
