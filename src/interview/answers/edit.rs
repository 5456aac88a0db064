//! Edits the user's own file. Only changed answers are touched: comments, order and spacing are kept.

use std::collections::BTreeMap;

use toml_edit::{ArrayOfTables, DocumentMut, InlineTable, Item, Table, TableLike};

use super::super::key::{AnswerKey, LISTS};
use super::super::value::AnswerValue;
use super::Answers;
use super::elements::{fresh, replaced, with, without};
use super::layout::{SECTIONS, comment};
use crate::domain::spec::SPEC_SCHEMA;
use crate::interview::question::Question;

/// Returns the text with the answers applied; `None` when the result would not hold exactly these answers, which means
/// that the file has a form that cannot be edited here.
pub(super) fn edited(text: &str, answers: &Answers) -> Option<String> {
    let unix = text.replace("\r\n", "\n");
    let mut edit = AnswersEdit {
        document: unix.parse().ok()?,
        before: Answers::from_toml(text, "").ok()?,
        answers,
    };
    edit.schema();
    for (section, about) in SECTIONS {
        if LISTS.contains(section) {
            edit.records(section, about)?
        } else {
            edit.section(section, about)?
        }
    }
    let mut new = edit.document.to_string();
    if text.starts_with('\u{feff}') && !new.starts_with('\u{feff}') {
        new.insert(0, '\u{feff}');
    }
    if text.contains("\r\n") {
        new = new.replace('\n', "\r\n");
    }
    let again = Answers::from_toml(&new, "").ok()?;
    (content(&again) == content(answers)).then_some(new)
}

/// Returns the content of answers in a form that ignores the order of records and of list items.
fn content(answers: &Answers) -> Vec<String> {
    let mut records: BTreeMap<(&str, Option<usize>), Vec<String>> = BTreeMap::new();
    for (key, answer) in &answers.answers {
        let mut parts = answer.value.parts();
        parts.sort();
        records
            .entry((&key.section, key.record))
            .or_default()
            .push(format!("{}.{} = {parts:?}", key.section, key.field));
    }
    let mut content: Vec<String> = records
        .into_values()
        .map(|fields| fields.join("\n"))
        .collect();
    content.sort();
    content
}

struct AnswersEdit<'a> {
    document: DocumentMut,
    /// The answers that the file holds.
    before: Answers,
    answers: &'a Answers,
}

/// The changes to one table.
struct Changes<'a> {
    put: Vec<(&'static Question, &'a str, &'a AnswerValue)>,
    gone: Vec<String>,
}

impl AnswersEdit<'_> {
    /// Inserts the schema key below the comment on the file as a whole, which a blank line separates from the comment
    /// on the first table.
    fn schema(&mut self) {
        let root = self.document.as_table_mut();
        if root.contains_key("schema") {
            return;
        }
        let first = root.iter_mut().next();
        let above = first.and_then(|(_, item)| {
            let decor = item.as_table_mut()?.decor_mut();
            let above = decor.prefix()?.as_str()?.to_owned();
            let (whole, own) = above.rsplit_once("\n\n").unwrap_or(("", &above));
            decor.set_prefix(format!("\n{own}"));
            (!whole.is_empty()).then(|| format!("{whole}\n"))
        });
        root.insert("schema", toml_edit::value(SPEC_SCHEMA));
        if let (Some(above), Some(mut key)) = (above, root.key_mut("schema")) {
            key.leaf_decor_mut().set_prefix(above);
        }
    }

    fn section(&mut self, section: &str, about: &str) -> Option<()> {
        let before = TableAnswers::new(&self.before, None);
        let changes = changes(before, TableAnswers::new(self.answers, None), section);
        if changes.is_empty() {
            return Some(());
        }
        let root = self.document.as_table_mut();
        if !root.contains_key(section) {
            root.insert(section, Item::Table(headed(about)));
        }
        let item = root.get_mut(section)?;
        // An inline table has no room for a comment, and between dotted keys a comment would end up inside a table.
        let comments = item.as_table().is_some_and(|table| !table.is_dotted());
        carried_out(item.as_table_like_mut()?, &changes, comments);
        Some(())
    }

    fn records(&mut self, section: &str, about: &str) -> Option<()> {
        let matched = self.matched(section);
        let old = self.before.records(section);
        let changed: Vec<(usize, Changes<'_>)> = matched
            .iter()
            .filter_map(|(record, old)| Some((*record, (*old)?)))
            .map(|(record, old)| {
                let before = TableAnswers::new(&self.before, Some(old));
                let after = TableAnswers::new(self.answers, Some(record));
                (old, changes(before, after, section))
            })
            .collect();
        let gone = old
            .iter()
            .filter(|number| !changed.iter().any(|(kept, _)| kept == *number));
        let gone: Vec<usize> = gone.copied().collect();
        let new: Vec<usize> = matched
            .iter()
            .filter(|(_, old)| old.is_none())
            .map(|(record, _)| *record)
            .collect();
        for (old, changes) in changed.iter().filter(|(_, changes)| !changes.is_empty()) {
            carried_out(self.record(section, *old)?, changes, false);
        }
        gone.iter()
            .rev()
            .try_for_each(|number| self.remove(section, about, *number))?;
        new.iter()
            .try_for_each(|record| self.add(section, about, *record))
    }

    /// Pairs every record with the record of the file that it comes from.
    fn matched(&self, section: &str) -> Vec<(usize, Option<usize>)> {
        // If the names of the list were given again, records are matched by name; otherwise by number, so that a single
        // record can be renamed.
        let old = self.before.records(section);
        let named = |number: &usize, name: &AnswerValue| {
            self.before.name_of(section, *number) == Some(name)
        };
        let from = |record: usize| {
            if self.answers.renamed.contains(section) {
                let name = self.answers.name_of(section, record)?;
                old.iter().copied().find(|number| named(number, name))
            } else {
                old.contains(&record).then_some(record)
            }
        };
        let records = self.answers.records(section).into_iter();
        records.map(|record| (record, from(record))).collect()
    }

    fn record(&mut self, section: &str, number: usize) -> Option<&mut dyn TableLike> {
        match self.document.as_table_mut().get_mut(section)? {
            Item::ArrayOfTables(tables) => {
                let table: &mut dyn TableLike = tables.get_mut(number)?;
                Some(table)
            }
            Item::Value(list) => {
                let table: &mut dyn TableLike = list
                    .as_array_mut()?
                    .get_mut(number)?
                    .as_inline_table_mut()?;
                Some(table)
            }
            _ => None,
        }
    }

    /// Removes a record. A comment above the first record that describes them all moves to the next one.
    fn remove(&mut self, section: &str, about: &str, number: usize) -> Option<()> {
        match self.document.as_table_mut().get_mut(section)? {
            Item::ArrayOfTables(tables) => {
                let removed = tables.remove(number);
                let above = removed.decor().prefix().and_then(|text| text.as_str());
                let heading = commented(about);
                if above.is_some_and(|text| text.contains(&heading))
                    && let Some(next) = tables.get_mut(number)
                {
                    let own = next.decor().prefix().and_then(|text| text.as_str());
                    let own = own.unwrap_or_default().trim_start_matches('\n');
                    let prefix = format!("\n{heading}{own}");
                    next.decor_mut().set_prefix(prefix);
                }
            }
            Item::Value(list) => without(list.as_array_mut()?, number),
            _ => return None,
        }
        Some(())
    }

    fn add(&mut self, section: &str, about: &str, record: usize) -> Option<()> {
        let none = Answers::default();
        let after = TableAnswers::new(self.answers, Some(record));
        let changes = changes(TableAnswers::new(&none, None), after, section);
        let root = self.document.as_table_mut();
        if !root.contains_key(section) {
            root.insert(section, Item::ArrayOfTables(ArrayOfTables::new()));
        }
        match root.get_mut(section)? {
            Item::ArrayOfTables(tables) => {
                let is_first = tables.is_empty();
                let mut table = if is_first {
                    headed(about)
                } else {
                    Table::new()
                };
                put(&mut table, &changes, is_first);
                tables.push(table);
            }
            Item::Value(list) => {
                let mut table = InlineTable::new();
                put(&mut table, &changes, false);
                with(list.as_array_mut()?, table.into());
            }
            _ => return None,
        }
        Some(())
    }
}

