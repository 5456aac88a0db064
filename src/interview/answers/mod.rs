//! The answers: a tree with the keys of the spec, and who gave each.

mod blame;
mod command;
mod given;
mod read;
mod skeleton;
mod write;

use std::collections::{BTreeMap, BTreeSet};

pub use command::shell_quoted;
pub use given::AnswersError;
pub(super) use given::{nearest_key, typed};
pub(super) use read::{integer, partial, value_of};
pub(super) use write::turn;

use super::key::Key;
use super::questions::{Kind, Question, question_of};
use super::value::Value;

/// Who gave an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
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
    pub value: Value,
    /// From whom.
    pub source: Source,
}

/// All answers.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    answers: BTreeMap<Key, Answer>,
    /// What was looked at and left out, and lists that are complete.
    settled: BTreeSet<Key>,
    /// What was answered before its question was opened again: suggested when it is asked once more.
    remembered: BTreeMap<Key, Value>,
    /// The lists whose names nobody chose: they are suggested anew, from what the other answers are then.
    suggested: BTreeSet<String>,
    /// Records of a list that was opened again: whoever is named again keeps what was answered about it.
    parked: BTreeMap<Key, Answer>,
    file: Option<File>,
}

/// The user's own file.
#[derive(Clone, Debug)]
struct File {
    name: String,
    text: String,
    /// False once an answer says something that the file does not.
    says_all: bool,
}

impl Answers {
    /// The value of a key.
    pub fn get(&self, key: &Key) -> Option<&Value> {
        self.answers.get(key).map(|answer| &answer.value)
    }

