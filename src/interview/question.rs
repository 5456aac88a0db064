//! Defines a question: its text, the type of its answer, and how options, validation and default depend on the other
//! answers.

use super::answers::Answers;
use super::context::QuestionContext;
use super::held::RequiredThing;
use super::key::AnswerKey;
use super::value::AnswerValue;
use crate::domain::engine::Engine;
use crate::domain::names::{NameError, TagKey};
use crate::domain::snapshot::AccountPart;
/// An option that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The answer that the option gives.
    pub value: String,
    /// The text shown; starts with the value or with the resource's name.
    pub label: String,
}

impl Choice {
    /// Creates a choice with its label.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            label: label.into(),
        }
    }
}

/// An option that cannot be chosen, and the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotOffered {
    /// The name of the option.
    pub name: String,
    /// The reason, and the remedy if there is one.
    pub reason: String,
}

/// The options of a question.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// The options that can be chosen.
    pub offered: Vec<Choice>,
    /// The options that cannot be chosen.
    pub not_offered: Vec<NotOffered>,
}

impl Options {
    /// Adds an option: one that can be chosen, or with a refusal one that cannot.
    pub(super) fn add(&mut self, choice: Choice, refusal: Option<String>) {
        match refusal {
            None => self.offered.push(choice),
            Some(reason) => self.not_offered.push(NotOffered {
                name: choice.value,
                reason,
            }),
        }
    }

    /// Iterates over the values that can be chosen.
    pub fn values(&self) -> impl Iterator<Item = &str> {
        self.offered.iter().map(|choice| choice.value.as_str())
    }
}

