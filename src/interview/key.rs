//! The key of an answer: its path in the spec.

use std::fmt;

/// The sections that are lists of records.
pub(super) const LISTS: &[&str] = &["users", "consumers"];

/// Upper limit for the record number in a key; no spec has that many records, so a larger number is a typing error.
pub(super) const MAX_RECORDS: usize = 1000;

/// The path of an answer: `proxy.name`, `users.0.database`, `tags.team`; or `users` for a list as a whole.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AnswerKey {
    /// The table of the spec: `proxy`, `users`.
    pub section: String,
    /// The number of the record in a list, from 0; `None` outside a list.
    pub record: Option<usize>,
    /// The key in the table: `name`; empty for a list as a whole.
    pub field: String,
}

impl AnswerKey {
    /// Creates a key outside any list.
    pub fn plain(section: &str, field: &str) -> Self {
        Self {
            section: section.to_owned(),
            record: None,
            field: field.to_owned(),
        }
    }

    /// Creates a key inside a record.
    pub fn in_record(section: &str, record: usize, field: &str) -> Self {
        Self {
            record: Some(record),
            ..Self::plain(section, field)
        }
    }

    /// Creates the key of a list as a whole.
    pub fn list(section: &str) -> Self {
        Self::plain(section, "")
    }

    /// Parses a key as written; `None` if it is not one.
    pub fn parse(text: &str) -> Option<Self> {
        let Some((section, rest)) = text.split_once('.') else {
            return LISTS.contains(&text).then(|| Self::list(text));
        };
        if !LISTS.contains(&section) {
            return Some(Self::plain(section, rest));
        }
        let (record, field) = rest.split_once('.')?;
        let record: usize = record.parse().ok()?;
        (record < MAX_RECORDS && !field.is_empty()).then(|| Self::in_record(section, record, field))
    }

    /// Returns the key with `*` for the variable part: `users.*.name`, `tags.*`.
    pub fn pattern(&self) -> String {
        match self.section.as_str() {
            "tags" => "tags.*".to_owned(),
            section if LISTS.contains(&section) => format!("{section}.*.{}", self.field),
            section => format!("{section}.{}", self.field),
        }
    }
}

impl fmt::Display for AnswerKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.section)?;
        if let Some(record) = self.record {
            write!(out, ".{record}")?;
        }
        if !self.field.is_empty() {
            write!(out, ".{}", self.field)?;
        }
        Ok(())
    }
}

/// True for keys from which others are derived.
pub(super) fn leads(key: &AnswerKey) -> bool {
    // If one of these contradicts the account, nothing is derived, and all other answers would be reported as missing.
    const LEADING: [(&str, &str); 4] = [
        ("proxy", "account_id"),
        ("proxy", "region"),
        ("database", "identifier"),
        ("database", "kind"),
    ];
    LEADING.contains(&(key.section.as_str(), key.field.as_str()))
}
