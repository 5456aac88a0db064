//! The records of a list: created by name, and identified by name wherever they are in the list.

use std::collections::{BTreeMap, BTreeSet};

use super::super::key::AnswerKey;
use super::super::questions::{QUESTIONS, question_of};
use super::super::value::AnswerValue;
use super::{AnswerSource, Answers};
use crate::interview::context::QuestionContext;

/// The names of the records of a list, and the field that holds them.
pub(in crate::interview) struct RecordNames<'a> {
    pub(in crate::interview) field: &'a str,
    pub(in crate::interview) names: Vec<String>,
}

impl Answers {
    /// Creates the records of a list, one for each name. Answers about a name that existed before are kept.
    pub(in crate::interview) fn put_records(
        &mut self,
        section: &str,
        names: &RecordNames<'_>,
        source: AnswerSource,
    ) {
        self.renumber(section, names);
        for (record, name) in names.names.iter().enumerate() {
            let key = AnswerKey::in_record(section, record, names.field);
            self.put(key, AnswerValue::text(name), source);
        }
        self.unpark(section);
        if let Some(file) = &mut self.file {
            file.says_all = false;
        }
        self.renamed.insert(section.to_owned());
        self.settle(AnswerKey::list(section));
    }

    /// Restores the answers about the records that were parked when their list was reopened.
    fn unpark(&mut self, section: &str) {
        let of_list = |key: &AnswerKey| key.section == section && key.record.is_some();
        let (parked, others) = std::mem::take(&mut self.parked)
            .into_iter()
            .partition::<BTreeMap<_, _>, _>(|(key, _)| of_list(key));
        self.parked = others;
        for (key, answer) in parked {
            self.answers.entry(key).or_insert(answer);
        }
    }

    /// Moves every record that has one of the names to its new number, and drops the others.
    fn renumber(&mut self, section: &str, names: &RecordNames<'_>) {
        let places = self.places(section, names);
        let moved = |key: AnswerKey| match key.record.filter(|_| key.section == section) {
            None => Some(key),
            Some(record) => places.get(&record).map(|place| AnswerKey {
                record: Some(*place),
                ..key
            }),
        };
        self.answers = std::mem::take(&mut self.answers)
            .into_iter()
            .filter_map(|(key, answer)| Some((moved(key)?, answer)))
            .collect();
        self.remembered = std::mem::take(&mut self.remembered)
            .into_iter()
            .filter_map(|(key, value)| Some((moved(key)?, value)))
            .collect();
        self.parked = std::mem::take(&mut self.parked)
            .into_iter()
            .filter_map(|(key, answer)| Some((moved(key)?, answer)))
            .collect();
        for keys in [&mut self.settled, &mut self.spared] {
            *keys = std::mem::take(keys).into_iter().filter_map(moved).collect();
        }
    }

    /// Maps the number of each record to its index among the names.
    fn places(&self, section: &str, names: &RecordNames<'_>) -> BTreeMap<usize, usize> {
        let remembered = self.remembered.iter();
        let answered = self
            .parked
            .iter()
            .chain(&self.answers)
            .map(|(key, answer)| (key, &answer.value));
        let place_of = |name: &AnswerValue| {
            let mut known = names.names.iter();
            known.position(|known| *name == AnswerValue::text(known))
        };
        remembered
            .chain(answered)
            .filter(|(key, _)| key.section == section && key.field == names.field)
            .filter_map(|(key, name)| Some((key.record?, place_of(name)?)))
            .collect()
    }

    /// Returns the name that identifies a record.
    pub(super) fn name_of(&self, section: &str, record: usize) -> Option<&AnswerValue> {
        let question = question_of(&AnswerKey::list(section))?;
        self.get(&AnswerKey::in_record(section, record, question.field()))
    }

    /// Notes the keys that a complete answers file omits.
    pub(super) fn spare(&mut self) {
        let mut keys: Vec<AnswerKey> = Vec::new();
        for question in QUESTIONS.iter().flat_map(|rows| rows.iter()) {
            let (section, field) = (question.section(), question.field());
            if question.is_of_record() {
                keys.extend(
                    self.records(section)
                        .into_iter()
                        .map(|record| AnswerKey::in_record(section, record, field)),
                )
            } else {
                keys.push(AnswerKey::plain(section, field))
            }
        }
        let is_left_out = |key: &AnswerKey| {
            let view = QuestionContext {
                answers: self,
                account: None,
                region: None,
                record: key.record,
            };
            let question = question_of(key).filter(|_| key.field != "*");
            question.is_some_and(|question| (question.relevant)(&view)) && self.get(key).is_none()
        };
        let spared: BTreeSet<AnswerKey> = keys.into_iter().filter(is_left_out).collect();
        self.spared = spared;
    }
}