    /// All answers, by key.
    pub fn iter(&self) -> impl Iterator<Item = (&Key, &Answer)> {
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
    pub fn put(&mut self, key: Key, value: Value, source: Source) {
        if let Some(file) = self.file.as_mut().filter(|_| source != Source::File) {
            file.says_all = false;
        }
        self.settled.remove(&key);
        self.answers.insert(key, Answer { value, source });
    }

    /// Makes the records of a list, one for each name. What is known of a record goes with its name, not with its place in
    /// the list: a user who is left out leaves no secret to the next one.
    pub(super) fn put_records(&mut self, section: &str, names: &Names<'_>, source: Source) {
        let in_list = |key: &Key| key.section == section && key.record.is_some();
        let known = by_name(
            (section, names.field),
            self.parked.iter().chain(&self.answers),
            |answer| &answer.value,
        );
        let remembered = by_name((section, names.field), &self.remembered, |value| value);
        let left_out = self.settled_by_name(section, names.field);
        self.parked.retain(|key, _| !in_list(key));
        self.answers.retain(|key, _| !in_list(key));
        self.remembered.retain(|key, _| !in_list(key));
        self.settled.retain(|key| !in_list(key));
        for (record, name) in names.names.iter().enumerate() {
            let of = |field: &String| Key::in_record(section, record, field);
            for (field, answer) in known.get(name).into_iter().flatten() {
                self.answers.insert(of(field), answer.clone());
            }
            for (field, value) in remembered.get(name).into_iter().flatten() {
                self.remembered.insert(of(field), value.clone());
            }
            let settled = left_out.get(name).into_iter().flatten().map(of);
            self.settled.extend(settled);
            let key = Key::in_record(section, record, names.field);
            self.put(key, Value::text(name), source);
        }
        self.settle(Key::list(section));
    }

    /// What was left out of each record, by its name.
    fn settled_by_name(&self, section: &str, field: &str) -> BTreeMap<String, Vec<String>> {
        let mut by_name: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for key in self.settled.iter().filter(|key| key.section == section) {
            let name = key.record.and_then(|record| {
                let of_name = Key::in_record(section, record, field);
                let parked = self.parked.get(&of_name).map(|answer| &answer.value);
                self.get(&of_name).or(parked)
            });
            if let Some(name) = name {
                let fields = by_name.entry(name.to_string()).or_default();
                fields.push(key.field.clone());
            }
        }
        by_name
    }

    /// Leaves a key out for good, or calls a list complete.
    pub(super) fn settle(&mut self, key: Key) {
        self.settled.insert(key);
    }

    /// What was asked and left out.
    pub(super) fn left_out(&self) -> impl Iterator<Item = &Key> {
        let is_empty = |key: &&Key| !key.field.is_empty() || self.records(&key.section).is_empty();
        self.settled.iter().filter(is_empty)
    }

    /// True when nothing is left to ask about a key.
    pub(super) fn is_settled(&self, key: &Key) -> bool {
        let is_list = key.field.is_empty();
        self.settled.contains(key)
            || self.answers.contains_key(key)
            || (is_list && !self.records(&key.section).is_empty())
    }

    /// What was answered before the question was opened again; for a list, the names of its records.
    pub(super) fn remembered(&self, key: &Key) -> Option<Value> {
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
        (!names.is_empty()).then_some(Value::List(names))
    }

    pub(super) fn remember(&mut self, key: Key, value: Value) {
        self.remembered.insert(key, value);
    }

    /// Remembers what others answered and these do not.
    pub(super) fn remember_all(&mut self, others: &Self) {
        self.remembered.clone_from(&others.remembered);
        self.suggested.clone_from(&others.suggested);
        for (key, answer) in &others.answers {
            // What nobody chose is suggested anew, from what the other answers are then; names make the records of a list.
            let is_name = question_of(key).is_some_and(|question| question.kind == Kind::Records);
            let chosen = !matches!(answer.source, Source::Followed | Source::Default);
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

    /// True when the user's own file answers everything, so that it is kept as it is.
    pub(super) fn is_whole_file(&self) -> bool {
        self.file.as_ref().is_some_and(|file| {
            file.says_all && crate::domain::spec::Spec::parse(&file.text, &file.name).is_ok()
        })
    }

    /// Opens a question again: its answer, and what depends on it, are dropped and suggested when asked once more.
    #[must_use]
    pub fn reopened(mut self, key: &Key) -> Self {
        let depends = question_of(key).map_or(&[][..], |question| question.decides);
        let in_list =
            |other: &Key| key.field.is_empty() && other.section == key.section && other != key;
        // What depends on an answer about one user is about that user only.
        let same_record = |other: &Key| {
            key.record.is_none() || other.section != key.section || other.record == key.record
        };
        let is_dropped = |other: &Key| {
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
            .retain(|other, answer| answer.source != Source::Followed && !is_dropped(other));
        self.settled
            .retain(|other| !is_dropped(other) || in_list(other));
        self.remember_all(&before);
        if let Some(file) = &mut self.file {
            file.says_all = false;
        }
        self
    }
}

/// What is known of the records of a list, by name: the field of each, and what it holds.
fn by_name<'k, T: Clone + 'k>(
    (section, field): (&str, &str),
    known: impl IntoIterator<Item = (&'k Key, &'k T)>,
    value: impl Fn(&T) -> &Value,
) -> BTreeMap<String, Vec<(String, T)>> {
    let known: Vec<_> = known
        .into_iter()
        .filter(|(key, _)| key.section == section && key.record.is_some())
        .collect();
    let mut by_name: BTreeMap<String, Vec<(String, T)>> = BTreeMap::new();
    for (name_key, name) in known.iter().filter(|(key, _)| key.field == field) {
        let fields = known
            .iter()
            .filter(|(key, _)| key.record == name_key.record)
            .map(|(key, held)| (key.field.clone(), (*held).clone()));
        by_name
            .entry(value(name).to_string())
            .or_default()
            .extend(fields);
    }
    by_name
}

/// The names that make records, and the field that holds them.
pub(super) struct Names<'a> {
    pub(super) field: &'a str,
    pub(super) names: Vec<String>,
}

/// `network.*` covers all of a section, `users.*.secret` one field of all records.
fn covers(pattern: &str, key: &Key) -> bool {
    pattern == key.pattern() || pattern.strip_suffix(".*") == Some(&key.section)
}
