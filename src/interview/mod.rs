//! The interview: from what a person knows to the text of `rdsproxy.toml`.
//!
//! An answer lives under the key that it has in the spec: `proxy.name`, `users.0.database`. [`QUESTIONS`] holds a row for every
//! key; the row asks, explains, offers, checks and comments it. [`run()`] walks the rows and asks an [`Asker`] what is not answered
//! yet. Whether all answers together are a spec is for [`crate::domain::spec::Spec::parse`] to say, and for nobody else.

mod answers;
mod ask;
mod held;
mod house;
mod key;
mod left;
mod prompt;
mod question;
mod questions;
mod review;
mod run;
mod unattended;
mod unfit;
mod value;
mod view;
mod world;

pub use answers::{Answer, Answers, AnswersError, Gone, Source, shell_quoted};
pub use held::Held;
pub use house::{ANSWERS_SCHEMA, House};
pub use key::Key;
pub use left::questions_left;
pub use prompt::{AskError, Asker, Field, Prompt, Reply};
pub use questions::{QUESTIONS, question_of};
pub use review::{Review, failing, refused, review};
pub use run::{InterviewError, Mode, Surroundings, run, run_in};
pub use unattended::{Missing, Nobody};
pub use unfit::remarks;
pub use value::Value;
pub use view::View;
pub use world::suggestion;

pub use self::question::{Choice, Kind, NotOffered, Options, Question};
pub use self::view::RegionHint;
