//! Lists what one spec has and another lacks: records, keys and comments, so that every loss is reported.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::super::key::{AnswerKey, LISTS};
use super::super::questions::QUESTIONS;
use super::super::value::AnswerValue;
use super::Answers;
use super::layout::{SECTIONS, comment};
use super::write::head;

/// The content that is lost between two specs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gone {
    /// The names of the records of each list: `users`, `consumers`.
    pub records: Vec<(&'static str, Vec<String>)>,
    /// Keys outside of those records, with their values: `pool.borrow_timeout = 12`.
    pub keys: Vec<String>,
    /// Comments of the user, verbatim.
    pub comments: Vec<String>,
}

impl Gone {
    /// Returns the content of `before` that `after` lacks; empty when either text is not even a partial spec.
    pub fn between(before: &str, after: &str) -> Self {
        let read = |text| Answers::from_toml(text, "").ok();
        let (Some(old), Some(new)) = (read(before), read(after)) else {
            return Self::default();
        };
        let names = LISTS
            .iter()
            .map(|section| (*section, missing(&old, &new, section)));
        Self {
            records: names.filter(|(_, names)| !names.is_empty()).collect(),
            keys: keys(&old, &new),
            comments: lost_comments(before, after),
        }
    }
}

fn missing(old: &Answers, new: &Answers, section: &str) -> Vec<String> {
    let names = |answers: &Answers| -> Vec<String> {
        let records = answers.records(section).into_iter();
        records
            .filter_map(|record| answers.name_of(section, record).map(AnswerValue::to_string))
            .collect()
    };
    let there = names(new);
    let mut gone = names(old);
    gone.retain(|name| !there.contains(name));
    gone
}

/// Returns the lost keys. Keys of a record that is lost as a whole are not listed.
fn keys(old: &Answers, new: &Answers) -> Vec<String> {
    let mut gone = Vec::new();
    for (key, answer) in &old.answers {
        let there = match key.record {
            None => Some(key.clone()),
            Some(record) => namesake(old, new, key, record),
        };
        if let Some(there) = there.filter(|there| new.get(there).is_none()) {
            let name = key
                .record
                .and_then(|record| old.name_of(&key.section, record));
            let shown = match name {
                Some(name) => format!("{}.{name}.{}", key.section, key.field),
                None => there.to_string(),
            };
            gone.push(format!("{shown} = {}", answer.value.to_toml()));
        }
    }
    gone
}

/// Returns the same key in the record of the same name.
fn namesake(old: &Answers, new: &Answers, key: &AnswerKey, record: usize) -> Option<AnswerKey> {
    let name = old.name_of(&key.section, record)?;
    let mut records = new.records(&key.section).into_iter();
    let there = records.find(|other| new.name_of(&key.section, *other) == Some(name))?;
    Some(AnswerKey::in_record(&key.section, there, &key.field))
}

/// Returns the lost comments, counted by occurrence. Comments that rdsproxy-gen writes itself are ignored.
fn lost_comments(before: &str, after: &str) -> Vec<String> {
    let mut there: BTreeMap<String, usize> = BTreeMap::new();
    for comment in comments(after) {
        *there.entry(comment).or_default() += 1;
    }
    let own = own_comments();
    let mut lost = Vec::new();
    for comment in comments(before) {
        match there.get_mut(&comment).filter(|count| **count > 0) {
            Some(count) => *count -= 1,
            None if own.lines().any(|line| line == comment) => {}
            None => lost.push(comment),
        }
    }
    lost
}

fn own_comments() -> String {
    let mut text = head();
    for (_, about) in SECTIONS {
        comment(&mut text, about);
    }
    for question in QUESTIONS.iter().flat_map(|rows| rows.iter()) {
        comment(&mut text, &question.comment());
    }
    text
}

/// Returns the comments of a text, each from its `#` to the end of the line.
fn comments(text: &str) -> Vec<String> {
    let Ok(table) = DeTable::parse(text) else {
        return Vec::new();
    };
    let mut quoted = Vec::new();
    in_table(table.get_ref(), &mut quoted);
    let mut comments = Vec::new();
    let mut from = 0;
    while let Some(found) = text[from..].find('#') {
        let start = from + found;
        if let Some(span) = quoted
            .iter()
            .find(|span: &&Range<usize>| span.contains(&start))
        {
            from = span.end;
            continue;
        }
        let end = text[start..]
            .find('\n')
            .map_or(text.len(), |end| start + end);
        comments.push(text[start..end].trim_end().to_owned());
        from = end;
    }
    comments
}

/// Collects the ranges in which a `#` does not begin a comment: keys and strings.
fn in_table(table: &DeTable<'_>, quoted: &mut Vec<Range<usize>>) {
    for (name, value) in table.iter() {
        quoted.push(name.span());
        in_value(value, quoted);
    }
}

fn in_value(value: &toml::Spanned<DeValue<'_>>, quoted: &mut Vec<Range<usize>>) {
    match value.get_ref() {
        DeValue::String(_) => quoted.push(value.span()),
        DeValue::Array(items) => items.iter().for_each(|item| in_value(item, quoted)),
        DeValue::Table(table) => in_table(table, quoted),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_in_a_text_is_no_comment() {
        let text = "# one\n[tags]\n\"a#b\" = \"c # d\" # two\ne = '''\n# no\n'''\n[network]\nsubnet_ids = [\n \"x#y\", # three\n]";
        assert_eq!(comments(text), ["# one", "# two", "# three"]);
    }
}
