//! Parses `answers.toml` into a [`Preset`]; every problem carries its place.

use std::ops::Range;

use globset::GlobBuilder;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{ANSWERS_SCHEMA, Allowed, Preset};
use crate::domain::names::TagKey;
use crate::domain::spec::{NamedText, Placed, SpecError, SpecProblem, nearest};
use crate::interview::answers::{Answers, integer, nearest_key, partial, value_of};
use crate::interview::key::{AnswerKey, LISTS};
use crate::interview::question::{AnswerShape, Question};
use crate::interview::questions::question_of;
use crate::interview::value::AnswerValue;

const TABLES: [&str; 5] = ["schema", "defaults", "locked", "allowed", "required"];

/// A key that a pack may not set: section, key, the forbidden boolean value (any value if `None`), and the reason.
type Own = (&'static str, &'static str, Option<bool>, &'static str);

const NEVER_ANSWERED: &[Own] = &[
    (
        "output",
        "omit",
        None,
        "which files are left out is each project's own",
    ),
    (
        "encryption",
        "secret_readers",
        None,
        "who may read the secrets is each project's own",
    ),
];

/// Keys that may not be restricted, because a single permitted value is equivalent to a lock.
const NEVER_LIMITED: &[Own] = &[
    (
        "encryption",
        "strict_secret_policy",
        None,
        "whether the policy of secrets is strict is each project's own: lock it on under [locked]",
    ),
    (
        "database",
        "tls",
        None,
        "what the parameter group of a database does is known of each database: name it under [defaults]",
    ),
];

const NEVER_LOCKED: &[Own] = &[
    (
        "encryption",
        "strict_secret_policy",
        Some(false),
        "a pack may lock the strict policy of secrets on, and not off",
    ),
    (
        "database",
        "tls",
        None,
        "what the parameter group of a database does is known of each database: name it under [defaults]",
    ),
];

impl Preset {
    /// Parses the text; `file` is the file's name in messages, and `pack` the pack's.
    ///
    /// # Errors
    /// All problems of the text, each with its place.
    pub fn parse(text: &str, file: &str, pack: &str) -> Result<Self, SpecError> {
        let text = NamedText { file, text };
        let table = DeTable::parse(text.text).map_err(|error| {
            SpecError(vec![SpecProblem {
                message: error.message().to_owned(),
                origin: text.origin(&error.span().unwrap_or(0..0)),
                hint: None,
            }])
        })?;
        let mut reader = PresetReader {
            text: text.placed(),
            problems: Vec::new(),
            preset: Self {
                pack: pack.to_owned(),
                ..Self::default()
            },
        };
        reader.root(table.get_ref());
        if reader.problems.is_empty() {
            Ok(reader.preset)
        } else {
            Err(SpecError(reader.problems))
        }
    }
}

type Item<'d> = Spanned<DeValue<'d>>;

struct PresetReader<'t> {
    text: Placed<'t>,
    problems: Vec<SpecProblem>,
    preset: Preset,
}