impl Changes<'_> {
    fn is_empty(&self) -> bool {
        self.put.is_empty() && self.gone.is_empty()
    }
}

/// The answers of one table of a section.
#[derive(Clone, Copy)]
struct TableAnswers<'a> {
    answers: &'a Answers,
    /// The number of the record; none if the section is a single table.
    record: Option<usize>,
}

impl<'a> TableAnswers<'a> {
    fn new(answers: &'a Answers, record: Option<usize>) -> Self {
        Self { answers, record }
    }

    /// Returns the value of a field.
    fn get(self, section: &str, field: &str) -> Option<&'a AnswerValue> {
        self.answers.get(&AnswerKey {
            record: self.record,
            ..AnswerKey::plain(section, field)
        })
    }
}

/// Compares one table before and after.
fn changes<'a>(before: TableAnswers<'_>, after: TableAnswers<'a>, section: &str) -> Changes<'a> {
    let put = after
        .answers
        .fields(section, after.record)
        .into_iter()
        .filter(|(_, now, value)| before.get(section, &now.field) != Some(*value))
        .map(|(question, now, value)| (question, now.field.as_str(), value))
        .collect();
    let gone = before
        .answers
        .answers
        .keys()
        .filter(|was| was.section == section && was.record == before.record)
        .filter(|was| !was.field.is_empty())
        .filter(|was| after.get(section, &was.field).is_none())
        .map(|was| was.field.clone())
        .collect();
    Changes { put, gone }
}

fn carried_out(table: &mut dyn TableLike, changes: &Changes<'_>, comments: bool) {
    put(table, changes, comments);
    for field in &changes.gone {
        table.remove(field);
    }
}

fn put(table: &mut dyn TableLike, changes: &Changes<'_>, comments: bool) {
    for (question, field, value) in &changes.put {
        if let Some(Item::Value(old)) = table.get_mut(field) {
            replaced(old, value);
            continue;
        }
        table.insert(field, Item::Value(fresh(value)));
        let is_tag = question.field() == "*";
        if let Some(mut key) = table.key_mut(field).filter(|_| comments && !is_tag) {
            key.leaf_decor_mut()
                .set_prefix(commented(&question.comment()));
        }
    }
}

/// Creates a table below a comment that describes it.
fn headed(about: &str) -> Table {
    let mut table = Table::new();
    table
        .decor_mut()
        .set_prefix(format!("\n{}", commented(about)));
    table
}

fn commented(words: &str) -> String {
    let mut text = String::new();
    comment(&mut text, words);
    text
}
