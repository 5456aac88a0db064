//! The asker of the non-interactive modes: takes defaults and collects the questions without one, to report them
//! together.

use std::fmt;

use super::prompt::{AskError, Asker, Prompt, Reply};
use super::value::AnswerValue;

/// The asker of the modes without questions, which never call it.
#[derive(Clone, Copy, Debug)]
pub struct Nobody;

impl Asker for Nobody {
    fn ask(&mut self, _: &Prompt) -> Result<Reply, AskError> {
        Err(AskError::NoTerminal)
    }
}

/// A question that has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingAnswer {
    /// The key to set.
    pub key: String,
    /// The text of the question.
    pub question: String,
    /// The reason why the default is not usable, if there was a default.
    pub reason: Option<String>,
    /// A valid example value.
    pub example: String,
}

impl fmt::Display for MissingAnswer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "  --set {}={}  # {}",
            self.key, self.example, self.question
        )?;
        match &self.reason {
            Some(reason) => write!(out, " ({reason})"),
            None => Ok(()),
        }
    }
}

/// Answers every question with its default.
#[derive(Debug)]
pub(super) struct Unattended {
    /// True to take suggestions for required answers too, not only for optional ones.
    pub(super) suggestions: bool,
    /// The required questions that have no answer.
    pub(super) missing: Vec<MissingAnswer>,
}

impl Asker for Unattended {
    fn ask(&mut self, prompt: &Prompt) -> Result<Reply, AskError> {
        let takes = prompt.problem.is_none() && (self.suggestions || prompt.optional);
        if !takes || (prompt.default.is_none() && !prompt.optional) {
            self.missing.push(missing(prompt));
        }
        // A suggestion that may not be taken is still assumed, so that answers derived from it are not reported as
        // missing too.
        match &prompt.default {
            Some(default) if prompt.problem.is_none() => Ok(Reply::Answer(default.clone())),
            _ => Ok(Reply::Skip),
        }
    }
}

fn missing(prompt: &Prompt) -> MissingAnswer {
    MissingAnswer {
        key: prompt.key.to_string(),
        question: prompt.message.clone(),
        reason: prompt.problem.clone(),
        example: prompt
            .default
            .as_ref()
            .map_or(prompt.example.clone(), AnswerValue::to_string),
    }
}
