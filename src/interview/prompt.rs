//! What is asked and what comes back, whoever asks: a terminal, a script, nobody.

use super::answers::typed;
use super::key::AnswerKey;
use super::question::{Choice, NotOffered, Question};
use super::value::AnswerValue;

/// Whoever can be asked.
pub trait Asker {
    /// Asks one question and waits for the reply.
    ///
    /// # Errors
    /// When the person leaves, or cannot be asked.
    fn ask(&mut self, prompt: &Prompt) -> Result<Reply, AskError>;
}

/// One question, ready to be asked.
#[derive(Clone, Debug)]
pub struct Prompt {
    /// The key that is asked for: `users.0.database`; the review has keys of its own.
    pub key: AnswerKey,
    /// The question, without a question mark where it names a thing.
    pub message: String,
    /// Which risk the answer controls.
    pub help: String,
    /// An answer as it can be typed.
    pub example: String,
    /// What is shown before, line by line as it is.
    pub text: Option<String>,
    /// How it is answered.
    pub field: Field,
    /// What Enter alone takes.
    pub default: Option<AnswerValue>,
    /// True when it may be left out.
    pub optional: bool,
    /// What cannot be chosen, and why.
    pub not_offered: Vec<NotOffered>,
    /// What was wrong with the reply before.
    pub problem: Option<String>,
    /// The row that checks each part as it is typed; none for the review.
    pub question: Option<&'static Question>,
}

impl Prompt {
    /// What a typed line means, checked by the row.
    ///
    /// # Errors
    /// When it cannot be the answer, with what one looks like.
    pub fn reading(&self, line: &str) -> Result<Reply, String> {
        let line = line.trim();
        if line.is_empty() {
            return match self.optional {
                true => Ok(Reply::Skip),
                false => Err("an answer is needed here".to_owned()),
            };
        }
        let value = match self.question {
            Some(question) => typed(question, &self.key, line)?,
            None => AnswerValue::text(line),
        };
        Ok(Reply::Answer(value))
    }
}

/// How a question is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field {
    /// By typing.
    Text,
    /// By typing several, with commas.
    List,
    /// By choosing one; where `free`, also by typing another.
    One {
        /// What there is.
        choices: Vec<Choice>,
        /// Whether another can be typed.
        free: bool,
    },
    /// By choosing some.
    Many(Vec<Choice>),
    /// Yes or no.
    YesNo,
}

/// What comes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// An answer.
    Answer(AnswerValue),
    /// It is left out.
    Skip,
    /// Back to the question before.
    Back,
}

/// Why nothing came back.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AskError {
    /// Ctrl-C.
    #[error("interrupted: nothing was written")]
    Interrupted,
    /// There is nobody to ask.
    #[error("there is no terminal to ask on")]
    NoTerminal,
    /// The terminal failed.
    #[error("the terminal failed: {0}")]
    Terminal(String),
}
