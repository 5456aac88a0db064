//! Reads an answers file. The file is a complete or partial spec; every key is checked, and problems carry their place.

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use super::super::key::{AnswerKey, LISTS, MAX_RECORDS};
use super::super::questions::question_of;
use super::super::value::AnswerValue;
use super::given::nearest_key;
use super::layout::SECTIONS;
use super::{AnswerSource, Answers, AnswersFile};
use crate::domain::spec::{NamedText, Placed, SPEC_SCHEMA, Spec, SpecError, SpecProblem};
use crate::interview::question::{AnswerShape, Question};

impl Answers {
    /// Reads a complete or partial spec; `file` is its name in messages.
    ///
    /// # Errors
    /// All problems of the text, each with its place. Missing answers are not an error: they are asked for later.
    pub fn from_toml(text: &str, file: &str) -> Result<Self, SpecError> {
        let source = NamedText { file, text };
        let table = DeTable::parse(text).map_err(|error| {
            SpecError(vec![SpecProblem {
                message: error.message().to_owned(),
                origin: source.origin(&error.span().unwrap_or(0..0)),
                hint: None,
            }])
        })?;
        let (mut answers, problems) = partial(source, table.get_ref());
        if !problems.is_empty() {
            return Err(SpecError(problems));
        }
        answers.file = Some(AnswersFile {
            name: file.to_owned(),
            text: text.to_owned(),
            says_all: true,
            in_project: false,
        });
        if Spec::parse(text, file).is_ok() {
            for section in LISTS {
                answers.settle(AnswerKey::list(section));
            }
            answers.spare();
        }
        Ok(answers)
    }

    /// Reads the spec of a project, which is written back: its own text is edited.
    ///
    /// # Errors
    /// As [`Self::from_toml`].
    pub fn of_project(text: &str, file: &str) -> Result<Self, SpecError> {
        let mut answers = Self::from_toml(text, file)?;
        if let Some(file) = &mut answers.file {
            file.in_project = true;
        }
        Ok(answers)
    }
}

/// Reads a table that is a partial spec; returns the answers and the problems.
pub(in crate::interview) fn partial(
    source: NamedText<'_>,
    table: &DeTable<'_>,
) -> (Answers, Vec<SpecProblem>) {
    let mut reader = AnswersReader {
        source: source.placed(),
        answers: Answers::default(),
        problems: Vec::new(),
    };
    reader.sections(table);
    (reader.answers, reader.problems)
}

struct AnswersReader<'a> {
    source: Placed<'a>,
    answers: Answers,
    problems: Vec<SpecProblem>,
}

type Item<'a> = Spanned<DeValue<'a>>;

