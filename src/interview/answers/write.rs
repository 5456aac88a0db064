//! Writes answers as the commented text of `rdsproxy.toml`.

use std::fmt::Write as _;

use super::super::key::{AnswerKey, LISTS};
use super::super::questions::{QUESTIONS, question_of};
use super::super::value::{AnswerValue, quoted};
use super::Answers;
use super::edit::edited;
use super::layout::{SECTIONS, comment};
use crate::domain::spec::SPEC_SCHEMA;
use crate::interview::question::Question;

impl Answers {
    /// Returns the text of `rdsproxy.toml`: the user's own file with the other answers added, or a new file with
    /// comments.
    pub fn to_toml(&self) -> String {
        if let Some(file) = &self.file {
            if file.says_all {
                return file.text.clone();
            }
            if let Some(text) = edited(&file.text, self) {
                return text;
            }
        }
        let mut text = head();
        for (section, about) in SECTIONS {
            if LISTS.contains(section) {
                self.records_to_toml(&mut text, section, about);
            } else {
                self.section_to_toml(&mut text, section, about);
            }
        }
        text
    }

    fn section_to_toml(&self, text: &mut String, section: &str, about: &str) {
        let fields = self.fields(section, None);
        if fields.is_empty() {
            return;
        }
        text.push('\n');
        comment(text, about);
        let _ = writeln!(text, "[{section}]");
        for (question, key, value) in fields {
            if section != "tags" {
                comment(text, &question.comment());
            }
            assign(text, &key.field, value);
        }
    }

    /// Writes the records of a list; only the first record has comments.
    fn records_to_toml(&self, text: &mut String, section: &str, about: &str) {
        let mut commented = std::collections::BTreeSet::new();
        for (position, record) in self.records(section).into_iter().enumerate() {
            text.push('\n');
            if position == 0 {
                comment(text, about);
            }
            let _ = writeln!(text, "[[{section}]]");
            for (question, key, value) in self.fields(section, Some(record)) {
                if commented.insert(question.key) {
                    comment(text, &question.comment());
                }
                assign(text, &key.field, value);
            }
        }
    }

    /// Returns the answers of a table, in the order of the questions.
    pub(super) fn fields(
        &self,
        section: &str,
        record: Option<usize>,
    ) -> Vec<(&'static Question, &AnswerKey, &AnswerValue)> {
        let mut fields: Vec<_> = self
            .answers
            .iter()
            .filter(|(key, _)| key.section == section && key.record == record)
            .filter_map(|(key, answer)| Some((question_of(key)?, key, &answer.value)))
            .collect();
        fields.sort_by_key(|(question, _, _)| place(question));
        fields
    }
}

pub(super) fn head() -> String {
    format!(
        "# What this RDS Proxy is to be; it holds no secret value. Edit it, then run here:\n\
         #   rdsproxy-gen update\nschema = {SPEC_SCHEMA}\n"
    )
}

/// Returns the sort key of a question in its table: a name comes first, the others in the order of the questions.
pub(super) fn place(question: &Question) -> (bool, usize) {
    (question.field() != "name", position(question))
}

/// Returns the sort key of a question in the interview: all questions of a record come before the next record.
pub(in crate::interview) fn turn(key: &AnswerKey) -> impl Ord + use<> {
    let list = key.record.map(|_| AnswerKey::list(&key.section));
    let first = question_of(list.as_ref().unwrap_or(key)).map(position);
    (first, key.record, question_of(key).map(position))
}

fn position(question: &Question) -> usize {
    QUESTIONS
        .iter()
        .flat_map(|rows| rows.iter())
        .position(|row| row.key == question.key)
        .unwrap_or(usize::MAX)
}

pub(super) fn assign(text: &mut String, field: &str, value: &AnswerValue) {
    let bare = !field.is_empty()
        && field
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b));
    let field = if bare {
        field.to_owned()
    } else {
        quoted(field)
    };
    let _ = writeln!(text, "{field} = {}", value.to_toml());
}
