//! The prompt and the reply, independent of the asker: a terminal, a script, or none.

use super::answers::typed;
use super::key::AnswerKey;
use super::question::{Choice, NotOffered, Question};
use super::value::AnswerValue;

/// Asks questions and returns the replies.
pub trait Asker {
    /// Asks one question and waits for the reply.
    ///
    /// # Errors
    /// When the person aborts, or the input is not available.
    fn ask(&mut self, prompt: &Prompt) -> Result<Reply, AskError>;
}

/// One question in the form in which it is asked.
#[derive(Clone, Debug)]
pub struct Prompt {
    /// The key that is asked for: `users.0.database`; the review uses keys of its own.
    pub key: AnswerKey,
    /// The text of the question, without a question mark if it is a noun.
    pub message: String,
    /// The risk that the answer controls.
    pub help: String,
    /// A valid answer as it can be typed.
    pub example: String,
    /// Text to show before the question, verbatim.
    pub text: Option<String>,
    /// The kind of input.
    pub field: Field,
    /// The answer that Enter takes.
    pub default: Option<AnswerValue>,
    /// True when the question can be skipped.
    pub optional: bool,
    /// The options that cannot be chosen, each with the reason.
    pub not_offered: Vec<NotOffered>,
    /// The problem with the previous reply; `None` for the first attempt.
    pub problem: Option<String>,
    /// The question whose row checks each part as it is typed; `None` for the review.
    pub question: Option<&'static Question>,
}

impl Prompt {
    /// Parses a typed line and checks it against the question.
    ///
    /// # Errors
    /// When the line is not a valid answer, with an example of one.
    pub fn reading(&self, line: &str) -> Result<Reply, String> {
        let line = line.trim();
        if line.is_empty() {
            return if self.optional {
                Ok(Reply::Skip)
            } else {
                Err("an answer is needed here".to_owned())
            };
        }
        let value = match self.question {
            Some(question) => typed(question, &self.key, line)?,
            None => AnswerValue::text(line),
        };
        Ok(Reply::Answer(value))
    }
}

/// The kind of input for a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field {
    /// A text that is typed.
    Text,
    /// Several typed texts, separated by commas.
    List,
    /// One of the choices; with `free`, another text can be typed.
    One {
        /// The choices, in display order.
        choices: Vec<Choice>,
        /// True if a text that is not among the choices can be typed.
        free: bool,
    },
    /// Any number of the choices.
    Many(Vec<Choice>),
    /// A choice between yes and no.
    YesNo,
}

/// The reply to a prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// The answer to the question.
    Answer(AnswerValue),
    /// The question is skipped.
    Skip,
    /// Return to the previous question.
    Back,
}

/// The reason why there is no reply.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AskError {
    /// The person pressed Ctrl-C.
    #[error("interrupted: nothing was written")]
    Interrupted,
    /// There is no terminal.
    #[error("there is no terminal to ask on")]
    NoTerminal,
    /// Reading from or writing to the terminal failed.
    #[error("the terminal failed: {0}")]
    Terminal(String),
}
