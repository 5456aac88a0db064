//! What is known about one attribute, and from where.
//!
//! Nothing above this floor ever sees a bare value that was read: it sees an [`Evidence`], which says whether the value was
//! stated, follows from a default, could not be worked out, or lies outside what was looked at. A rule matches all four, so
//! that "unknown" can never pass by accident.

use std::fmt;

/// Where a fact was read: a place that a person can open.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin {
    /// The file as the user named it, or `account` for an account, `blueprint` for an intent.
    pub file: String,
    /// 1-based; 0 where the document has no lines (plan JSON, an account).
    pub line: u32,
    /// 1-based, in characters; 0 where the document has no lines.
    pub column: u32,
    /// The way the value took, nearest first: `var.tls`, `module.db.require_tls`. Empty for a literal.
    pub via: Vec<String>,
    /// The variable or parameter whose default gave the value, where a caller could still change it.
    pub default_of: Option<String>,
}

impl Origin {
    /// The place alone, without the way on which a value came.
    #[must_use]
    pub fn bare(&self) -> Self {
        Self::at(self.file.as_str(), self.line, self.column)
    }

    /// A place in a file without any detour.
    pub fn at(file: impl Into<String>, line: u32, column: u32) -> Self {
        Self {
            file: file.into(),
            line,
            column,
            ..Self::default()
        }
    }

    /// A document that has no lines.
    pub fn document(name: impl Into<String>) -> Self {
        Self::at(name, 0, 0)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(out, "{}", self.file),
            line => write!(out, "{}:{line}:{}", self.file, self.column),
        }
    }
}

/// What is known about one attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evidence<T> {
    /// Somebody wrote it, here.
    Stated(T, Origin),
    /// Nobody wrote it, and this is what AWS (or the language) then uses.
    Defaulted(T),
    /// Somebody wrote something that cannot be worked out from what is in view, for this reason.
    Unresolved(String, Origin),
    /// Lies outside what this source can show.
    NotVisible,
}

impl<T> Evidence<T> {
    /// The value, where there is one.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Stated(value, _) | Self::Defaulted(value) => Some(value),
            Self::Unresolved(..) | Self::NotVisible => None,
        }
    }

    /// The value, to be changed in place, where there is one.
    pub fn value_mut(&mut self) -> Option<&mut T> {
        match self {
            Self::Stated(value, _) | Self::Defaulted(value) => Some(value),
            Self::Unresolved(..) | Self::NotVisible => None,
        }
    }

    /// Why there is no value, where there is none.
    pub fn unknown(&self) -> Option<&str> {
        match self {
            Self::Stated(..) | Self::Defaulted(_) => None,
            Self::Unresolved(reason, _) => Some(reason),
            Self::NotVisible => Some("not visible"),
        }
    }

    /// The place where it was written, where somebody wrote it.
    pub fn origin(&self) -> Option<&Origin> {
        match self {
            Self::Stated(_, origin) | Self::Unresolved(_, origin) => Some(origin),
            Self::Defaulted(_) | Self::NotVisible => None,
        }
    }

    /// The same evidence about something derived from the value.
    pub fn map<U>(self, derive: impl FnOnce(T) -> U) -> Evidence<U> {
        match self {
            Self::Stated(value, origin) => Evidence::Stated(derive(value), origin),
            Self::Defaulted(value) => Evidence::Defaulted(derive(value)),
            Self::Unresolved(reason, origin) => Evidence::Unresolved(reason, origin),
            Self::NotVisible => Evidence::NotVisible,
        }
    }

    /// True where this source shows nothing about it at all.
    pub fn is_not_visible(&self) -> bool {
        matches!(self, Self::NotVisible)
    }
}

impl<T> Evidence<Vec<T>> {
    /// The entries that are known; none where the list is not.
    pub fn entries(&self) -> &[T] {
        self.value().map(Vec::as_slice).unwrap_or_default()
    }
}
