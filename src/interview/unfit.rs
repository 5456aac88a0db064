//! What was given without being asked, and cannot be: in the account, beside the other answers, or with the pack.

use std::collections::BTreeSet;

use super::answers::{Answers, Source, turn};
use super::key::Key;
use super::prompt::Prompt;
use super::question::{Kind, Question};
use super::questions::question_of;
use super::run::{InterviewError, Walk};
use super::value::Value;
use super::view::View;
use super::world;
use crate::domain::snapshot::{Part, Snapshot};
use crate::domain::spec::nearest;

impl Walk<'_> {
    /// Whether an answer can be one.
    pub(super) fn judge(&self, prompt: &Prompt, key: &Key, value: &Value) -> Result<(), String> {
        let Some(question) = prompt.question else {
            return Ok(());
        };
        question.check(value)?;
        if let Some(house) = self.house {
            house.permits(key, value)?;
        }
        refused(prompt, value)?;
        // What an answer means may take longer to read than what is offered.
        let part = self.part(question).max(Part::Settings);
        let view = self.view_upto(part, key);
        (question.fits)(&view, value)?;
        agrees(question, &view, value)?;
        question
            .names
            .map_or(Ok(()), |held| held.check(&view, value))
    }

    /// Refuses what the pack does not take, whoever answered it: also what follows from the account.
    pub(super) fn refuse_what_the_pack_does_not_take(&self) -> Result<(), InterviewError> {
        let Some(house) = self.house else {
            return Ok(());
        };
        let refused = |(key, answer): (&Key, &super::Answer)| {
            let problem = house.permits(key, &answer.value).err()?;
            Some(format!("{key}: {problem}"))
        };
        let unfit: Vec<String> = self.answers.iter().filter_map(refused).collect();
        match unfit.is_empty() {
            true => Ok(()),
            false => Err(InterviewError::Unfit(unfit)),
        }
    }

    /// Refuses what was given and cannot be: what is not offered, what does not go with the rest.
    pub(super) fn refuse_unfit(&self, looked_at: fn(&Key) -> bool) -> Result<(), InterviewError> {
        let unfit: Vec<String> = self
            .given()
            .into_iter()
            .filter(|(key, _)| looked_at(key))
            .filter_map(|(key, value)| {
                let question = question_of(&key)?;
                let prompt = self.prompt(question, &key, None);
                let problem = self
                    .judge(&prompt, &key, &value)
                    .and_then(|()| self.exists(&key, &value))
                    .err()?;
                Some(format!("{}: {problem}", self.answers.called(&key)))
            })
            .collect();
        match unfit.is_empty() {
            true => Ok(()),
            false => Err(InterviewError::Unfit(unfit)),
        }
    }

    /// What was given without being asked; a list of records by its names.
    fn given(&self) -> Vec<(Key, Value)> {
        self.from(|source| matches!(source, Source::File | Source::Set))
    }

    /// The first answer of the person that cannot be one beside the others, and was not opened again yet.
    pub(super) fn first_unfit(&self, before: &BTreeSet<Key>) -> Option<Key> {
        let said = self.from(|source| matches!(source, Source::Chosen | Source::Default));
        let mut said = said.into_iter().filter(|(key, _)| !before.contains(key));
        let unfit = said.find(|(key, value)| {
            question_of(key).is_some_and(|question| {
                let prompt = self.prompt(question, key, None);
                self.judge(&prompt, key, value).is_err()
            })
        });
        unfit.map(|(key, _)| key)
    }

    /// The answers that came so; a list of records by its names.
    fn from(&self, came_so: fn(Source) -> bool) -> Vec<(Key, Value)> {
        let mut given: Vec<(Key, Value)> = Vec::new();
        let mut lists = BTreeSet::new();
        for (key, answer) in self
            .answers
            .iter()
            .filter(|(_, answer)| came_so(answer.source))
        {
            let list = Key::list(&key.section);
            match question_of(key).map(|question| (question.kind, question.field())) {
                Some((Kind::Records, field)) if lists.insert(list.clone()) => {
                    let view = self.view_upto(Part::Databases, &list);
                    given.push((list, Value::list(view.all(&key.section, field))));
                }
                Some((Kind::Records, _)) => {}
                _ => given.push((key.clone(), answer.value.clone())),
            }
        }
        given
    }

    /// A database that the account does not show, though it shows all, is a slip.
    fn exists(&self, key: &Key, value: &Value) -> Result<(), String> {
        let Some(world) = self
            .world
            .filter(|_| key.pattern() == "database.identifier")
            .map(|account| account.upto(Part::Databases))
        else {
            return Ok(());
        };
        let known = world::databases(world);
        let names = || known.iter().map(|database| database.identifier);
        let written = value.to_string();
        if world::is_partial(world, &["db_instances", "db_clusters"])
            || names().any(|name| name == written)
        {
            return Ok(());
        }
        let hint = nearest(&written, names())
            .map_or(String::new(), |near| format!(", did you mean `{near}`?"));
        Err(format!(
            "there is no database {written} in account {} and region {}{hint}",
            world.account_id, world.region
        ))
    }
}

/// What the account says of a thing that exists cannot be answered otherwise.
fn agrees(question: &Question, view: &View<'_>, value: &Value) -> Result<(), String> {
    let Some((is_same, fact)) = question.fact.zip((question.follows)(view)) else {
        return Ok(());
    };
    let facts = fact.parts();
    let parts = value.parts();
    let wrong = parts
        .iter()
        .find(|part| !facts.iter().any(|fact| is_same(part, fact)));
    match wrong {
        Some(wrong) => Err(format!(
            "the account in view says {}, not {wrong}",
            facts.join(", ")
        )),
        None => Ok(()),
    }
}

/// What has to be known about answers that can be carried out all the same, in the order of the questions.
pub fn remarks(answers: &Answers, world: Option<&Snapshot>) -> Vec<String> {
    let mut said: Vec<_> = answers.iter().collect();
    said.sort_by_key(|(key, _)| turn(key));
    let of_answer = |(key, answer): (&Key, &super::Answer)| {
        let question = question_of(key)?;
        let view = View {
            answers,
            world,
            region: None,
            record: key.record,
        };
        let doubt = question
            .names
            .and_then(|held| held.doubt(&view, &answer.value));
        (question.remark)(&view, &answer.value).or(doubt)
    };
    said.into_iter().filter_map(of_answer).collect()
}

/// What is shown as not offered cannot be answered by typing it either.
fn refused(prompt: &Prompt, value: &Value) -> Result<(), String> {
    let parts = value.parts();
    let found = prompt
        .not_offered
        .iter()
        .find(|other| parts.contains(&other.name));
    match found {
        Some(other) => Err(format!("{}: {}", other.name, other.reason)),
        None => Ok(()),
    }
}
