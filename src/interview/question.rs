//! What a question is: its words, the shape of its answer, and how what it offers, refuses and suggests follows from the other answers.

use super::answers::Answers;
use super::context::QuestionContext;
use super::held::RequiredThing;
use super::key::AnswerKey;
use super::value::AnswerValue;
use crate::domain::names::{NameError, TagKey};
use crate::domain::snapshot::AccountPart;
/// Something that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What is answered.
    pub value: String,
    /// What is shown; starts with the value or with the name people know.
    pub label: String,
}

impl Choice {
    /// A choice with its label.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            label: label.into(),
        }
    }
}

/// Something that cannot be chosen, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotOffered {
    /// What it is called.
    pub name: String,
    /// Why not, and what would help.
    pub reason: String,
}

/// What there is to choose from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// What can be chosen.
    pub offered: Vec<Choice>,
    /// What cannot.
    pub not_offered: Vec<NotOffered>,
}

impl Options {
    /// Adds what can be chosen, or what cannot with its reason.
    pub(super) fn add(&mut self, choice: Choice, refusal: Option<String>) {
        match refusal {
            None => self.offered.push(choice),
            Some(reason) => self.not_offered.push(NotOffered {
                name: choice.value,
                reason,
            }),
        }
    }

    /// The values of what can be chosen.
    pub fn values(&self) -> impl Iterator<Item = &str> {
        self.offered.iter().map(|choice| choice.value.as_str())
    }
}

