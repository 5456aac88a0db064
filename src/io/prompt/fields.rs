//! One question on a terminal whose cursor can be moved.

use std::fmt;

use inquire::error::InquireResult;
use inquire::list_option::ListOption;
use inquire::ui::RenderConfig;
use inquire::validator::Validation;
use inquire::{Confirm, InquireError, MultiSelect, Select, Text};

use super::words::cut;
use crate::interview::{AskError, Choice, Field, Prompt, Question, Reply, Value};
use crate::io::terminal::Terminal;

const TYPE: &str = "Enter accepts · Esc goes back · Ctrl-C leaves without writing";
const TYPE_SEVERAL: &str = "several with commas · Esc goes back · Ctrl-C leaves without writing";
const CHOOSE: &str = "type to filter · Esc goes back · Ctrl-C leaves without writing";
const MARK: &str = "Space marks · Enter accepts · Esc goes back · Ctrl-C leaves without writing";

/// Lines that question, help and a message take beside the list.
const LINES_BESIDE: usize = 12;

/// An option as it stands on its line.
#[derive(Clone)]
struct Shown {
    value: Option<String>,
    label: String,
}

impl fmt::Display for Shown {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.label)
    }
}

/// Asks.
pub(super) fn ask(
    prompt: &Prompt,
    terminal: &Terminal,
    look: RenderConfig<'static>,
) -> Result<Reply, AskError> {
    match &prompt.field {
        Field::Text | Field::List => reply(typed(prompt, look)),
        Field::YesNo => reply(yes_or_no(prompt, look)),
        Field::Many(choices) => reply(some(prompt, choices, terminal, look)),
        Field::One { choices, free } => loop {
            let chosen = one(prompt, &shown(choices, *free, terminal), terminal, look);
            match reply(chosen)? {
                // "Another" was chosen: it is typed, and Esc there comes back to the list.
                Reply::Skip => match reply(typed_other(prompt, look))? {
                    Reply::Back => {}
                    other => return Ok(other),
                },
                other => return Ok(other),
            }
        },
    }
}

/// Esc and Ctrl-C are replies of inquire's own kind.
fn reply(answered: InquireResult<Reply>) -> Result<Reply, AskError> {
    answered.or_else(|error| match error {
        InquireError::OperationCanceled => Ok(Reply::Back),
        InquireError::OperationInterrupted => Err(AskError::Interrupted),
        InquireError::NotTTY => Err(AskError::NoTerminal),
        other => Err(AskError::Terminal(other.to_string())),
    })
}

fn typed(prompt: &Prompt, look: RenderConfig<'static>) -> InquireResult<Reply> {
    let default = prompt.default.as_ref().map(Value::to_string);
    let example = prompt.question.map(Question::typed_example);
    let example = format!("such as {}", example.unwrap_or_default());
    let mut text = Text::new(&prompt.message)
        .with_render_config(look)
        .with_help_message(match prompt.field {
            Field::List => TYPE_SEVERAL,
            _ => TYPE,
        })
        .with_formatter(&|written| match written {
            "" => "none".to_owned(),
            written => written.to_owned(),
        })
        .with_validator(check(prompt));
    match &default {
        Some(default) if prompt.problem.is_some() => text = text.with_initial_value(default),
        Some(default) => text = text.with_default(default),
        None if prompt.optional => text = text.with_placeholder("leave empty for none"),
        None => text = text.with_placeholder(&example),
    }
    let written = text.prompt()?;
    Ok(prompt.reading(&written).unwrap_or(Reply::Skip))
}

/// Something else than what was offered.
fn typed_other(prompt: &Prompt, look: RenderConfig<'static>) -> InquireResult<Reply> {
    let other = Prompt {
        default: None,
        optional: false,
        field: Field::Text,
        ..prompt.clone()
    };
    typed(&other, look)
}

/// Checks as it is typed, so that the text stays and can be corrected.
fn check(
    prompt: &Prompt,
) -> impl Fn(&str) -> Result<Validation, inquire::CustomUserError> + Clone + 'static {
    let prompt = prompt.clone();
    move |written: &str| {
        Ok(match prompt.reading(written) {
            Ok(_) => Validation::Valid,
            Err(problem) => Validation::Invalid(problem.into()),
        })
    }
}

fn yes_or_no(prompt: &Prompt, look: RenderConfig<'static>) -> InquireResult<Reply> {
    let mut confirm = Confirm::new(&prompt.message)
        .with_render_config(look)
        .with_help_message(TYPE);
    if let Some(Value::Flag(default)) = prompt.default {
        confirm = confirm.with_default(default);
    }
    confirm
        .prompt()
        .map(|flag| Reply::Answer(Value::Flag(flag)))
}

fn one(
    prompt: &Prompt,
    shown: &[Shown],
    terminal: &Terminal,
    look: RenderConfig<'static>,
) -> InquireResult<Reply> {
    let default = prompt.default.as_ref().map(Value::to_string);
    let start = shown.iter().position(|option| option.value == default);
    let chosen = Select::new(&prompt.message, shown.to_vec())
        .with_render_config(look)
        .with_help_message(CHOOSE)
        .with_page_size(page(terminal))
        .with_starting_cursor(start.unwrap_or(0))
        .with_formatter(&|option: ListOption<&Shown>| short(option.value))
        .prompt()?;
    Ok(match chosen.value {
        Some(value) => Reply::Answer(Value::Text(value)),
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
        .map(Value::parts)
        .unwrap_or_default();
    let marked: Vec<usize> = (0..choices.len())
        .filter(|at| {
            choices
                .get(*at)
                .is_some_and(|choice| marked.contains(&choice.value))
        })
        .collect();
    let optional = prompt.optional;
    let chosen = MultiSelect::new(&prompt.message, shown)
        .with_render_config(look)
        .with_help_message(MARK)
        .with_page_size(page(terminal))
        .with_default(&marked)
        .with_formatter(&|options: &[ListOption<&Shown>]| {
            let names: Vec<String> = options.iter().map(|option| short(option.value)).collect();
            match names.is_empty() {
                true => "none".to_owned(),
                false => names.join(", "),
            }
        })
        .with_validator(move |options: &[ListOption<&Shown>]| {
            Ok(match options.is_empty() && !optional {
                true => Validation::Invalid("mark at least one with Space".into()),
                false => Validation::Valid,
            })
        })
        .prompt()?;
    let values = chosen.into_iter().filter_map(|option| option.value);
    Ok(Reply::Answer(Value::list(values)))
}

fn shown(choices: &[Choice], free: bool, terminal: &Terminal) -> Vec<Shown> {
    // The cursor, a box and a margin stand beside each label.
    let width = terminal.width.saturating_sub(8);
    let mut shown: Vec<Shown> = choices
        .iter()
        .map(|choice| Shown {
            value: Some(choice.value.clone()),
            label: cut(&choice.label, width),
        })
        .collect();
    if free {
        shown.push(Shown {
            value: None,
            label: "another, to be typed".to_owned(),
        });
    }
    shown
}

/// What stays on the line of an answered question: the name, without what explains it.
fn short(option: &Shown) -> String {
    let name = option.label.split("  ").next().unwrap_or_default();
    name.trim_end_matches('…').to_owned()
}

fn page(terminal: &Terminal) -> usize {
    terminal.height.saturating_sub(LINES_BESIDE).clamp(3, 15)
}
