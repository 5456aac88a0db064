//! All questions, one row each. To add a question, add a row: prompt, file, comments and `--set` are derived from it.

use super::question::{AnswerShape, Question};
mod consumers;
mod database;
mod network;
mod output;
mod proxy;
mod users;

use super::key::AnswerKey;
use crate::domain::spec::nearest;

/// Every question, in the order in which they are asked: questions that determine others come first.
pub static QUESTIONS: &[&[Question]] = &[
    database::WHICH,
    proxy::ROWS,
    network::ROWS,
    database::TLS,
    users::ROWS,
    consumers::ROWS,
    output::ROWS,
];

/// For [`Question::fact`]: the answer equals the fact of the account.
pub(super) const SAME: fn(&str, &str) -> bool = |given, fact| given == fact;

/// Returns the question of a key.
pub fn question_of(key: &AnswerKey) -> Option<&'static Question> {
    let rows = || QUESTIONS.iter().flat_map(|rows| rows.iter());
    if key.field.is_empty() {
        return rows().find(|row| row.kind == AnswerShape::Records && row.section() == key.section);
    }
    let pattern = key.pattern();
    rows().find(|row| row.key == pattern)
}

/// For [`Question::part`]: checks that the word is in a list.
fn word(written: &str, known: &[&str]) -> Result<(), String> {
    if known.contains(&written) {
        return Ok(());
    }
    let given: String = written.chars().take(80).collect();
    let hint = nearest(written, known.iter().copied())
        .map_or(String::new(), |near| format!(" (did you mean `{near}`?)"));
    Err(format!("{given:?} is none of {}{hint}", known.join(", ")))
}

/// For [`Question::part`]: checks that the text is a whole number in the range.
fn number(written: &str, range: std::ops::RangeInclusive<i64>) -> Result<(), String> {
    match written.parse() {
        Ok(number) if range.contains(&number) => Ok(()),
        _ => Err(format!(
            "{written} is outside {} to {}",
            range.start(),
            range.end()
        )),
    }
}

/// For [`Question::part`]: checks that the text is a TCP port.
fn port(written: &str) -> Result<(), String> {
    number(written, 1..=i64::from(u16::MAX))
}
