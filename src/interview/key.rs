//! The key of an answer: where it stands in the spec.

use std::fmt;

/// The sections that are lists of records.
pub(super) const LISTS: &[&str] = &["users", "consumers"];

/// More records than any spec can hold: a larger number in a key is a slip.
pub(super) const MAX_RECORDS: usize = 1000;

/// `proxy.name`, `users.0.database`, `tags.team`; and `users` for the list as a whole.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AnswerKey {
    /// `proxy`, `users`.
    pub section: String,
    /// Which of the records, from 0, in a list of them.
    pub record: Option<usize>,
    /// `name`; empty for a list as a whole.
    pub field: String,
}

impl AnswerKey {
    /// A key outside any list.
    pub fn plain(section: &str, field: &str) -> Self {
        Self {
            section: section.to_owned(),
            record: None,
            field: field.to_owned(),
        }
    }

    /// A key inside a record.
    pub fn in_record(section: &str, record: usize, field: &str) -> Self {
        Self {
            record: Some(record),
            ..Self::plain(section, field)
        }
    }

    /// A list as a whole.
    pub fn list(section: &str) -> Self {
        Self::plain(section, "")
    }

    /// Takes a key apart as it is written.
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

    /// The key with `*` for what varies: `users.*.name`, `tags.*`.
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

/// What the others follow from: where it is not as the account says, nothing follows, and more would be missing than is.
pub(super) fn leads(key: &AnswerKey) -> bool {
    const LEADING: [(&str, &str); 4] = [
        ("proxy", "account_id"),
        ("proxy", "region"),
        ("database", "identifier"),
        ("database", "kind"),
    ];
    LEADING.contains(&(key.section.as_str(), key.field.as_str()))
}
