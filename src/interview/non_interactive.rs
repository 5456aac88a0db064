//! The asker that asks nobody: it takes defaults, and notes what has none, so that all of it can be said at once.

use std::fmt;

use super::prompt::{AskError, Asker, Prompt, Reply};
use super::value::AnswerValue;

/// Whom nobody asks anything: the modes without questions never call it.
#[derive(Clone, Copy, Debug)]
pub struct Nobody;

impl Asker for Nobody {
    fn ask(&mut self, _: &Prompt) -> Result<Reply, AskError> {
        Err(AskError::NoTerminal)
    }
}

/// An answer that nobody gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingAnswer {
    /// Its key.
    pub key: String,
    /// What it is about.
    pub question: String,
    /// Why it is missing, where a default was there and does not fit.
    pub reason: Option<String>,
    /// What could be given.
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

/// Takes defaults.
#[derive(Debug)]
pub(super) struct Unattended {
    /// Whether to take a suggestion for what the spec needs, or only for what it does not.
    pub(super) suggestions: bool,
    /// What nobody gave.
    pub(super) missing: Vec<MissingAnswer>,
}

impl Asker for Unattended {
    fn ask(&mut self, prompt: &Prompt) -> Result<Reply, AskError> {
        let takes = prompt.problem.is_none() && (self.suggestions || prompt.optional);
        if !takes || (prompt.default.is_none() && !prompt.optional) {
            self.missing.push(missing(prompt));
        }
        // A suggestion that may not be taken is still assumed: what follows from it then is not reported as missing too.
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