/// One question of the interview.
#[derive(Debug)]
pub struct Question {
    /// The key, with `*` for the variable part: `users.*.name`.
    pub key: &'static str,
    /// The heading in lists of answers; if empty, it is derived from the key.
    pub title: &'static str,
    /// The text of the question.
    pub prompt: &'static str,
    /// The risk that the answer controls; also the comment in `rdsproxy.toml`.
    pub help: &'static str,
    /// The type of the answer.
    pub kind: AnswerShape,
    /// An example answer in TOML; the default if that is fixed.
    pub example: &'static str,
    /// Texts that differ for some engines.
    pub wording: &'static [Wording],
    /// The example answer for an engine, as a person types it; an empty one means the usual one.
    pub example_for: fn(&Engine) -> &'static str,
    /// Returns an additional note that depends on the answers, such as the source of a suggestion.
    pub note: fn(&QuestionContext<'_>) -> Option<String>,
    /// True if a person is asked when there is no answer yet. Other questions are answered only by the file and
    /// `--set`.
    pub asked: bool,
    /// Says when the spec requires an answer.
    pub need: Need,
    /// True if an answer that is not among the options can be typed.
    pub free: bool,
    /// The keys whose answers are dropped when this question is asked again: `network.*`, `users.*.secret`.
    pub decides: &'static [&'static str],
    /// Checks one part of the answer against the names that the spec permits.
    pub part: fn(&str) -> Result<(), String>,
    /// Checks the whole answer against the other answers.
    pub fits: fn(&QuestionContext<'_>, &AnswerValue) -> Result<(), String>,
    /// Returns the answer that the account or the other answers dictate, if they do.
    pub follows: fn(&QuestionContext<'_>) -> Option<AnswerValue>,
    /// For an answer that is a fact of the account: compares a part of the given answer with a part of the fact.
    pub fact: Option<fn(&str, &str) -> bool>,
    /// The kind of resource that each part of the answer names in the account.
    pub names: Option<&'static RequiredThing>,
    /// Returns a remark on an answer that is valid but has consequences worth knowing.
    pub remark: fn(&QuestionContext<'_>, &AnswerValue) -> Option<String>,
    /// Returns the answer that Enter takes.
    pub default: fn(&QuestionContext<'_>) -> Option<AnswerValue>,
    /// The part of the account that the question needs.
    pub account: AccountPart,
    /// Returns the options to choose from.
    pub options: fn(&QuestionContext<'_>) -> Options,
    /// True if the question applies, given the other answers.
    pub relevant: fn(&QuestionContext<'_>) -> bool,
}

/// Texts of a question for some engines. An empty text means the usual one.
#[derive(Debug)]
pub struct Wording {
    /// True for these engines.
    pub is_for: fn(&Engine) -> bool,
    /// The text of the question.
    pub prompt: &'static str,
    /// The risk that the answer controls.
    pub help: &'static str,
}

/// The texts of a question for one engine.
#[derive(Debug)]
pub struct QuestionWords {
    /// The text of the question.
    pub prompt: &'static str,
    /// The risk that the answer controls.
    pub help: &'static str,
    /// An example answer as a person types it.
    pub example: String,
}

/// The type of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerShape {
    /// Any text that the question's check permits.
    Text,
    /// A whole number, checked against the question's range.
    Number,
    /// A choice between yes and no.
    YesNo,
    /// One of the options.
    One,
    /// Any number of the options; without options, texts separated by commas.
    Many,
    /// Names, each of which creates a record: `users.0.name`.
    Records,
}

/// Says when the spec requires an answer.
#[derive(Clone, Copy, Debug)]
pub enum Need {
    /// Required in every spec.
    Always,
    /// Required when the function returns true.
    When(fn(&QuestionContext<'_>) -> bool),
    /// Optional: the spec or the blueprint has a default.
    Never,
}

impl Question {
    /// A question that needs only the databases, so that it is asked while the rest of the account is being read.
    pub(super) const EARLY: Self = Self {
        account: AccountPart::Databases,
        ..Self::PLAIN
    };

    /// A question without special behaviour, as a base for rows.
    pub(super) const PLAIN: Self = Self {
        key: "",
        title: "",
        prompt: "",
        help: "",
        kind: AnswerShape::Text,
        example: "",
        wording: &[],
        example_for: |_| "",
        note: |_| None,
        asked: true,
        need: Need::Always,
        free: false,
        decides: &[],
        part: |_| Ok(()),
        fits: |_, _| Ok(()),
        follows: |_| None,
        fact: None,
        names: None,
        remark: |_, _| None,
        default: |_| None,
        account: AccountPart::Lists,
        options: |_| Options {
            offered: Vec::new(),
            not_offered: Vec::new(),
        },
        relevant: |_| true,
    };

    /// A question that is never asked: it is answered only by the file and `--set`.
    pub(super) const QUIET: Self = Self {
        asked: false,
        need: Need::Never,
        ..Self::PLAIN
    };

    /// Returns the table of the spec that has the key.
    pub fn section(&self) -> &'static str {
        self.key.split('.').next().unwrap_or(self.key)
    }

    /// Returns the field in that table; `*` for tags, whose names are free.
    pub fn field(&self) -> &'static str {
        self.key.rsplit('.').next().unwrap_or(self.key)
    }

    /// Returns the comment in `rdsproxy.toml`: the help, and the permitted words.
    pub fn comment(&self) -> String {
        let nothing = Answers::default();
        let options = (self.options)(&QuestionContext {
            answers: &nothing,
            account: None,
            region: None,
            record: None,
        });
        let words: Vec<&str> = options.values().collect();
        match words.len() {
            0 | 1 => self.help.to_owned(),
            _ => format!("{} Possible: {}.", self.help, words.join(", ")),
        }
    }

    /// Returns the texts of the question for the chosen engine.
    pub fn words(&self, view: &QuestionContext<'_>) -> QuestionWords {
        let engine = view.engine();
        let own = engine.and_then(|engine| self.wording.iter().find(|row| (row.is_for)(engine)));
        let example = engine.map_or("", self.example_for);
        let or = |theirs: fn(&Wording) -> &'static str, usual: &'static str| {
            own.map(theirs)
                .filter(|text| !text.is_empty())
                .unwrap_or(usual)
        };
        QuestionWords {
            prompt: or(|row| row.prompt, self.prompt),
            help: or(|row| row.help, self.help),
            example: if example.is_empty() {
                self.example.replace(['"', '[', ']', ' '], "")
            } else {
                example.to_owned()
            },
        }
    }

    /// Returns the heading in lists of answers: `Subnets`, `pool borrow timeout`.
    pub fn title(&self) -> String {
        match (self.title, self.is_of_record()) {
            ("", true) => self.field().replace('_', " "),
            ("", false) => self.key.replace(['_', '.'], " "),
            (title, _) => title.to_owned(),
        }
    }

    /// True if the question belongs to the records of a list.
    pub fn is_of_record(&self) -> bool {
        self.key.contains(".*.")
    }

    /// True if every spec requires an answer; the name of a record counts, because it defines the record.
    pub fn is_always_required(&self) -> bool {
        matches!(self.need, Need::Always) || self.kind == AnswerShape::Records
    }

    /// True if this spec requires an answer.
    pub fn is_required(&self, view: &QuestionContext<'_>) -> bool {
        match self.need {
            Need::Always => true,
            Need::Never => false,
            Need::When(needed) => needed(view),
        }
    }

    /// Checks the key and every part of its answer.
    ///
    /// # Errors
    /// When one is invalid, with the form that it must have.
    pub fn check_answer(&self, key: &AnswerKey, value: &AnswerValue) -> Result<(), String> {
        if self.field() == "*" {
            name(TagKey::parse(&key.field))?;
        }
        self.check(value)
    }

    /// Checks every part of an answer.
    ///
    /// # Errors
    /// When one is invalid, with the form that it must have.
    pub fn check(&self, value: &AnswerValue) -> Result<(), String> {
        value.parts().iter().try_for_each(|part| (self.part)(part))
    }
}

/// Adapts the parser of a spec name to [`Question::part`].
pub(super) fn name<T>(parsed: Result<T, NameError>) -> Result<(), String> {
    parsed.map(drop).map_err(|error| error.to_string())
}
