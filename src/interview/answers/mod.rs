//! The answers: a tree with the keys of the spec, and the source of each.

use crate::domain::spec;
mod asked;
mod blame;
mod command;
mod edit;
mod elements;
mod given;
mod gone;
mod layout;
mod read;
mod records;
mod skeleton;
mod write;

use std::collections::{BTreeMap, BTreeSet};

pub use command::shell_quoted;
pub use given::AnswersError;
pub(super) use given::{nearest_key, typed};
pub use gone::Gone;
pub(super) use read::{integer, partial, value_of};
pub(super) use records::RecordNames;
pub(super) use write::turn;

use super::key::AnswerKey;
use super::value::AnswerValue;

/// The source of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerSource {
    /// Read from the answers file.
    File,
    /// Given on the command line with `--set`.
    Set,
    /// Given by a person when asked.
    Chosen,
    /// The default, because no answer was given.
    Default,
    /// Derived from the account or from other answers.
    Followed,
}

/// One answer and its source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The value of the answer.
    pub value: AnswerValue,
    /// The source of the value.
    pub source: AnswerSource,
}

/// All answers, with the state of the questions.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    answers: BTreeMap<AnswerKey, Answer>,
    /// Keys that were deliberately skipped, and lists that are complete.
    settled: BTreeSet<AnswerKey>,
    /// Answers given before their question was reopened; suggested when it is asked again.
    remembered: BTreeMap<AnswerKey, AnswerValue>,
    /// Keys that a complete answers file omits: not asked unless another answer makes them necessary.
    spared: BTreeSet<AnswerKey>,
    /// Lists whose names were given again, so that record numbers differ from those in the file.
    renamed: BTreeSet<String>,
    /// Lists whose names were not chosen by a person: they are suggested again, from the other answers at that time.
    suggested: BTreeSet<String>,
    /// Records of a reopened list: a record named again keeps the answers about it.
    parked: BTreeMap<AnswerKey, Answer>,
    file: Option<AnswersFile>,
}

/// The user's own answers file.
#[derive(Clone, Debug)]
struct AnswersFile {
    name: String,
    text: String,
    /// False once an answer differs from the file.
    says_all: bool,
    /// True for the project's own file, which is written back.
    in_project: bool,
}

impl Answers {
    /// Returns the value of a key.
    pub fn get(&self, key: &AnswerKey) -> Option<&AnswerValue> {
        self.answers.get(key).map(|answer| &answer.value)
    }

    /// Iterates over all answers, in the order of the keys.
    pub fn iter(&self) -> impl Iterator<Item = (&AnswerKey, &Answer)> {
        self.answers.iter()
    }

    /// Returns the numbers of the records of a list, in ascending order.
    pub fn records(&self, section: &str) -> Vec<usize> {
        let records: BTreeSet<usize> = self
            .answers
            .keys()
            .filter(|key| key.section == section)
            .filter_map(|key| key.record)
            .collect();
        records.into_iter().collect()
    }

    /// Stores the answer to a key.
    pub fn put(&mut self, key: AnswerKey, value: AnswerValue, source: AnswerSource) {
        if let Some(file) = self.file.as_mut().filter(|_| source != AnswerSource::File) {
            file.says_all = false;
        }
        self.settled.remove(&key);
        self.answers.insert(key, Answer { value, source });
    }

    /// Marks a key as skipped, or a list as complete.
    pub(super) fn settle(&mut self, key: AnswerKey) {
        self.settled.insert(key);
    }

    /// True when the user's file is a complete spec and omits this key.
    pub(super) fn is_spared(&self, key: &AnswerKey) -> bool {
        self.spared.contains(key)
    }

    /// True when the answers come from the project's own file.
    pub fn is_of_project(&self) -> bool {
        self.file.as_ref().is_some_and(|file| file.in_project)
    }

    /// True when these answers were read from this text.
    pub fn is_from(&self, text: &str) -> bool {
        self.file.as_ref().is_some_and(|file| file.text == text)
    }

    /// True when a key needs no further question.
    pub(super) fn is_settled(&self, key: &AnswerKey) -> bool {
        let is_list = key.field.is_empty();
        self.settled.contains(key)
            || self.answers.contains_key(key)
            || (is_list && !self.records(&key.section).is_empty())
    }

    pub(super) fn remember(&mut self, key: AnswerKey, value: AnswerValue) {
        self.remembered.insert(key, value);
    }

    /// True when the user's own file answers everything, so that it is kept as it is.
    pub(super) fn is_whole_file(&self) -> bool {
        self.file
            .as_ref()
            .is_some_and(|file| file.says_all && spec::Spec::parse(&file.text, &file.name).is_ok())
    }
}
