//! Asks one question on a terminal whose cursor can be moved.

use std::fmt;

use inquire::error::InquireResult;
use inquire::list_option::ListOption;
use inquire::ui::RenderConfig;
use inquire::validator::Validation;
use inquire::{Confirm, InquireError, MultiSelect, Select, Text};
use unicode_width::UnicodeWidthStr as _;

use super::editing::{EditedLine, FieldMotion};
use super::keyboard::during;
use super::words::{cut, paragraph};
use crate::domain::visible::{self, visible};
use crate::interview::{AnswerValue, AskError, Choice, Field, Prompt, Reply};
use crate::io::terminal::Terminal;

/// The key help of a field, from the widest terminal to the narrowest, because inquire would break a line inside a
/// word.
type Hints = [&'static str; 3];

const TYPE: Hints = [
    "Enter accepts · Esc goes back · Ctrl-C leaves without writing",
    "Enter accepts · Esc back · Ctrl-C quits",
    "Esc back · ^C quits",
];
const TYPE_SEVERAL: Hints = [
    "several with commas · Esc goes back · Ctrl-C leaves without writing",
    "use commas · Esc back · Ctrl-C quits",
    "Esc back · ^C quits",
];
const CHOOSE: Hints = [
    "type to filter · Esc goes back · Ctrl-C leaves without writing",
    "type to filter · Esc back · ^C quits",
    "Esc back · ^C quits",
];
const MARK: Hints = [
    "Space marks · Enter accepts · Esc goes back · Ctrl-C leaves without writing",
    "Space marks · Esc back · ^C quits",
    "Space · Esc · ^C quits",
];

fn hint(hints: Hints, terminal: &Terminal) -> &'static str {
    // inquire encloses the hint in brackets.
    let fits = |hint: &&str| hint.width() + 2 < terminal.width;
    hints.into_iter().find(fits).unwrap_or(hints[2])
}

/// Breaks a text for inquire at blanks if the terminal is too narrow. inquire puts a symbol and a blank in front of it.
fn fitted(text: &str, terminal: &Terminal) -> String {
    let mut lines = String::new();
    paragraph(&mut lines, text, terminal.width.saturating_sub(2));
    lines.trim_end().to_owned()
}

/// The number of lines for the question, its help and a message, in addition to the list.
const LINES_BESIDE: usize = 12;

/// An option as displayed in a list.
#[derive(Clone)]
struct ShownOption {
    value: Option<String>,
    label: String,
    /// The text that remains on the line of the answered question.
    name: String,
}

impl fmt::Display for ShownOption {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.label)
    }
}

/// Returns the text that remains of an answer: behind the question if it fits, else below it.
fn kept(message: &str, answer: &str, terminal: &Terminal) -> String {
    let answer = if answer.is_empty() { "none" } else { answer };
    let line = message.lines().last().unwrap_or_default();
    if line.width() + answer.width() + 4 <= terminal.width {
        return answer.to_owned();
    }
    let mut lines = String::new();
    paragraph(&mut lines, answer, terminal.width.saturating_sub(2));
    lines.lines().map(|line| format!("\n  {line}")).collect()
}

/// Asks the question and returns the reply.
pub(super) fn ask(
    prompt: &Prompt,
    terminal: &Terminal,
    look: RenderConfig<'static>,
) -> Result<Reply, AskError> {
    match &prompt.field {
        Field::Text | Field::List => reply(typed(prompt, terminal, look)),
        Field::YesNo => reply(yes_or_no(prompt, terminal, look)),
        Field::Many(choices) => reply(some(prompt, choices, terminal, look)),
        Field::One { choices, free } => loop {
            let chosen = one(prompt, &shown(choices, *free, terminal), terminal, look);
            match reply(chosen)? {
                // "another" was chosen: ask for a typed value. Esc there returns to the list.
                Reply::Skip => match reply(typed_other(prompt, terminal, look))? {
                    Reply::Back => {}
                    other => return Ok(other),
                },
                other => return Ok(other),
            }
        },
    }
}

/// Converts the errors with which inquire reports Esc and Ctrl-C.
fn reply(answered: InquireResult<Reply>) -> Result<Reply, AskError> {
    answered.or_else(|error| match error {
        InquireError::OperationCanceled => Ok(Reply::Back),
        InquireError::OperationInterrupted => Err(AskError::Interrupted),
        InquireError::NotTTY => Err(AskError::NoTerminal),
        other => Err(AskError::Terminal(other.to_string())),
    })
}

fn typed(
    prompt: &Prompt,
    terminal: &Terminal,
    look: RenderConfig<'static>,
) -> InquireResult<Reply> {
    let message = fitted(&prompt.message, terminal);
    let default = prompt.default.as_ref().map(AnswerValue::to_string);
    let example = format!("such as {}", prompt.example);
    let formatter = |written: &str| kept(&message, &visible(written), terminal);
    let mut text = Text::new(&message)
        .with_render_config(look)
        .with_help_message(match prompt.field {
            Field::List => hint(TYPE_SEVERAL, terminal),
            _ => hint(TYPE, terminal),
        })
        .with_formatter(&formatter)
        .with_validator(check(prompt, terminal));
    match &default {
        Some(default) if prompt.problem.is_some() => text = text.with_initial_value(default),
        Some(default) => text = text.with_default(default),
        None if prompt.optional => text = text.with_placeholder("leave empty for none"),
        None => text = text.with_placeholder(&example),
    }
    let start = match prompt.problem {
        Some(_) => default.as_deref().unwrap_or_default(),
        None => "",
    };
    let written = during(EditedLine::new(FieldMotion::Text, start), || text.prompt())?;
    Ok(prompt.reading(&written).unwrap_or(Reply::Skip))
}

