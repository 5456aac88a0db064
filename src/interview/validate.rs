//! Validates answers that were given without being asked: against the account, the other answers and the pack.

use std::collections::BTreeSet;

use super::account;
use super::answers::{AnswerSource, Answers, turn};
use super::context::QuestionContext;
use super::key::AnswerKey;
use super::prompt::Prompt;
use super::question::{AnswerShape, Question};
use super::questions::question_of;
use super::run::{InterviewError, Walk};
use super::value::AnswerValue;
use crate::domain::snapshot::{AccountPart, Snapshot};
use crate::domain::spec::nearest;

impl Walk<'_> {
    /// Checks that an answer is valid.
    pub(super) fn judge(
        &self,
        prompt: &Prompt,
        key: &AnswerKey,
        value: &AnswerValue,
    ) -> Result<(), String> {
        let Some(question) = prompt.question else {
            return Ok(());
        };
        question.check(value)?;
        if let Some(preset) = self.preset {
            preset.permits(key, value)?;
        }
        refused(prompt, value)?;
        // Validating an answer may need a later part of the account than offering the options.
        let part = self.part(question).max(AccountPart::Settings);
        let view = self.view_upto(part, key);
        (question.fits)(&view, value)?;
        agrees(question, &view, value)?;
        question
            .names
            .map_or(Ok(()), |held| held.check(&view, value))
    }

    /// Refuses answers that the pack does not permit, whatever their source, including those derived from the account.
    pub(super) fn refuse_what_the_pack_does_not_take(&self) -> Result<(), InterviewError> {
        let Some(preset) = self.preset else {
            return Ok(());
        };
        let refused = |(key, answer): (&AnswerKey, &super::Answer)| {
            let problem = preset.permits(key, &answer.value).err()?;
            Some(format!("{key}: {problem}"))
        };
        let unfit: Vec<String> = self.answers.iter().filter_map(refused).collect();
        if unfit.is_empty() {
            Ok(())
        } else {
            Err(InterviewError::Unfit(unfit))
        }
    }

    /// Refuses invalid answers that were given: not among the options, or inconsistent with other answers.
    pub(super) fn refuse_unfit(
        &self,
        looked_at: fn(&AnswerKey) -> bool,
    ) -> Result<(), InterviewError> {
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
        if unfit.is_empty() {
            Ok(())
        } else {
            Err(InterviewError::Unfit(unfit))
        }
    }

    /// Returns the answers given without being asked; a list of records is represented by its names.
    fn given(&self) -> Vec<(AnswerKey, AnswerValue)> {
        self.from(|source| matches!(source, AnswerSource::File | AnswerSource::Set))
    }

    /// Returns the first answer of the person that conflicts with others and was not reopened yet.
    pub(super) fn first_unfit(&self, before: &BTreeSet<AnswerKey>) -> Option<AnswerKey> {
        let said =
            self.from(|source| matches!(source, AnswerSource::Chosen | AnswerSource::Default));
        let mut said = said.into_iter().filter(|(key, _)| !before.contains(key));
        let unfit = said.find(|(key, value)| {
            question_of(key).is_some_and(|question| {
                let prompt = self.prompt(question, key, None);
                self.judge(&prompt, key, value).is_err()
            })
        });
        unfit.map(|(key, _)| key)
    }

    /// Returns the answers from these sources; a list of records is represented by its names.
    fn from(&self, came_so: fn(AnswerSource) -> bool) -> Vec<(AnswerKey, AnswerValue)> {
        let mut given: Vec<(AnswerKey, AnswerValue)> = Vec::new();
        let mut lists = BTreeSet::new();
        for (key, answer) in self
            .answers
            .iter()
            .filter(|(_, answer)| came_so(answer.source))
        {
            let list = AnswerKey::list(&key.section);
            match question_of(key).map(|question| (question.kind, question.field())) {
                Some((AnswerShape::Records, field)) if lists.insert(list.clone()) => {
                    let view = self.view_upto(AccountPart::Databases, &list);
                    given.push((list, AnswerValue::list(view.all(&key.section, field))));
                }
                Some((AnswerShape::Records, _)) => {}
                _ => given.push((key.clone(), answer.value.clone())),
            }
        }
        given
    }

    /// Checks that the account has the database; only reported if the account lists all databases.
    fn exists(&self, key: &AnswerKey, value: &AnswerValue) -> Result<(), String> {
        let Some(account) = self
            .account
            .filter(|_| key.pattern() == "database.identifier")
            .map(|account| account.upto(AccountPart::Databases))
        else {
            return Ok(());
        };
        let known = account::databases(account);
        let names = || known.iter().map(|database| database.identifier);
        let written = value.to_string();
        if account::is_partial(account, &["db_instances", "db_clusters"])
            || names().any(|name| name == written)
        {
            return Ok(());
        }
        let hint = nearest(&written, names())
            .map_or(String::new(), |near| format!(", did you mean `{near}`?"));
        Err(format!(
            "there is no database {written} in account {} and region {}{hint}",
            account.account_id, account.region
        ))
    }
}

/// Checks that an answer does not contradict a fact of the account.
fn agrees(
    question: &Question,
    view: &QuestionContext<'_>,
    value: &AnswerValue,
) -> Result<(), String> {
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

/// Returns remarks on answers that are valid but have consequences worth knowing, in the order of the questions.
pub fn remarks(answers: &Answers, account: Option<&Snapshot>) -> Vec<String> {
    let mut said: Vec<_> = answers.iter().collect();
    said.sort_by_key(|(key, _)| turn(key));
    let of_answer = |(key, answer): (&AnswerKey, &super::Answer)| {
        let question = question_of(key)?;
        let view = QuestionContext {
            answers,
            account,
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

/// Refuses a typed answer that is shown as not offered.
fn refused(prompt: &Prompt, value: &AnswerValue) -> Result<(), String> {
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
