//! The review at the end: write, change an answer, or leave.

use super::answers::{AnswerSource, Answers, turn};
use super::key::AnswerKey;
use super::prompt::{AskError, Asker, Field, Prompt, Reply};
use super::question::{AnswerShape, Choice, Question};
use super::questions::question_of;
use super::value::AnswerValue;

/// The decision in the review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Review {
    /// Write the files of the project.
    Write,
    /// Write the files although rules fail; the text is the reason.
    Accept(String),
    /// Ask this question again: [`Answers::reopened`], then [`super::run()`].
    Change(AnswerKey),
    /// Leave without writing anything.
    Cancel,
}

/// Shows a preview text of the files and asks for a decision.
///
/// # Errors
/// When the person aborts, or the input is not available.
pub fn review(text: &str, answers: &Answers, asker: &mut dyn Asker) -> Result<Review, AskError> {
    let question = "Write these files?";
    decide(verdict(text, question, verdicts()), answers, asker)
}

/// Like [`review`], for an account that fails rules: the files are written only with a reason for accepting that.
///
/// # Errors
/// When the person aborts, or the input is not available.
pub fn failing(text: &str, answers: &Answers, asker: &mut dyn Asker) -> Result<Review, AskError> {
    let mut choices = verdicts();
    choices.rotate_left(1);
    for choice in choices.iter_mut().filter(|choice| choice.value == "write") {
        "write, and accept what fails for 90 days".clone_into(&mut choice.label);
    }
    let question = "The account fails a rule. What now?";
    match decide(verdict(text, question, choices), answers, asker)? {
        Review::Write => accepted(answers, asker),
        other => Ok(other),
    }
}

fn accepted(answers: &Answers, asker: &mut dyn Asker) -> Result<Review, AskError> {
    let why = Prompt {
        field: Field::Text,
        default: None,
        example: "the last direct client moves in March".to_owned(),
        help:
            "The reason stands in rdsproxy-policy.toml, beside the date on which the waiver ends."
                .to_owned(),
        ..prompt("reason", "Why may it stay?", None, Vec::new())
    };
    match asker.ask(&why)? {
        Reply::Answer(reason) => Ok(Review::Accept(reason.to_string())),
        Reply::Back | Reply::Skip => failing("", answers, asker),
    }
}

/// Shows the reason why the answers cannot be used, and asks which one to change.
///
/// # Errors
/// When the person aborts, or the input is not available.
pub fn refused(reason: &str, answers: &Answers, asker: &mut dyn Asker) -> Result<Review, AskError> {
    let without_writing = verdicts()
        .into_iter()
        .filter(|choice| choice.value != "write")
        .collect();
    let question = "This cannot be written. What now?";
    decide(verdict(reason, question, without_writing), answers, asker)
}

/// Asks for a verdict, and for the answer to change.
fn decide(
    mut verdict: Prompt,
    answers: &Answers,
    asker: &mut dyn Asker,
) -> Result<Review, AskError> {
    loop {
        let reply = asker.ask(&verdict)?;
        // The text is shown once.
        verdict.text = None;
        match reply {
            Reply::Answer(AnswerValue::Text(word)) if word == "write" => return Ok(Review::Write),
            Reply::Answer(AnswerValue::Text(word)) if word == "cancel" => {
                return Ok(Review::Cancel);
            }
            _ => {}
        }
        let which = prompt("answer", "Which answer?", None, changeable(answers));
        if let Reply::Answer(AnswerValue::Text(key)) = asker.ask(&which)?
            && let Some(key) = AnswerKey::parse(&key)
        {
            return Ok(Review::Change(key));
        }
    }
}

fn verdict(text: &str, question: &str, choices: Vec<Choice>) -> Prompt {
    prompt("verdict", question, Some(text.to_owned()), choices)
}

fn verdicts() -> Vec<Choice> {
    vec![
        Choice::new("write", "write"),
        Choice::new("change", "change an answer"),
        Choice::new("cancel", "leave without writing"),
    ]
}

/// Returns the answers that were asked or given, in the order of the questions; lists of records as a whole and field
/// by field.
fn changeable(answers: &Answers) -> Vec<Choice> {
    let mut choices: Vec<Choice> = Vec::new();
    let mut said: Vec<_> = answers
        .iter()
        .filter(|(_, answer)| answer.source != AnswerSource::Followed)
        .collect();
    said.sort_by_key(|(key, _)| turn(key));
    for (key, answer) in said {
        let is_name =
            question_of(key).is_some_and(|question| question.kind == AnswerShape::Records);
        let key = if is_name {
            AnswerKey::list(&key.section)
        } else {
            key.clone()
        };
        let written = key.to_string();
        if choices.iter().all(|choice| choice.value != written) {
            let said = if is_name {
                names(answers, &key.section)
            } else {
                in_words(&answer.value)
            };
            let label = format!("{}: {said}", called(answers, &key));
            choices.push(Choice::new(written, label));
        }
    }
    choices.extend(answers.left_out().map(|key| {
        let label = format!("{}: none", called(answers, key));
        Choice::new(key.to_string(), label)
    }));
    choices
}

/// Returns the heading of an answer: `Subnets`; for a record, with its name: `orders_app, password`.
fn called(answers: &Answers, key: &AnswerKey) -> String {
    let title = question_of(key).map_or_else(|| key.to_string(), Question::title);
    let name = key.record.and_then(|record| {
        let field = question_of(&AnswerKey::list(&key.section))?.field();
        answers.get(&AnswerKey::in_record(&key.section, record, field))
    });
    match name {
        Some(name) => format!("{name}, {title}"),
        None if key.section == "tags" => format!("Tag {}", key.field),
        None => title,
    }
}

/// Formats an answer for the review.
fn in_words(value: &AnswerValue) -> String {
    match value {
        AnswerValue::Flag(true) => "yes".to_owned(),
        AnswerValue::Flag(false) => "no".to_owned(),
        AnswerValue::Text(word) if word == "create" => "create a new one".to_owned(),
        other => other.parts().join(", "),
    }
}

fn names(answers: &Answers, section: &str) -> String {
    let names: Vec<String> = answers
        .iter()
        .filter(|(key, _)| key.section == section)
        .filter(|(key, _)| {
            question_of(key).is_some_and(|question| question.kind == AnswerShape::Records)
        })
        .map(|(_, answer)| answer.value.to_string())
        .collect();
    names.join(", ")
}

fn prompt(key: &str, message: &str, text: Option<String>, choices: Vec<Choice>) -> Prompt {
    Prompt {
        key: AnswerKey::plain("review", key),
        message: message.to_owned(),
        help: String::new(),
        example: String::new(),
        text,
        default: choices.first().map(|first| AnswerValue::text(&first.value)),
        field: Field::One {
            choices,
            free: false,
        },
        optional: false,
        not_offered: Vec::new(),
        problem: None,
        question: None,
    }
}
