//! The questions, one row each. To ask for something new, add a row; prompt, file, comments and `--set` follow from it.

use super::question::{AnswerShape, Question};
mod consumers;
mod database;
mod network;
mod output;
mod proxy;
mod users;

use super::key::AnswerKey;
use crate::domain::spec::nearest;

/// Every question, in the order in which they are asked: what the others follow from comes first.
pub static QUESTIONS: &[&[Question]] = &[
    database::WHICH,
    proxy::ROWS,
    network::ROWS,
    database::TLS,
    users::ROWS,
    consumers::ROWS,
    output::ROWS,
];

/// The answer and the account say the same.
pub(super) const SAME: fn(&str, &str) -> bool = |given, fact| given == fact;

/// The question of a key.
pub fn question_of(key: &AnswerKey) -> Option<&'static Question> {
    let rows = || QUESTIONS.iter().flat_map(|rows| rows.iter());
    if key.field.is_empty() {
        return rows().find(|row| row.kind == AnswerShape::Records && row.section() == key.section);
    }
    let pattern = key.pattern();
    rows().find(|row| row.key == pattern)
}

/// For [`Question::part`]: a word out of a list.
fn word(written: &str, known: &[&str]) -> Result<(), String> {
    if known.contains(&written) {
        return Ok(());
    }
    let given: String = written.chars().take(80).collect();
    let hint = nearest(written, known.iter().copied())
        .map_or(String::new(), |near| format!(" (did you mean `{near}`?)"));
    Err(format!("{given:?} is none of {}{hint}", known.join(", ")))
}

/// For [`Question::part`]: a whole number of a range.
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

/// For [`Question::part`]: a TCP port.
fn port(written: &str) -> Result<(), String> {
    number(written, 1..=i64::from(u16::MAX))
}