/// One question.
#[derive(Debug)]
pub struct Question {
    /// Its key, with `*` for what varies: `users.*.name`.
    pub key: &'static str,
    /// What it is called where answers are listed; the key in words where this is empty.
    pub title: &'static str,
    /// What is asked.
    pub prompt: &'static str,
    /// Which risk the answer controls; also the comment in `rdsproxy.toml`.
    pub help: &'static str,
    /// The shape of the answer.
    pub kind: AnswerShape,
    /// An answer as TOML writes it: the default where there is a fixed one.
    pub example: &'static str,
    /// What is said otherwise for some engines.
    pub wording: &'static [Wording],
    /// What else there is to say of it here, such as where a suggestion comes from.
    pub note: fn(&QuestionContext<'_>) -> Option<String>,
    /// Whether a person is asked, where nobody answered yet. The others are for the file and `--set`.
    pub asked: bool,
    /// Whether the spec needs it.
    pub need: Need,
    /// Whether another answer than those offered can be typed.
    pub free: bool,
    /// The keys whose answers are dropped when this one is asked again: `network.*`, `users.*.secret`.
    pub decides: &'static [&'static str],
    /// Whether one part can be part of the answer: the names of the spec.
    pub part: fn(&str) -> Result<(), String>,
    /// Whether the whole answer goes with the others.
    pub fits: fn(&QuestionContext<'_>, &AnswerValue) -> Result<(), String>,
    /// What the answer must be, where account or other answers leave no choice.
    pub follows: fn(&QuestionContext<'_>) -> Option<AnswerValue>,
    /// Where what follows is a fact of the account: whether a part of a given answer agrees with a part of it.
    pub fact: Option<fn(&str, &str) -> bool>,
    /// What each part of the answer names in the account.
    pub names: Option<&'static RequiredThing>,
    /// What has to be known about an answer that can be carried out all the same.
    pub remark: fn(&QuestionContext<'_>, &AnswerValue) -> Option<String>,
    /// What Enter alone takes.
    pub default: fn(&QuestionContext<'_>) -> Option<AnswerValue>,
    /// How much of the account it looks at.
    pub account: AccountPart,
    /// What there is to choose from.
    pub options: fn(&QuestionContext<'_>) -> Options,
    /// Whether the question means anything here.
    pub relevant: fn(&QuestionContext<'_>) -> bool,
}

/// The words of a question for some engines. What is empty stays as it is for the others.
#[derive(Debug)]
pub struct Wording {
    /// The engines.
    pub engines: &'static [&'static str],
    /// What is asked.
    pub prompt: &'static str,
    /// Which risk the answer controls.
    pub help: &'static str,
    /// An answer as TOML writes it.
    pub example: &'static str,
}

impl Wording {
    /// Words that differ in nothing, for rows to start from.
    pub(super) const SAME: Self = Self {
        engines: &[],
        prompt: "",
        help: "",
        example: "",
    };
}

/// A question in words.
#[derive(Debug)]
pub struct QuestionWords {
    /// What is asked.
    pub prompt: &'static str,
    /// Which risk the answer controls.
    pub help: &'static str,
    /// An answer as a person types it.
    pub example: String,
}

/// The shape of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerShape {
    /// A text.
    Text,
    /// A number.
    Number,
    /// Yes or no.
    YesNo,
    /// One of those offered.
    One,
    /// Some of those offered, or typed with commas where none are.
    Many,
    /// Names, each of which becomes a record: `users.0.name`.
    Records,
}

/// Whether the spec needs an answer.
#[derive(Clone, Copy, Debug)]
pub enum Need {
    /// Without it there is no spec.
    Always,
    /// Where this says so.
    When(fn(&QuestionContext<'_>) -> bool),
    /// The spec, or the blueprint, knows what to do without.
    Never,
}

impl Question {
    /// One that is asked while most of the account is still being read.
    pub(super) const EARLY: Self = Self {
        account: AccountPart::Databases,
        ..Self::PLAIN
    };

    /// A question without particulars, for rows to start from.
    pub(super) const PLAIN: Self = Self {
        key: "",
        title: "",
        prompt: "",
        help: "",
        kind: AnswerShape::Text,
        example: "",
        wording: &[],
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

    /// A question that nobody is asked: for the file and `--set`.
    pub(super) const QUIET: Self = Self {
        asked: false,
        need: Need::Never,
        ..Self::PLAIN
    };

    /// Its table in the spec.
    pub fn section(&self) -> &'static str {
        self.key.split('.').next().unwrap_or(self.key)
    }

    /// Its field in that table; `*` for tags, which name their own.
    pub fn field(&self) -> &'static str {
        self.key.rsplit('.').next().unwrap_or(self.key)
    }

    /// The comment in `rdsproxy.toml`: the help, and the words that can stand there.
    pub fn comment(&self) -> String {
        let nothing = Answers::default();
        let options = (self.options)(&QuestionContext {
            answers: &nothing,
            world: None,
            region: None,
            record: None,
        });
        let words: Vec<&str> = options.values().collect();
        match words.len() {
            0 | 1 => self.help.to_owned(),
            _ => format!("{} Possible: {}.", self.help, words.join(", ")),
        }
    }

    /// The question in the words that fit the engine.
    pub fn words(&self, view: &QuestionContext<'_>) -> QuestionWords {
        let id = view.engine().map_or("", |engine| engine.id);
        let own = self.wording.iter().find(|row| row.engines.contains(&id));
        let or = |theirs: fn(&Wording) -> &'static str, usual: &'static str| {
            own.map(theirs)
                .filter(|text| !text.is_empty())
                .unwrap_or(usual)
        };
        QuestionWords {
            prompt: or(|row| row.prompt, self.prompt),
            help: or(|row| row.help, self.help),
            example: or(|row| row.example, self.example).replace(['"', '[', ']', ' '], ""),
        }
    }

    /// What it is called where answers are listed: `Subnets`, `pool borrow timeout`.
    pub fn title(&self) -> String {
        match (self.title, self.is_of_record()) {
            ("", true) => self.field().replace('_', " "),
            ("", false) => self.key.replace(['_', '.'], " "),
            (title, _) => title.to_owned(),
        }
    }

    /// True when every record of a list has it.
    pub fn is_of_record(&self) -> bool {
        self.key.contains(".*.")
    }

    /// True when no spec does without it; the name of a record is what makes it one.
    pub fn is_always_required(&self) -> bool {
        matches!(self.need, Need::Always) || self.kind == AnswerShape::Records
    }

    /// True when this spec does not do without it.
    pub fn is_required(&self, view: &QuestionContext<'_>) -> bool {
        match self.need {
            Need::Always => true,
            Need::Never => false,
            Need::When(needed) => needed(view),
        }
    }

    /// Whether a key and every part of its answer can be one.
    ///
    /// # Errors
    /// When one cannot, with what it has to look like.
    pub fn check_answer(&self, key: &AnswerKey, value: &AnswerValue) -> Result<(), String> {
        if self.field() == "*" {
            name(TagKey::parse(&key.field))?;
        }
        self.check(value)
    }

    /// Whether every part of an answer can be one.
    ///
    /// # Errors
    /// When one cannot, with what it has to look like.
    pub fn check(&self, value: &AnswerValue) -> Result<(), String> {
        value.parts().iter().try_for_each(|part| (self.part)(part))
    }
}

/// For [`Question::part`]: a name of the spec.
pub(super) fn name<T>(parsed: Result<T, NameError>) -> Result<(), String> {
    parsed.map(drop).map_err(|error| error.to_string())
}
