//! The state of knowledge about one attribute, and its source.
//!
//! Code above this floor never sees a bare value that was read. It sees an [`Evidence`], which says whether the value
//! was stated, follows from a default, could not be resolved, or lies outside the source. A rule matches all four, so
//! that "unknown" can never pass by accident.

use std::fmt;

/// The place where a fact was read, which a person can open.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin {
    /// The file as the user named it; `account` for an account, `blueprint` for a blueprint.
    pub file: String,
    /// The line, 1-based; 0 if the document has no lines (plan JSON, an account).
    pub line: u32,
    /// The column, 1-based, in characters; 0 if the document has no lines.
    pub column: u32,
    /// The references through which the value was resolved, nearest first: `var.tls`, `module.db.require_tls`. Empty
    /// for a literal.
    pub via: Vec<String>,
    /// The variable or parameter whose default supplied the value, if a caller can still change it.
    pub default_of: Option<String>,
}

impl Origin {
    /// Returns the place without the references through which the value was resolved.
    #[must_use]
    pub fn bare(&self) -> Self {
        Self::at(self.file.as_str(), self.line, self.column)
    }

    /// Creates the place of a value that is written in the file directly.
    pub fn at(file: impl Into<String>, line: u32, column: u32) -> Self {
        Self {
            file: file.into(),
            line,
            column,
            ..Self::default()
        }
    }

    /// Creates the place for a document that has no lines.
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

/// The state of knowledge about one attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evidence<T> {
    /// The source states the value at this place.
    Stated(T, Origin),
    /// The source omits the attribute, and this is the value that AWS (or the language) then uses.
    Defaulted(T),
    /// The source sets the attribute, but the value cannot be resolved from the files in view, for this reason.
    Unresolved(String, Origin),
    /// The source cannot show the attribute.
    NotVisible,
}

impl<T> Evidence<T> {
    /// Returns the value, if it is known.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Stated(value, _) | Self::Defaulted(value) => Some(value),
            Self::Unresolved(..) | Self::NotVisible => None,
        }
    }

    /// Returns a mutable reference to the value, if it is known.
    pub fn value_mut(&mut self) -> Option<&mut T> {
        match self {
            Self::Stated(value, _) | Self::Defaulted(value) => Some(value),
            Self::Unresolved(..) | Self::NotVisible => None,
        }
    }

    /// Returns the reason why the value is unknown; `None` if it is known.
    pub fn unknown(&self) -> Option<&str> {
        match self {
            Self::Stated(..) | Self::Defaulted(_) => None,
            Self::Unresolved(reason, _) => Some(reason),
            Self::NotVisible => Some("not visible"),
        }
    }

    /// Returns the place where the attribute is set, if the source sets it.
    pub fn origin(&self) -> Option<&Origin> {
        match self {
            Self::Stated(_, origin) | Self::Unresolved(_, origin) => Some(origin),
            Self::Defaulted(_) | Self::NotVisible => None,
        }
    }

    /// Transforms the value, if it is known, and keeps the rest of the evidence.
    pub fn map<U>(self, derive: impl FnOnce(T) -> U) -> Evidence<U> {
        match self {
            Self::Stated(value, origin) => Evidence::Stated(derive(value), origin),
            Self::Defaulted(value) => Evidence::Defaulted(derive(value)),
            Self::Unresolved(reason, origin) => Evidence::Unresolved(reason, origin),
            Self::NotVisible => Evidence::NotVisible,
        }
    }

    /// True if the source shows nothing about the attribute.
    pub fn is_not_visible(&self) -> bool {
        matches!(self, Self::NotVisible)
    }
}

impl<T> Evidence<Vec<T>> {
    /// Returns the entries of the list; empty if the list is unknown.
    pub fn entries(&self) -> &[T] {
        self.value().map(Vec::as_slice).unwrap_or_default()
    }
}
