//! What an answer can be: the few shapes that the spec knows.

use std::fmt;

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnswerValue {
    /// A name, an id, a word.
    Text(String),
    /// A port, a percentage, seconds.
    Number(i64),
    /// Yes or no.
    Flag(bool),
    /// Several names.
    List(Vec<String>),
}

impl AnswerValue {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A list.
    pub fn list<T: Into<String>>(items: impl IntoIterator<Item = T>) -> Self {
        Self::List(items.into_iter().map(Into::into).collect())
    }

    /// Its parts, as a person would type them: one, or those of a list.
    pub fn parts(&self) -> Vec<String> {
        match self {
            Self::List(items) => items.clone(),
            one => vec![one.to_string()],
        }
    }

    /// As TOML writes it. Every quote, backslash and control character is escaped by the `toml` crate.
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

/// A basic string of TOML.
pub(super) fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// As people write it: without quotes, lists with commas.
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

/// The items of a list that was typed with commas or spaces between them.
pub(super) fn split(text: &str) -> Vec<String> {
    text.split([',', ' ', '\t'])
        .filter(|item| !item.is_empty())
        .map(str::to_owned)
        .collect()
}
