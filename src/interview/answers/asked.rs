//! Relates answers to questions: which were skipped, which are suggested again, which are asked again.

use super::super::key::AnswerKey;
use super::super::question::{AnswerShape, Question};
use super::super::questions::question_of;
use super::super::value::AnswerValue;
use super::{AnswerSource, Answers};

impl Answers {
    /// Returns the keys that could have been answered but were skipped.
    pub(in crate::interview) fn left_out(&self) -> impl Iterator<Item = &AnswerKey> {
        let is_empty =
            |key: &&AnswerKey| !key.field.is_empty() || self.records(&key.section).is_empty();
        let is_asked = |key: &&AnswerKey| question_of(key).is_some_and(|question| question.asked);
        let spared = self.spared.difference(&self.settled).filter(is_asked);
        self.settled.iter().filter(is_empty).chain(spared)
    }

    /// Returns the answer given before the question was reopened; for a list, the names of its records.
    pub(in crate::interview) fn remembered(&self, key: &AnswerKey) -> Option<AnswerValue> {
        if !key.field.is_empty() || self.remembered.contains_key(key) {
            return self.remembered.get(key).cloned();
        }
        if self.suggested.contains(&key.section) {
            return None;
        }
        let field = question_of(key).map_or("", Question::field);
        let names: Vec<String> = self
            .remembered
            .iter()
            .filter(|(other, _)| other.section == key.section && other.field == field)
            .map(|(_, name)| name.to_string())
            .collect();
        (!names.is_empty()).then_some(AnswerValue::List(names))
    }

    /// Remembers the answers that `others` has and `self` lacks.
    pub(in crate::interview) fn remember_all(&mut self, others: &Self) {
        self.remembered.clone_from(&others.remembered);
        self.suggested.clone_from(&others.suggested);
        for (key, answer) in &others.answers {
            // Defaults and derived answers are computed again from the other answers. Names are kept: they define the
            // records of a list.
            let is_name =
                question_of(key).is_some_and(|question| question.kind == AnswerShape::Records);
            let chosen = !matches!(
                answer.source,
                AnswerSource::Followed | AnswerSource::Default
            );
            if is_name && chosen {
                self.suggested.remove(&key.section);
            } else if is_name {
                self.suggested.insert(key.section.clone());
            }
            if (chosen || is_name) && !self.answers.contains_key(key) {
                self.remembered.insert(key.clone(), answer.value.clone());
            }
        }
    }

    /// Reopens a question: drops its answer and all that depend on it, and suggests them when they are asked again.
    #[must_use]
    pub fn reopened(mut self, key: &AnswerKey) -> Self {
        let depends = question_of(key).map_or(&[][..], |question| question.decides);
        let in_list = |other: &AnswerKey| {
            key.field.is_empty() && other.section == key.section && other != key
        };
        // An answer about one user affects only the other answers about that user.
        let same_record = |other: &AnswerKey| {
            key.record.is_none() || other.section != key.section || other.record == key.record
        };
        let is_dropped = |other: &AnswerKey| {
            other == key
                || in_list(other)
                || (same_record(other) && depends.iter().any(|pattern| covers(pattern, other)))
        };
        let before = self.clone();
        let parked = before.answers.iter().filter(|(other, _)| in_list(other));
        let parked: Vec<_> = parked
            .map(|(other, answer)| (other.clone(), answer.clone()))
            .collect();
        self.parked.extend(parked);
        self.answers
            .retain(|other, answer| answer.source != AnswerSource::Followed && !is_dropped(other));
        // The state of a record is kept under its name, including the fields that were skipped.
        for keys in [&mut self.settled, &mut self.spared] {
            keys.retain(|other| !is_dropped(other) || in_list(other));
        }
        self.remember_all(&before);
        if let Some(file) = &mut self.file {
            file.says_all = false;
        }
        self
    }
}

/// True if the pattern covers the key: `network.*` covers a whole section, `users.*.secret` one field of all records.
fn covers(pattern: &str, key: &AnswerKey) -> bool {
    pattern == key.pattern() || pattern.strip_suffix(".*") == Some(&key.section)
}
