//! Asks the user on the terminal. [`crate::interview`] decides what to ask; this module only presents it.

#[cfg_attr(
    not(unix),
    allow(dead_code, reason = "consoles of Windows are not wrapped")
)]
mod editing;
mod fields;
mod keyboard;
mod lines;
mod words;

use std::collections::BTreeSet;

use inquire::ui::{Attributes, Color, ErrorMessageRenderConfig, RenderConfig, StyleSheet, Styled};

use super::terminal::{Terminal, note};
use crate::interview::{AskError, Asker, Prompt, Reply};

/// A user at a terminal.
#[derive(Clone, Debug)]
pub struct Person {
    terminal: Terminal,
    /// The explanations that were shown already, so that they are not repeated for each record.
    explained: BTreeSet<String>,
    /// True once a question was drawn. From then on input is read key by key, and line input no longer works.
    drawn: bool,
}

impl Person {
    /// Returns the user at a terminal that can prompt.
    ///
    /// # Errors
    /// If standard input or standard error is not a terminal, because a prompt would hang.
    pub fn at(terminal: Terminal) -> Result<Self, AskError> {
        if terminal.can_ask() {
            Ok(Self {
                terminal,
                explained: BTreeSet::new(),
                drawn: false,
            })
        } else {
            Err(AskError::NoTerminal)
        }
    }

    /// Returns the user's terminal.
    pub fn terminal(&self) -> &Terminal {
        &self.terminal
    }

    /// Prints the introduction of a question: the reason for it, what cannot be chosen, and the problem with the last
    /// answer.
    fn introduce(&mut self, prompt: &Prompt) -> Result<(), AskError> {
        let mut text = String::from("\n");
        if let Some(block) = &prompt.text {
            text.push_str(block.trim_end());
            text.push_str("\n\n");
        }
        let mut reason = String::new();
        match &prompt.problem {
            Some(problem) => {
                words::paragraph(&mut reason, &format!("! {problem}"), self.terminal.width)
            }
            None => {
                words::paragraph(&mut reason, &prompt.help, self.terminal.width);
                words::not_offered(&mut reason, prompt, self.terminal.width);
            }
        }
        let is_new = self.explained.insert(reason.clone());
        if is_new || prompt.problem.is_some() || prompt.key.record.is_none_or(|record| record == 0)
        {
            text.push_str(&reason);
        }
        note(&text).map_err(|error| AskError::Terminal(error.to_string()))
    }
}

impl Asker for Person {
    fn ask(&mut self, prompt: &Prompt) -> Result<Reply, AskError> {
        // The window may have been resized since the last question.
        self.terminal = self.terminal.measured();
        let prompt = &words::fit(prompt);
        self.introduce(prompt)?;
        self.drawn |= self.terminal.cursor && self.terminal.has_room();
        if self.drawn {
            fields::ask(prompt, &self.terminal, look(self.terminal.colours))
        } else {
            lines::ask(prompt, self.terminal.width)
        }
    }
}

/// Returns colours that are readable on light and dark backgrounds, or none if colours are off.
fn look(colours: bool) -> RenderConfig<'static> {
    let plain = RenderConfig::empty()
        .with_prompt_prefix(Styled::new("?"))
        .with_answered_prompt_prefix(Styled::new(">"))
        .with_highlighted_option_prefix(Styled::new(">"))
        .with_selected_checkbox(Styled::new("[x]"))
        .with_unselected_checkbox(Styled::new("[ ]"))
        .with_canceled_prompt_indicator(Styled::new("(back)"));
    if !colours {
        return plain;
    }
    let accent = StyleSheet::new().with_fg(Color::DarkCyan);
    let mut look = plain
        .with_answer(accent)
        .with_prompt_prefix(Styled::new("?").with_fg(Color::DarkCyan))
        .with_highlighted_option_prefix(Styled::new(">").with_fg(Color::DarkCyan))
        .with_selected_option(Some(accent))
        .with_help_message(StyleSheet::new().with_fg(Color::DarkGrey))
        .with_error_message(ErrorMessageRenderConfig::default_colored());
    look.prompt = StyleSheet::new().with_attr(Attributes::BOLD);
    look
}