impl PresetReader<'_> {
    fn wrong(&mut self, span: Range<usize>, message: impl Into<String>, hint: Option<String>) {
        self.problems.push(SpecProblem {
            message: message.into(),
            origin: self.text.origin(&span),
            hint,
        });
    }

    fn root(&mut self, table: &DeTable<'_>) {
        match table.get("schema") {
            Some(schema) if integer(schema.get_ref()) == Some(ANSWERS_SCHEMA) => {}
            Some(schema) => self.wrong(
                schema.span(),
                format!("the schema is not one that this version reads: {ANSWERS_SCHEMA}"),
                None,
            ),
            None => self.wrong(
                0..0,
                format!("schema is missing: it is {ANSWERS_SCHEMA}"),
                None,
            ),
        }
        for (name, value) in table.iter() {
            let (word, span) = (name.get_ref().as_ref(), name.span());
            match (word, value.get_ref()) {
                ("schema", _) => {}
                ("defaults", DeValue::Table(table)) => {
                    let answers = self.answers(table);
                    self.preset.defaults = values(answers);
                }
                ("locked", DeValue::Table(table)) => {
                    let answers = self.answers(table);
                    self.refuse(table, NEVER_LOCKED);
                    self.preset.locked = values(answers);
                }
                ("allowed", DeValue::Table(table)) => {
                    self.refuse(table, NEVER_LIMITED);
                    self.allowed(table);
                }
                ("required", DeValue::Table(table)) => self.required(table),
                (known, _) if TABLES.contains(&known) => {
                    self.wrong(span, format!("{known} is a table: [{known}]"), None);
                }
                (other, _) => {
                    let hint = nearest(other, TABLES).map(|near| format!("did you mean `{near}`?"));
                    self.wrong(span, format!("unknown key `{other}`"), hint);
                }
            }
        }
        self.consistent(table);
    }

    /// Reads answers in the form of a partial spec. Users and consumers are refused: they belong to each project.
    fn answers(&mut self, table: &DeTable<'_>) -> Answers {
        let lists = table
            .iter()
            .filter(|(name, _)| LISTS.contains(&name.get_ref().as_ref()));
        for (name, _) in lists {
            let message = format!("{} are each project's own", name.get_ref());
            self.wrong(name.span(), message, None);
        }
        self.refuse(table, NEVER_ANSWERED);
        let (answers, problems) = partial(self.text.plain(), table);
        self.problems.extend(problems);
        answers
    }

    /// Refuses the keys that belong to each project.
    fn refuse(&mut self, table: &DeTable<'_>, rows: &[Own]) {
        for (section, key, value, why) in rows {
            let section = table.get(*section);
            let section = section.and_then(|section| section.get_ref().as_table());
            let Some((name, said)) = section.and_then(|section| section.get_key_value(*key)) else {
                continue;
            };
            if value.is_none_or(|value| said.get_ref().as_bool() == Some(value)) {
                self.wrong(name.span(), (*why).to_owned(), None);
            }
        }
    }

    fn allowed(&mut self, table: &DeTable<'_>) {
        for (section, fields) in table.iter() {
            let section_name = section.get_ref().as_ref();
            let DeValue::Table(fields) = fields.get_ref() else {
                self.wrong(
                    section.span(),
                    format!("[allowed.{section_name}] is a table"),
                    None,
                );
                continue;
            };
            for (field, value) in fields.iter() {
                let key = if LISTS.contains(&section_name) {
                    AnswerKey::in_record(section_name, 0, field.get_ref())
                } else {
                    AnswerKey::plain(section_name, field.get_ref())
                };
                let Some(question) = question_of(&key) else {
                    let hint = nearest_key(&key.to_string());
                    let hint = hint.map(|near| format!("did you mean `{near}`?"));
                    self.wrong(field.span(), format!("unknown key `{key}`"), hint);
                    continue;
                };
                match allowed(question, &key, value.get_ref()) {
                    Ok(allowed) => self.allow(&key, allowed),
                    Err(message) => self.wrong(value.span(), format!("{key}: {message}"), None),
                }
            }
        }
    }

    fn allow(&mut self, key: &AnswerKey, allowed: Allowed) {
        if key.section == "tags" {
            self.preset.tags.insert(key.field.clone());
        }
        self.preset.allowed.insert(super::pattern(key), allowed);
    }

    fn required(&mut self, table: &DeTable<'_>) {
        for (name, value) in table.iter() {
            match (name.get_ref().as_ref(), value.get_ref()) {
                ("tags", DeValue::Array(tags)) => tags.iter().for_each(|tag| self.tag(tag)),
                (other, _) => {
                    let message = format!("{other}: what can be required is `tags = [\"Owner\"]`");
                    self.wrong(name.span(), message, None);
                }
            }
        }
    }

    fn tag(&mut self, tag: &Item<'_>) {
        let name = tag.get_ref().as_str().unwrap_or_default();
        match TagKey::parse(name) {
            Ok(_) => {
                self.preset.tags.insert(name.to_owned());
            }
            Err(error) => self.wrong(tag.span(), error.to_string(), None),
        }
    }

    /// Checks that the pack permits its own defaults and locked answers.
    fn consistent(&mut self, table: &DeTable<'_>) {
        let preset = self.preset.clone();
        for (name, answers) in [("defaults", &preset.defaults), ("locked", &preset.locked)] {
            let place = table.get(name).map_or(0..0, Spanned::span);
            for (key, value) in answers {
                if let Err(problem) = preset.permits(key, value) {
                    self.wrong(place.clone(), format!("{name}: {key}: {problem}"), None);
                }
            }
        }
    }
}

fn values(answers: Answers) -> std::collections::BTreeMap<AnswerKey, AnswerValue> {
    let answers = answers.iter();
    answers
        .map(|(key, answer)| (key.clone(), answer.value.clone()))
        .collect()
}

fn allowed(question: &Question, key: &AnswerKey, value: &DeValue<'_>) -> Result<Allowed, String> {
    match value {
        DeValue::Array(items) if items.is_empty() => Err("no answer would do".to_owned()),
        DeValue::Array(items) => {
            let words: Result<Vec<_>, _> = items
                .iter()
                .map(|item| word(question, key, item.get_ref()))
                .collect();
            words.map(Allowed::OneOf)
        }
        DeValue::Table(table) => bounds(question, table),
        _ => Err("expected a list of what is allowed, or { least, most } or { like }".to_owned()),
    }
}

fn word(question: &Question, key: &AnswerKey, item: &DeValue<'_>) -> Result<String, String> {
    let value = match (question.kind, item) {
        (AnswerShape::Many, DeValue::String(text)) => AnswerValue::text(text.as_ref()),
        _ => value_of(question, item)?,
    };
    question
        .check_answer(key, &value)
        .map(|()| value.to_string())
}

fn bounds(question: &Question, table: &DeTable<'_>) -> Result<Allowed, String> {
    let mut range = (None, None);
    let mut like = None;
    for (name, value) in table.iter() {
        let number = integer(value.get_ref());
        match (name.get_ref().as_ref(), question.kind) {
            ("least", AnswerShape::Number) if number.is_some() => range.0 = number,
            ("most", AnswerShape::Number) if number.is_some() => range.1 = number,
            (
                "like",
                AnswerShape::Text | AnswerShape::One | AnswerShape::Many | AnswerShape::Records,
            ) => {
                like = Some(value.get_ref().as_str().unwrap_or_default());
            }
            (other, _) => return Err(format!("{other} says nothing of this answer")),
        }
    }
    match (range, like) {
        ((None, None), None) => Err("{ least, most } or { like } says what is allowed".to_owned()),
        ((Some(least), Some(most)), _) if least > most => Err("no answer would do".to_owned()),
        ((least, most), None) => [least, most]
            .into_iter()
            .flatten()
            .try_for_each(|end| question.check(&AnswerValue::Number(end)))
            .map(|()| Allowed::Range { least, most }),
        (_, Some(like)) => GlobBuilder::new(like)
            .build()
            .map(|glob| Allowed::Like(glob.compile_matcher()))
            .map_err(|error| format!("not a pattern: {}", error.kind())),
    }
}