/// Asks for a typed value instead of an offered one.
fn typed_other(
    prompt: &Prompt,
    terminal: &Terminal,
    look: RenderConfig<'static>,
) -> InquireResult<Reply> {
    let other = Prompt {
        default: None,
        optional: false,
        field: Field::Text,
        ..prompt.clone()
    };
    typed(&other, terminal, look)
}

/// Validates the input before it is accepted, so that the text stays and can be corrected.
fn check(
    prompt: &Prompt,
    terminal: &Terminal,
) -> impl Fn(&str) -> Result<Validation, inquire::CustomUserError> + Clone + 'static {
    let prompt = prompt.clone();
    let terminal = *terminal;
    move |written: &str| {
        Ok(match prompt.reading(written) {
            Ok(_) => Validation::Valid,
            Err(problem) => {
                Validation::Invalid(fitted(&visible::shown(&problem), &terminal).into())
            }
        })
    }
}

fn yes_or_no(
    prompt: &Prompt,
    terminal: &Terminal,
    look: RenderConfig<'static>,
) -> InquireResult<Reply> {
    let message = fitted(&prompt.message, terminal);
    let mut confirm = Confirm::new(&message)
        .with_render_config(look)
        .with_help_message(hint(TYPE, terminal));
    if let Some(AnswerValue::Flag(default)) = prompt.default {
        confirm = confirm.with_default(default);
    }
    during(EditedLine::new(FieldMotion::Text, ""), || confirm.prompt())
        .map(|flag| Reply::Answer(AnswerValue::Flag(flag)))
}

fn one(
    prompt: &Prompt,
    shown: &[ShownOption],
    terminal: &Terminal,
    look: RenderConfig<'static>,
) -> InquireResult<Reply> {
    let default = prompt.default.as_ref().map(AnswerValue::to_string);
    let start = shown.iter().position(|option| option.value == default);
    let message = fitted(&prompt.message, terminal);
    let formatter = |option: ListOption<&ShownOption>| kept(&message, &option.value.name, terminal);
    let select = Select::new(&message, shown.to_vec())
        .with_render_config(look)
        .with_help_message(hint(CHOOSE, terminal))
        .with_page_size(page(terminal))
        .with_starting_cursor(start.unwrap_or(0))
        .with_formatter(&formatter);
    let chosen = during(EditedLine::new(FieldMotion::Filter, ""), || select.prompt())?;
    Ok(match chosen.value {
        Some(value) => Reply::Answer(AnswerValue::Text(value)),
        None => Reply::Skip,
    })
}

fn some(
    prompt: &Prompt,
    choices: &[Choice],
    terminal: &Terminal,
    look: RenderConfig<'static>,
) -> InquireResult<Reply> {
    let shown = shown(choices, false, terminal);
    let marked = prompt
        .default
        .as_ref()
        .map(AnswerValue::parts)
        .unwrap_or_default();
    let marked: Vec<usize> = (0..choices.len())
        .filter(|at| {
            choices
                .get(*at)
                .is_some_and(|choice| marked.contains(&choice.value))
        })
        .collect();
    let optional = prompt.optional;
    let message = fitted(&prompt.message, terminal);
    let formatter = |options: &[ListOption<&ShownOption>]| {
        let names: Vec<&str> = options
            .iter()
            .map(|option| option.value.name.as_str())
            .collect();
        kept(&message, &names.join(", "), terminal)
    };
    let select = MultiSelect::new(&message, shown)
        .with_render_config(look)
        .with_help_message(hint(MARK, terminal))
        .with_page_size(page(terminal))
        .with_default(&marked)
        .with_formatter(&formatter)
        .with_validator(move |options: &[ListOption<&ShownOption>]| {
            Ok(if options.is_empty() && !optional {
                Validation::Invalid("mark at least one with Space".into())
            } else {
                Validation::Valid
            })
        });
    let chosen = during(EditedLine::new(FieldMotion::Marks, ""), || select.prompt())?;
    let values = chosen.into_iter().filter_map(|option| option.value);
    Ok(Reply::Answer(AnswerValue::list(values)))
}

fn shown(choices: &[Choice], free: bool, terminal: &Terminal) -> Vec<ShownOption> {
    // The cursor, a checkbox and a margin take space beside each label.
    let width = terminal.width.saturating_sub(8);
    let mut shown: Vec<ShownOption> = choices
        .iter()
        .map(|choice| ShownOption {
            value: Some(choice.value.clone()),
            label: cut(&choice.label, width),
            name: cut(name_of(&choice.label), usize::MAX),
        })
        .collect();
    if free {
        shown.push(ShownOption {
            value: None,
            label: cut("another, to be typed", width),
            name: "another".to_owned(),
        });
    }
    shown
}

/// Returns the name at the start of a label, without the explanation.
fn name_of(label: &str) -> &str {
    label.split("  ").next().unwrap_or_default()
}

fn page(terminal: &Terminal) -> usize {
    terminal.height.saturating_sub(LINES_BESIDE).clamp(3, 15)
}
