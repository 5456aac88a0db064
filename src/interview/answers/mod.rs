//! The answers: a tree with the keys of the spec, and who gave each.

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

/// Who gave an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerSource {
    /// The answers file.
    File,
    /// `--set`.
    Set,
    /// A person, when asked.
    Chosen,
    /// Nobody: the default was taken.
    Default,
    /// It follows from the account or from other answers.
    Followed,
}

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// What.
    pub value: AnswerValue,
    /// From whom.
    pub source: AnswerSource,
}

/// All answers.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    answers: BTreeMap<AnswerKey, Answer>,
    /// What was looked at and left out, and lists that are complete.
    settled: BTreeSet<AnswerKey>,
    /// What was answered before its question was opened again: suggested when it is asked once more.
    remembered: BTreeMap<AnswerKey, AnswerValue>,
    /// What a file that is a whole spec leaves out: not asked, unless another answer makes it necessary.
    spared: BTreeSet<AnswerKey>,
    /// Lists whose records were named anew, so that their numbers are not those of the file.
    renamed: BTreeSet<String>,
    /// The lists whose names nobody chose: they are suggested anew, from what the other answers are then.
    suggested: BTreeSet<String>,
    /// Records of a list that was opened again: whoever is named again keeps what was answered about it.
    parked: BTreeMap<AnswerKey, Answer>,
    file: Option<AnswersFile>,
}

/// The user's own file.
#[derive(Clone, Debug)]
struct AnswersFile {
    name: String,
    text: String,
    /// False once an answer says something that the file does not.
    says_all: bool,
    /// Whether it is the project's own, which is written again.
    in_project: bool,
}

impl Answers {
    /// The value of a key.
    pub fn get(&self, key: &AnswerKey) -> Option<&AnswerValue> {
        self.answers.get(key).map(|answer| &answer.value)
    }

    /// All answers, by key.
    pub fn iter(&self) -> impl Iterator<Item = (&AnswerKey, &Answer)> {
        self.answers.iter()
    }

    /// The numbers of the records of a list.
    pub fn records(&self, section: &str) -> Vec<usize> {
        let records: BTreeSet<usize> = self
            .answers
            .keys()
            .filter(|key| key.section == section)
            .filter_map(|key| key.record)
            .collect();
        records.into_iter().collect()
    }

    /// Answers a key.
    pub fn put(&mut self, key: AnswerKey, value: AnswerValue, source: AnswerSource) {
        if let Some(file) = self.file.as_mut().filter(|_| source != AnswerSource::File) {
            file.says_all = false;
        }
        self.settled.remove(&key);
        self.answers.insert(key, Answer { value, source });
    }

    /// Leaves a key out for good, or calls a list complete.
    pub(super) fn settle(&mut self, key: AnswerKey) {
        self.settled.insert(key);
    }

    /// True when the user's file, which is a whole spec, does without this key.
    pub(super) fn is_spared(&self, key: &AnswerKey) -> bool {
        self.spared.contains(key)
    }

    /// True for the project's own file, and for these answers about it.
    pub fn is_of_project(&self) -> bool {
        self.file.as_ref().is_some_and(|file| file.in_project)
    }

    /// True where these answers were read from this text.
    pub fn is_from(&self, text: &str) -> bool {
        self.file.as_ref().is_some_and(|file| file.text == text)
    }

    /// True when nothing is left to ask about a key.
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
