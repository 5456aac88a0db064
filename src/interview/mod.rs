//! The interview: turns a person's answers into the text of `rdsproxy.toml`.
//!
//! An answer is stored under the key that it has in the spec: `proxy.name`, `users.0.database`. [`QUESTIONS`] has a row
//! for every key; the row asks, explains, offers, validates and comments it. [`run()`] walks the rows and passes
//! unanswered questions to an [`Asker`]. Only [`crate::domain::spec::Spec::parse`] decides whether all answers together
//! form a valid spec.

mod account;
mod answers;
mod ask;
mod context;
mod held;
mod key;
mod left;
mod non_interactive;
mod preset;
mod prompt;
mod question;
mod questions;
mod review;
mod run;
mod validate;
mod value;

pub use answers::{Answer, AnswerSource, Answers, AnswersError, Gone, shell_quoted};
pub use held::RequiredThing;
pub use key::AnswerKey;
pub use left::questions_left;
pub use prompt::{AskError, Asker, Field, Prompt, Reply};
pub use questions::{QUESTIONS, question_of};
pub use review::{Review, failing, refused, review};
pub use run::{InterviewError, Mode, Surroundings, run, run_in};
pub use value::AnswerValue;

pub use self::account::suggestion;
pub use self::context::{QuestionContext, RegionHint};
pub use self::non_interactive::{MissingAnswer, Nobody};
pub use self::preset::{ANSWERS_SCHEMA, Preset};
pub use self::question::{AnswerShape, Choice, NotOffered, Options, Question};
pub use self::validate::remarks;
