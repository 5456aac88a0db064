//! Answers given without being asked: `--set key=value`, and parsing a value by the kind of its question.

use super::super::key::{AnswerKey, LISTS};
use super::super::questions::{QUESTIONS, question_of};
use super::super::value::{AnswerValue, split};
use super::layout::SECTIONS;
use super::{AnswerSource, Answers, RecordNames};
use crate::domain::spec::{nearest, visible};
use crate::interview::question::{AnswerShape, Question};

/// The reasons for which a `--set` is rejected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnswersError {
    /// The assignment has no equals sign.
    #[error(
        "--set {0:?} has no value: write --set key=value, such as --set proxy.name=orders-proxy"
    )]
    NoValue(String),
    /// No question has this key.
    #[error("--set {key}: there is no such key{}", .nearest.as_ref().map_or(String::new(), |near| format!(", did you mean `{near}`?")))]
    UnknownKey {
        /// The key as given.
        key: String,
        /// The most similar key that exists; `None` if no key is similar enough.
        nearest: Option<String>,
    },
    /// The key names a record that no list has.
    #[error("--set {key}: no {section} are named yet: put --set {section}=NAME before it")]
    UnknownRecord {
        /// The key as given.
        key: String,
        /// The list: `users` or `consumers`.
        section: String,
    },
    /// The value does not suit the key.
    #[error("--set {key}: {message}")]
    BadValue {
        /// The key as given.
        key: String,
        /// The reason for the rejection.
        message: String,
    },
}

impl Answers {
    /// Takes one `key=value`. The value is written as in TOML or bare, a list with commas. `users=a,b` creates the
    /// records.
    ///
    /// # Errors
    /// When the key is unknown, with the nearest known key; when the value does not suit the key, with an example.
    pub fn set(&mut self, assignment: &str) -> Result<(), AnswersError> {
        let (written, value) = assignment
            .split_once('=')
            .ok_or_else(|| AnswersError::NoValue(assignment.chars().take(80).collect()))?;
        let written = written.trim();
        let key = self.key(written).ok_or_else(|| self.no_such_key(written))?;
        let question = question_of(&key).ok_or_else(|| unknown(written))?;
        let bad = |message| AnswersError::BadValue {
            key: key.to_string(),
            message,
        };
        let value = typed(question, &key, value).map_err(bad)?;
        if key.field.is_empty() {
            let names = RecordNames {
                field: question.field(),
                names: value.parts(),
            };
            self.put_records(&key.section, &names, AnswerSource::Set);
        } else {
            self.put(key, value, AnswerSource::Set);
        }
        Ok(())
    }

    /// Builds the error for an unknown key: either a record that does not exist, or a typing error.
    fn no_such_key(&self, written: &str) -> AnswersError {
        let of_record = written.split_once('.').and_then(|(section, rest)| {
            let (name, field) = rest.rsplit_once('.')?;
            let is_name = name.parse::<f64>().is_err()
                && question_of(&AnswerKey::in_record(section, 0, field)).is_some();
            (is_name && LISTS.contains(&section)).then_some((section, name, field))
        });
        let Some((section, name, field)) = of_record else {
            return unknown(written);
        };
        let list = AnswerKey::list(section);
        let names: Vec<String> = self
            .records(section)
            .into_iter()
            .filter_map(|record| {
                let key = AnswerKey::in_record(section, record, question_of(&list)?.field());
                self.get(&key).map(AnswerValue::to_string)
            })
            .collect();
        if names.is_empty() {
            return AnswersError::UnknownRecord {
                key: visible(&written.chars().take(80).collect::<String>()),
                section: section.to_owned(),
            };
        }
        let near = nearest(name, names.iter().map(String::as_str));
        AnswersError::UnknownKey {
            key: visible(&written.chars().take(80).collect::<String>()),
            nearest: near.map(|near| format!("{section}.{near}.{field}")),
        }
    }

    /// Parses a key as written; a record is given by number or by name: `users.orders_rw.access`.
    fn key(&self, written: &str) -> Option<AnswerKey> {
        if let Some(key) = AnswerKey::parse(written) {
            return Some(key);
        }
        let (section, rest) = written.split_once('.')?;
        let (name, field) = rest.rsplit_once('.')?;
        let named = AnswerValue::text(name);
        let record = self.records(section).into_iter().find(|record| {
            ["name", "function"].iter().any(|field| {
                self.get(&AnswerKey::in_record(section, *record, field)) == Some(&named)
            })
        })?;
        Some(AnswerKey::in_record(section, record, field))
    }
}

fn unknown(written: &str) -> AnswersError {
    AnswersError::UnknownKey {
        key: visible(&written.chars().take(80).collect::<String>()),
        nearest: nearest_key(written),
    }
}

/// Returns the known key most similar to what was written, with the same record number.
pub(in crate::interview) fn nearest_key(written: &str) -> Option<String> {
    let number = written
        .split('.')
        .find(|part| part.parse::<usize>().is_ok());
    let pattern = match number {
        Some(number) => written.replacen(number, "*", 1),
        None => written.to_owned(),
    };
    let known = QUESTIONS
        .iter()
        .flat_map(|rows| rows.iter())
        .map(|row| row.key);
    let sections = SECTIONS.iter().map(|(section, _)| *section);
    let near = if pattern.contains('.') {
        nearest(&pattern, known)?
    } else {
        nearest(&pattern, sections)?
    };
    Some(near.replacen(".*.", &format!(".{}.", number.unwrap_or("0")), 1))
}

/// Parses a typed value and checks it against its question.
pub(in crate::interview) fn typed(
    question: &Question,
    key: &AnswerKey,
    written: &str,
) -> Result<AnswerValue, String> {
    let written = written.trim();
    let value = match question.kind {
        AnswerShape::Number => AnswerValue::Number(
            written
                .parse()
                .map_err(|_| format!("{written:?} is not a number"))?,
        ),
        AnswerShape::YesNo => AnswerValue::Flag(match written.to_ascii_lowercase().as_str() {
            "true" | "yes" | "y" => true,
            "false" | "no" | "n" => false,
            _ => return Err(format!("{written:?} is neither true nor false")),
        }),
        AnswerShape::Many => AnswerValue::List(items(written)),
        AnswerShape::Records if key.field.is_empty() => AnswerValue::List(items(written)),
        AnswerShape::Text | AnswerShape::One | AnswerShape::Records => {
            AnswerValue::Text(unquoted(written))
        }
    };
    question.check_answer(key, &value)?;
    Ok(value)
}

/// Parses a list, written as in TOML or with commas.
fn items(written: &str) -> Vec<String> {
    match toml_value(written) {
        Some(toml::Value::Array(items)) => items
            .iter()
            .map(|item| {
                item.as_str()
                    .map_or_else(|| item.to_string(), str::to_owned)
            })
            .collect(),
        _ => split(&unquoted(written)),
    }
}

/// Returns the text without its quotes, if it has any.
fn unquoted(written: &str) -> String {
    match toml_value(written) {
        Some(toml::Value::String(text)) => text,
        _ => written.to_owned(),
    }
}

fn toml_value(written: &str) -> Option<toml::Value> {
    let mut table: toml::Table = toml::from_str(&format!("value = {written}\n")).ok()?;
    (table.len() == 1).then(|| table.remove("value"))?
}
