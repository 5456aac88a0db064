//! The sheet that facts are written on, with the path that is being written.

use std::collections::BTreeMap;

use super::Fact;
use super::grant::FactGrant;
use crate::domain::evidence::Evidence;

/// A posture, flattened.
#[derive(Debug, Default)]
pub(super) struct Flat {
    pub(super) facts: BTreeMap<String, Fact>,
    /// What is permitted below a path, of what is known of it. Each is a fact too.
    pub(super) policies: BTreeMap<String, Vec<FactGrant>>,
}

/// Facts under one path.
pub(super) struct FactWriter<'s> {
    flat: &'s mut Flat,
    path: String,
}

impl<'s> FactWriter<'s> {
    /// A sheet whose first path is this.
    pub(super) fn new(flat: &'s mut Flat, path: String) -> Self {
        Self { flat, path }
    }

    /// The part of the sheet below a name.
    pub(super) fn under(&mut self, name: &str) -> FactWriter<'_> {
        FactWriter {
            path: format!("{}/{name}", self.path),
            flat: self.flat,
        }
    }

    /// The part of the sheet for one of several things with the same name: the second one becomes `name (2)`.
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

    /// One fact at the path itself.
    pub(super) fn is(&mut self, fact: Fact) {
        self.flat.facts.insert(self.path.clone(), fact);
    }

    /// One fact below the path.
    pub(super) fn value(&mut self, name: &str, value: impl Into<String>) {
        self.under(name).is(Fact::Value(value.into()));
    }

    /// An attribute below the path. Whether somebody wrote it or a default gives it makes no difference to what it is.
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

    /// What is known of an attribute below the path; where nothing is, that is the fact.
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

    /// A set below the path: each entry is there, or not. One that is not wholly known may be any entry of the other side.
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
    /// What is permitted below the path.
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
    /// Why it is not wholly known, where it is not.
    pub(super) unknown: Option<String>,
}

impl SetEntry {
    /// An entry that is wholly known.
    pub(super) fn known(text: String) -> Self {
        Self {
            text,
            unknown: None,
        }
    }
}
