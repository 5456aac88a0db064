//! YAML and JSON as nodes: the members of mappings, and the items of lists that name themselves.

use std::ops::Range;

use super::outline::{Facts, Inner, ItemGroup, OutlineNode, Style, whole};
use crate::language::yaml;
use crate::language::yaml::{Quotes, Written, WrittenForm, written};

/// What names an item of a list among its likes: CloudFormation's parameters and tags, and the statements of policies.
const NAMING: [&str; 4] = ["ParameterKey", "Key", "Sid", "OutputKey"];

/// A text, read. None where it is neither, or its items share lines.
pub(super) fn outline(text: &str) -> Option<ItemGroup> {
    let root = read(text)?;
    whole(text, &inner(text, &root, 0)?)
}

/// What a text says. None where it cannot be read.
pub(super) fn facts(text: &str) -> Option<Facts> {
    let root = read(text)?;
    let mut facts = Facts::new();
    add(&mut facts, String::new(), (text, &root));
    Some(facts)
}

/// Reads a text of one document in which no key stands twice.
fn read(text: &str) -> Option<Written> {
    let is_one = !text
        .lines()
        .skip(1)
        .any(|line| line.starts_with("---") || line.starts_with("..."));
    yaml::load(text).ok()?.filter(|_| is_one)?;
    written(text)
}

/// The named members of a value: of a mapping, or of a list that names them.
fn members(text: &str, value: &Written) -> Option<Vec<(String, Range<usize>, Written)>> {
    let named = match &value.form {
        WrittenForm::Map(members) => members
            .iter()
            .map(|(key, value)| {
                let end = end(text, key, value);
                Some((key.text()?.to_owned(), key.range.start..end, value.clone()))
            })
            .collect::<Option<Vec<_>>>()?,
        WrittenForm::List(items) if value.is_flow => items
            .iter()
            .map(|item| Some((self_name(item)?, item.range.clone(), item.clone())))
            .collect::<Option<Vec<_>>>()?,
        WrittenForm::List(_) | WrittenForm::Scalar(..) | WrittenForm::Alias => return None,
    };
    let mut keys: Vec<&str> = named.iter().map(|(key, ..)| key.as_str()).collect();
    keys.sort_unstable();
    let is_clear = keys.windows(2).all(|pair| pair[0] != pair[1]);
    (is_clear && !named.is_empty()).then_some(named)
}

/// The name that an item of a list gives itself.
fn self_name(item: &Written) -> Option<String> {
    let mut names = NAMING.iter().filter_map(|name| item.member(name));
    Some(names.next()?.1.text()?.to_owned())
}

/// Where a member ends; a value that is left out ends behind the colon.
fn end(text: &str, key: &Written, value: &Written) -> usize {
    if !value.range.is_empty() {
        return value.range.end;
    }
    let after = text.get(key.range.end..).and_then(|rest| rest.find(':'));
    after.map_or(key.range.end, |colon| key.range.end + colon + 1)
}

/// The members of a value as nodes. None where it has none, or is written in a way that is left as it is.
fn inner(text: &str, value: &Written, opens: usize) -> Option<Inner> {
    if value.is_tagged || value.is_shared {
        return None;
    }
    let nodes = members(text, value)?
        .into_iter()
        .map(|(key, range, value)| {
            let is_item = range == value.range;
            OutlineNode {
                name: key.clone(),
                sense: said(text, &value),
                inner: match is_item {
                    true => None,
                    false => inner(text, &value, head(&range, &value)),
                },
                range,
                key,
            }
        });
    Some(Inner {
        nodes: nodes.collect(),
        opens: if value.is_flow {
            value.range.start
        } else {
            opens
        },
        closes: match value.is_flow {
            true => Some(value.range.end.checked_sub(1)?),
            false => None,
        },
        style: if value.is_flow {
            Style::Commas
        } else {
            Style::Lines
        },
        by_indent: !value.is_flow,
    })
}

/// Where the line is that a member begins with.
fn head(member: &Range<usize>, value: &Written) -> usize {
    match value.is_flow {
        true => value.range.start,
        false => member.start,
    }
}

/// A value as what it says.
fn said(text: &str, value: &Written) -> String {
    let tag = match value.is_tagged {
        true => {
            let whole = text.get(value.range.clone()).unwrap_or_default();
            let word = whole.split(|one: char| one.is_whitespace() || "[{\"'".contains(one));
            word.into_iter().next().unwrap_or_default()
        }
        false => "",
    };
    let content = match &value.form {
        WrittenForm::Scalar(text, Quotes::None) => format!("plain {text:?}"),
        WrittenForm::Scalar(text, _) => format!("{text:?}"),
        WrittenForm::Alias => text.get(value.range.clone()).unwrap_or_default().to_owned(),
        WrittenForm::List(items) => {
            let items: Vec<String> = items.iter().map(|item| said(text, item)).collect();
            format!("[{}]", items.join(", "))
        }
        WrittenForm::Map(members) => {
            let mut members: Vec<String> = members
                .iter()
                .map(|(key, value)| format!("{}: {}", said(text, key), said(text, value)))
                .collect();
            members.sort();
            format!("{{{}}}", members.join(", "))
        }
    };
    format!("{tag} {content}")
}

fn add(facts: &mut Facts, path: String, (text, value): (&str, &Written)) {
    let is_plain = !value.is_tagged && !value.is_shared;
    match members(text, value).filter(|_| is_plain) {
        Some(members) => {
            for (key, _, value) in members {
                add(facts, format!("{path}/{key}"), (text, &value));
            }
        }
        None => facts.entry(path).or_default().push(said(text, value)),
    }
}
