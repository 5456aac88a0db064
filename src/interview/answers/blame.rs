//! Attributes a problem to the answer that causes it and to the place where that was given: an option, a line of a
//! file, or neither.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{AnswerSource, Answers};
use crate::domain::spec::{NamedText, SpecError, SpecProblem, visible};
use crate::interview::key::AnswerKey;
use crate::interview::question::{AnswerShape, Question};
use crate::interview::questions::question_of;
use crate::interview::value::AnswerValue;

impl Answers {
    /// Names an answer for messages: `--set proxy.name`, `mine.toml:3:8: proxy.name`, or the key alone when it was
    /// asked.
    pub fn called(&self, key: &AnswerKey) -> String {
        let named = if key.field.is_empty() {
            AnswerKey::in_record(
                &key.section,
                0,
                question_of(key).map_or("", Question::field),
            )
        } else {
            key.clone()
        };
        let source = self.answers.get(&named).map(|answer| answer.source);
        let shown = self.shown(key);
        match source {
            Some(AnswerSource::Set) => format!("--set {shown}"),
            Some(AnswerSource::File) => match self.place(&named) {
                Some(place) => format!("{place}: {shown}"),
                None => shown,
            },
            _ => shown,
        }
    }

    /// Formats a key as `--set` takes it: `users.app.access`, with the record's name unless the name reads as a number.
    fn shown(&self, key: &AnswerKey) -> String {
        let name = key
            .record
            .and_then(|record| self.name_of(&key.section, record))
            .map(AnswerValue::to_string)
            .filter(|name| name.parse::<usize>().is_err());
        match name {
            Some(name) => format!("{}.{name}.{}", key.section, key.field),
            None => key.to_string(),
        }
    }

    /// Formats the problems of the spec that these answers form, each with the answer that causes it. Lines of the
    /// generated text are not reported because it is not on disk yet; lines of the user's own file are.
    pub fn blamed(&self, error: &SpecError) -> String {
        let text = self.to_toml();
        let own = self.file.as_ref().filter(|file| file.says_all);
        let lines: Vec<String> = error
            .0
            .iter()
            .map(|problem| {
                let line = problem.origin.line;
                let place = match own {
                    Some(file) => format!("{}:{}:{}", file.name, line, problem.origin.column),
                    None => match self.key_at(&text, line) {
                        Some(key) => self.called(&key),
                        None => String::new(),
                    },
                };
                problem_text(&place, problem)
            })
            .collect();
        lines.join("\n")
    }

    /// Returns the answer on a line of the text that these answers form.
    fn key_at(&self, text: &str, line: u32) -> Option<AnswerKey> {
        let table = DeTable::parse(text).ok()?;
        let source = NamedText { file: "", text }.placed();
        // The generated text numbers its records consecutively from 0.
        let numbered = |key: &AnswerKey| {
            let record = key.record.and_then(|record| {
                let all = self.records(&key.section);
                all.iter().position(|other| *other == record)
            });
            AnswerKey {
                record,
                ..key.clone()
            }
        };
        self.answers.keys().find_map(|key| {
            let span = value_at(table.get_ref(), &numbered(key))?.span();
            (source.origin(&span).line == line).then(|| key.clone())
        })
    }

    /// Returns the place of an answer in the user's file; a record is found by its name.
    fn place(&self, key: &AnswerKey) -> Option<String> {
        let file = self.file.as_ref()?;
        let table = DeTable::parse(&file.text).ok()?;
        let there = match key.record {
            None => key.clone(),
            Some(_) => self.same_record(table.get_ref(), key)?,
        };
        let span = value_at(table.get_ref(), &there)?.span();
        let source = NamedText {
            file: &file.name,
            text: &file.text,
        };
        Some(source.origin(&span).to_string())
    }

    fn same_record(&self, table: &DeTable<'_>, key: &AnswerKey) -> Option<AnswerKey> {
        let list = AnswerKey::list(&key.section);
        let field = question_of(&list)
            .filter(|question| question.kind == AnswerShape::Records)?
            .field();
        let name = self.get(&AnswerKey::in_record(&key.section, key.record?, field))?;
        let records = table.get(key.section.as_str())?.get_ref().as_array()?;
        let record = (0..records.len()).find(|record| {
            let there = value_at(table, &AnswerKey::in_record(&key.section, *record, field));
            let there = there.and_then(|value| value.get_ref().as_str());
            there == Some(name.to_string().as_str())
        })?;
        Some(AnswerKey {
            record: Some(record),
            ..key.clone()
        })
    }
}

fn value_at<'t, 'd>(table: &'t DeTable<'d>, key: &AnswerKey) -> Option<&'t Spanned<DeValue<'d>>> {
    let section = table.get(key.section.as_str())?.get_ref();
    let fields = match key.record {
        None => section.as_table()?,
        Some(record) => section.as_array()?.get(record)?.get_ref().as_table()?,
    };
    fields.get(key.field.as_str())
}

fn problem_text(place: &str, problem: &SpecProblem) -> String {
    let message = visible(&problem.message);
    let hint = match &problem.hint {
        Some(hint) => format!(" ({})", visible(hint)),
        None => String::new(),
    };
    match place {
        "" => format!("{message}{hint}"),
        place => format!("{place}: {message}{hint}"),
    }
}
