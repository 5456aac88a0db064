//! The value of an answer, in one of the few types that the spec has.

use std::fmt;

/// The value of one answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnswerValue {
    /// A name, an id or a keyword.
    Text(String),
    /// A whole number: a port, a percentage, seconds.
    Number(i64),
    /// A boolean: yes or no.
    Flag(bool),
    /// Several names or ids.
    List(Vec<String>),
}

impl AnswerValue {
    /// Creates a text value.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// Creates a list of texts.
    pub fn list<T: Into<String>>(items: impl IntoIterator<Item = T>) -> Self {
        Self::List(items.into_iter().map(Into::into).collect())
    }

    /// Returns the items of a list, or the value itself as the only part, as a person types them.
    pub fn parts(&self) -> Vec<String> {
        match self {
            Self::List(items) => items.clone(),
            one => vec![one.to_string()],
        }
    }

    /// Formats the value as TOML. Every quote, backslash and control character is escaped by the `toml` crate.
    pub fn to_toml(&self) -> String {
        match self {
            Self::Text(text) => quoted(text),
            Self::Number(number) => number.to_string(),
            Self::Flag(flag) => flag.to_string(),
            Self::List(items) => {
                let items: Vec<String> = items.iter().map(|item| quoted(item)).collect();
                format!("[{}]", items.join(", "))
            }
        }
    }
}

/// Formats a TOML basic string.
pub(super) fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// Formats the value without quotes, lists with commas.
impl fmt::Display for AnswerValue {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => out.write_str(text),
            Self::Number(number) => number.fmt(out),
            Self::Flag(flag) => flag.fmt(out),
            Self::List(items) => out.write_str(&items.join(",")),
        }
    }
}

/// Splits a typed list at commas and whitespace.
pub(super) fn split(text: &str) -> Vec<String> {
    text.split([',', ' ', '\t'])
        .filter(|item| !item.is_empty())
        .map(str::to_owned)
        .collect()
}
