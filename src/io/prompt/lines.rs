//! Asks one question on a terminal that only supports lines (`TERM=dumb`): numbered choices, and a line to type.

use std::fmt::Write as _;
use std::io::{self, BufRead as _};

use unicode_width::UnicodeWidthStr as _;

use super::words::paragraph;
use crate::interview::{AnswerValue, AskError, Choice, Field, Prompt, Reply};
use crate::io::terminal::note;

/// The input that goes back. No answer begins with it.
const BACK: &str = "<";

/// Asks until the input is valid.
pub(super) fn ask(prompt: &Prompt, width: usize) -> Result<Reply, AskError> {
    note(&fitted(&question(prompt), width)).map_err(failed)?;
    loop {
        let mut line = String::new();
        match io::stdin().lock().read_line(&mut line) {
            Ok(0) => return Err(AskError::Interrupted),
            Ok(_) => {}
            Err(error) => return Err(failed(error)),
        }
        match read(prompt, line.trim()) {
            Ok(reply) => return Ok(reply),
            Err(problem) => note(&format!("! {problem}\n> ")).map_err(failed)?,
        }
    }
}

fn failed(error: io::Error) -> AskError {
    AskError::Terminal(error.to_string())
}

/// Breaks lines that are wider than the terminal at blanks.
fn fitted(text: &str, width: usize) -> String {
    let mut fitted = String::new();
    for line in text.split_inclusive('\n') {
        if line.trim_end().width() > width {
            paragraph(&mut fitted, line, width)
        } else {
            fitted.push_str(line)
        }
    }
    fitted
}

fn question(prompt: &Prompt) -> String {
    let mut text = format!("? {}\n", prompt.message);
    for (number, choice) in choices(prompt).iter().enumerate() {
        let _ = writeln!(text, "  {}. {}", number + 1, choice.label);
    }
    let how = match prompt.field {
        Field::One { free: false, .. } => "number",
        Field::One { free: true, .. } => "number, or another as text",
        Field::Many(_) => "numbers with commas",
        Field::YesNo => "yes or no",
        Field::Text | Field::List => "text",
    };
    let default = match &prompt.default {
        Some(default) => format!(", Enter takes {}", numbers(prompt, default)),
        None if prompt.optional => ", Enter leaves it out".to_owned(),
        None => String::new(),
    };
    let _ = write!(
        text,
        "  [{how}{default}, {BACK} goes back, Ctrl-C leaves]\n> "
    );
    text
}

/// Returns the default as the user would type it.
fn numbers(prompt: &Prompt, default: &AnswerValue) -> String {
    let parts = default.parts();
    let numbers: Vec<String> = (1..)
        .zip(choices(prompt))
        .filter(|(_, choice)| parts.contains(&choice.value))
        .map(|(number, _)| number.to_string())
        .collect();
    if numbers.is_empty() {
        default.to_string()
    } else {
        numbers.join(",")
    }
}

fn choices(prompt: &Prompt) -> &[Choice] {
    match &prompt.field {
        Field::One { choices, .. } | Field::Many(choices) => choices,
        Field::Text | Field::List | Field::YesNo => &[],
    }
}

fn read(prompt: &Prompt, line: &str) -> Result<Reply, String> {
    if line == BACK {
        return Ok(Reply::Back);
    }
    if line.is_empty()
        && let Some(default) = &prompt.default
    {
        return Ok(Reply::Answer(default.clone()));
    }
    let chosen = |number: &str| {
        let at = number.parse::<usize>().ok()?.checked_sub(1)?;
        choices(prompt).get(at).map(|choice| choice.value.clone())
    };
    match &prompt.field {
        Field::One { free, .. } => match chosen(line) {
            Some(value) => Ok(Reply::Answer(AnswerValue::Text(value))),
            None if *free => prompt.reading(line),
            None => Err(format!("{line:?} is not a number of the list")),
        },
        Field::Many(_) => line
            .split([',', ' '])
            .filter(|number| !number.is_empty())
            .map(|number| chosen(number).ok_or(format!("{number:?} is not a number of the list")))
            .collect::<Result<Vec<_>, _>>()
            .map(|values| Reply::Answer(AnswerValue::List(values))),
        Field::Text | Field::List | Field::YesNo => prompt.reading(line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interview::AnswerKey;

    fn prompt(field: Field) -> Prompt {
        Prompt {
            key: AnswerKey::plain("review", "verdict"),
            message: "Which?".to_owned(),
            help: String::new(),
            example: String::new(),
            text: None,
            field,
            default: None,
            optional: false,
            not_offered: Vec::new(),
            problem: None,
            question: None,
        }
    }

    #[test]
    fn wide_lines_are_broken_and_the_others_stay() {
        let text = "? Which?\n  1. orders-db  PostgreSQL\n> ";
        assert_eq!(fitted(text, 80), text);
        assert_eq!(fitted(text, 16), "? Which?\n1. orders-db\nPostgreSQL\n> ");
    }

    #[test]
    fn lines_choose_by_number() {
        let choices = vec![Choice::new("a", "a  first"), Choice::new("b", "b  second")];
        let one = prompt(Field::One {
            choices: choices.clone(),
            free: false,
        });
        let many = prompt(Field::Many(choices));
        let cases = [
            (&one, "2", Ok(Reply::Answer(AnswerValue::text("b")))),
            (&one, "<", Ok(Reply::Back)),
            (
                &one,
                "3",
                Err("\"3\" is not a number of the list".to_owned()),
            ),
            (
                &one,
                "0",
                Err("\"0\" is not a number of the list".to_owned()),
            ),
            (
                &many,
                "1, 2",
                Ok(Reply::Answer(AnswerValue::list(["a", "b"]))),
            ),
            (
                &many,
                "1 x",
                Err("\"x\" is not a number of the list".to_owned()),
            ),
        ];
        for (prompt, line, expected) in cases {
            assert_eq!(read(prompt, line), expected, "{line}");
        }
        let text = question(&Prompt {
            default: Some(AnswerValue::list(["b"])),
            ..many
        });
        assert!(text.contains("  2. b  second\n"), "{text}");
        assert!(text.contains("Enter takes 2,"), "{text}");
    }
}
