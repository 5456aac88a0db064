//! YAML and JSON as nodes: the members of mappings, and the items of lists that have a name.

use std::ops::Range;

use super::outline::{Facts, Inner, ItemGroup, OutlineNode, Style, whole};
use crate::language::yaml;
use crate::language::yaml::{Quotes, Written, WrittenForm, written};

/// The keys whose value names an item of a list: for CloudFormation's parameters, tags and outputs, and for the
/// statements of policies.
const NAMING: [&str; 4] = ["ParameterKey", "Key", "Sid", "OutputKey"];

/// Splits a text into items. None if it is neither YAML nor JSON, or if several items share a line.
pub(super) fn outline(text: &str) -> Option<ItemGroup> {
    let root = read(text)?;
    whole(text, &inner(text, &root, 0)?)
}

/// Returns the content of a text. None if it cannot be parsed.
pub(super) fn facts(text: &str) -> Option<Facts> {
    let root = read(text)?;
    let mut facts = Facts::new();
    add(&mut facts, String::new(), text, &root);
    Some(facts)
}

/// Parses a text. None unless it is a single document without duplicate keys.
fn read(text: &str) -> Option<Written> {
    let is_one = !text
        .lines()
        .skip(1)
        .any(|line| line.starts_with("---") || line.starts_with("..."));
    yaml::load(text).ok()?.filter(|_| is_one)?;
    written(text)
}

/// Returns the named members of a value: of a mapping, or of a list whose items have names.
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

/// The name of a list item, taken from one of its members.
fn self_name(item: &Written) -> Option<String> {
    let mut names = NAMING.iter().filter_map(|name| item.member(name));
    Some(names.next()?.1.text()?.to_owned())
}

/// The offset at which a member ends. If its value is omitted, the member ends after the colon.
fn end(text: &str, key: &Written, value: &Written) -> usize {
    if !value.range.is_empty() {
        return value.range.end;
    }
    let after = text.get(key.range.end..).and_then(|rest| rest.find(':'));
    after.map_or(key.range.end, |colon| key.range.end + colon + 1)
}

/// The members of a value as nodes. None if it has none, or if it is tagged or shared, which is merged as a whole.
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
                inner: if is_item {
                    None
                } else {
                    inner(text, &value, head(&range, &value))
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
        closes: if value.is_flow {
            Some(value.range.end.checked_sub(1)?)
        } else {
            None
        },
        style: if value.is_flow {
            Style::Commas
        } else {
            Style::Lines
        },
        by_indent: !value.is_flow,
    })
}

/// An offset on the line that opens a member.
fn head(member: &Range<usize>, value: &Written) -> usize {
    if value.is_flow {
        value.range.start
    } else {
        member.start
    }
}

/// The content of a value regardless of layout.
fn said(text: &str, value: &Written) -> String {
    let tag = if value.is_tagged {
        let whole = text.get(value.range.clone()).unwrap_or_default();
        let word = whole.split(|one: char| one.is_whitespace() || "[{\"'".contains(one));
        word.into_iter().next().unwrap_or_default()
    } else {
        ""
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

fn add(facts: &mut Facts, path: String, text: &str, value: &Written) {
    let is_plain = !value.is_tagged && !value.is_shared;
    match members(text, value).filter(|_| is_plain) {
        Some(members) => {
            for (key, _, value) in members {
                add(facts, format!("{path}/{key}"), text, &value);
            }
        }
        None => facts.entry(path).or_default().push(said(text, value)),
    }
}