impl AnswersReader<'_> {
    fn problem(&mut self, span: &std::ops::Range<usize>, message: String, hint: Option<String>) {
        self.problems.push(SpecProblem {
            message,
            origin: self.source.origin(span),
            hint,
        });
    }

    fn sections(&mut self, table: &DeTable<'_>) {
        for (name, value) in table.iter() {
            match (name.get_ref().as_ref(), value.get_ref()) {
                ("schema", _) => self.schema(value),
                (section, DeValue::Table(fields)) if is_table(section) => {
                    self.fields(&AnswerKey::plain(section, ""), fields);
                }
                (section, DeValue::Array(records)) if LISTS.contains(&section) => {
                    self.records(section, records);
                }
                (section, _) if LISTS.contains(&section) => {
                    let hint = format!("write [[{section}]] before each");
                    self.problem(
                        &name.span(),
                        format!("{section} are several tables"),
                        Some(hint),
                    );
                }
                (section, _) => self.unknown(&name.span(), section),
            }
        }
    }

    /// Checks the schema version.
    fn schema(&mut self, value: &Item<'_>) {
        // This check comes first: keys of a newer format would otherwise be reported as typing errors.
        if integer(value.get_ref()) != Some(SPEC_SCHEMA) {
            let message = format!("the schema is not one that this version reads: {SPEC_SCHEMA}");
            self.problem(&value.span(), message, None);
        }
    }

    fn records(&mut self, section: &str, records: &DeArray<'_>) {
        self.answers.settle(AnswerKey::list(section));
        if let Some(more) = records.get(MAX_RECORDS) {
            let message = format!("more than {MAX_RECORDS} {section}: no proxy serves so many");
            return self.problem(&more.span(), message, None);
        }
        for (record, value) in records.iter().enumerate() {
            match value.get_ref() {
                DeValue::Table(fields) => {
                    let around = AnswerKey::in_record(section, record, "");
                    self.named(&around, &value.span(), fields);
                    self.fields(&around, fields);
                }
                _ => self.problem(&value.span(), format!("expected [[{section}]]"), None),
            }
        }
    }

    /// Checks that a record has its name.
    fn named(&mut self, around: &AnswerKey, span: &std::ops::Range<usize>, fields: &DeTable<'_>) {
        // The name identifies the record, so it cannot be asked for later.
        let list = AnswerKey::list(&around.section);
        let Some(question) = question_of(&list) else {
            return;
        };
        let field = question.field();
        if !fields.iter().any(|(name, _)| name.get_ref() == field) {
            let message = format!("[[{list}]] without {field}");
            let hint = format!("add {field} = {}", question.example);
            self.problem(span, message, Some(hint));
        }
    }

    fn fields(&mut self, around: &AnswerKey, fields: &DeTable<'_>) {
        for (name, value) in fields.iter() {
            let key = AnswerKey {
                field: name.get_ref().to_string(),
                ..around.clone()
            };
            match question_of(&key) {
                Some(question) => self.answer(question, key, value),
                None => self.unknown(&name.span(), &key.to_string()),
            }
        }
    }

    fn answer(&mut self, question: &Question, key: AnswerKey, value: &Item<'_>) {
        let read = value_of(question, value.get_ref())
            .and_then(|value| question.check_answer(&key, &value).map(|()| value));
        match read {
            Ok(value) => self.answers.put(key, value, AnswerSource::File),
            Err(message) => self.problem(&value.span(), format!("{key}: {message}"), None),
        }
    }

    fn unknown(&mut self, span: &std::ops::Range<usize>, written: &str) {
        let hint = nearest_key(written).map(|near| format!("did you mean `{near}`?"));
        let written: String = written.chars().take(80).collect();
        self.problem(span, format!("unknown key `{written}`"), hint);
    }
}

/// True if the spec has a table of this name that is not a list of tables.
fn is_table(section: &str) -> bool {
    !LISTS.contains(&section) && SECTIONS.iter().any(|(known, _)| *known == section)
}

/// Reads a value in the type that its question has in the spec.
pub(in crate::interview) fn value_of(
    question: &Question,
    value: &DeValue<'_>,
) -> Result<AnswerValue, String> {
    let read = match (question.kind, value) {
        (AnswerShape::Number, value) => integer(value).map(AnswerValue::Number),
        (AnswerShape::YesNo, value) => value.as_bool().map(AnswerValue::Flag),
        (AnswerShape::Many, DeValue::Array(items)) => items
            .iter()
            .map(|item| item.get_ref().as_str().map(str::to_owned))
            .collect::<Option<Vec<_>>>()
            .map(AnswerValue::List),
        (AnswerShape::Text | AnswerShape::One | AnswerShape::Records, DeValue::String(text)) => {
            Some(AnswerValue::text(text.as_ref()))
        }
        _ => None,
    };
    let expected = match question.kind {
        AnswerShape::Number => "a number",
        AnswerShape::YesNo => "true or false",
        AnswerShape::Many => "a list of texts in quotes",
        AnswerShape::Text | AnswerShape::One | AnswerShape::Records => "a text in quotes",
    };
    read.ok_or_else(|| format!("expected {expected}, found {}", value.type_str()))
}

pub(in crate::interview) fn integer(value: &DeValue<'_>) -> Option<i64> {
    let number = value.as_integer()?;
    i64::from_str_radix(&number.as_str().replace('_', ""), number.radix()).ok()
}
