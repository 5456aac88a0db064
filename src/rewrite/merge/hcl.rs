//! HCL as nodes: attributes, blocks and the members of objects.

use std::collections::BTreeMap;
use std::ops::Range;

use hcl_edit::Span;
use hcl_edit::expr::{Expression, Object, ObjectKey};
use hcl_edit::structure::{Attribute, Block, Body, Structure};

use super::outline::{Facts, Inner, ItemGroup, OutlineNode, Style, whole};
use crate::language::terraform::expression_form;

/// Splits a text into items. None if it is not HCL, or if several items share a line.
pub(super) fn outline(text: &str) -> Option<ItemGroup> {
    let body = crate::language::hcl::body(text).ok()?;
    let inner = Inner {
        nodes: nodes(text, &body)?,
        opens: 0,
        closes: None,
        style: Style::Lines,
        by_indent: false,
    };
    whole(text, &inner)
}

/// Returns the content of a text. None if it is not HCL.
pub(super) fn facts(text: &str) -> Option<Facts> {
    let body = crate::language::hcl::body(text).ok()?;
    let mut facts = Facts::new();
    add(&mut facts, "", text, &body);
    Some(facts)
}

fn nodes(text: &str, body: &Body) -> Option<Vec<OutlineNode>> {
    body.iter()
        .map(|structure| match structure {
            Structure::Attribute(attribute) => of_attribute(text, attribute),
            Structure::Block(block) => of_block(text, block),
        })
        .collect()
}

fn of_attribute(text: &str, attribute: &Attribute) -> Option<OutlineNode> {
    let key = attribute.key.as_str();
    let range = attribute.key.span()?.start..attribute.value.span()?.end;
    of_value(text, key, range, &attribute.value)
}

/// The node for a name with its value.
fn of_value(text: &str, key: &str, range: Range<usize>, value: &Expression) -> Option<OutlineNode> {
    let inner = match (object_of(value), named_items(value)) {
        (Some(object), _) => of_object(text, object),
        (None, Some(items)) => of_list(text, value, &items),
        (None, None) => None,
    };
    Some(OutlineNode {
        key: key.to_owned(),
        name: key.to_owned(),
        sense: expression_form(value, text),
        range: range.start..heredoc_end(text, range.end),
        inner,
    })
}

/// Returns the end of a value. The parser includes the line break after a heredoc, which belongs to the next item.
fn heredoc_end(text: &str, end: usize) -> usize {
    match text.get(..end) {
        Some(before) if before.ends_with('\n') => end - 1,
        _ => end,
    }
}

/// The object inside a value, which may be an argument or the result of a `for` expression:
/// `jsonencode({ … })`, `[for … : { … }]`.
fn object_of(value: &Expression) -> Option<&Object> {
    match value {
        Expression::Object(object) => Some(object),
        Expression::FuncCall(call) => {
            let mut arguments = call.args.iter();
            let only = arguments.next().filter(|_| call.args.len() == 1);
            only.and_then(object_of)
        }
        Expression::ForExpr(each) => object_of(&each.value_expr),
        _ => None,
    }
}

/// The items of a list of statements, each with its `Sid`. None if an item has no `Sid` or two have the same.
fn named_items(value: &Expression) -> Option<Vec<(&str, &Object)>> {
    let items = value.as_array()?.iter().map(|item| {
        let object = item.as_object()?;
        let mut members = object.iter();
        let (_, name) = members
            .find(|(key, _)| matches!(key, ObjectKey::Ident(key) if key.as_str() == "Sid"))?;
        Some((name.expr().as_str()?, object))
    });
    let items: Vec<(&str, &Object)> = items.collect::<Option<_>>()?;
    let mut names: Vec<&str> = items.iter().map(|(name, _)| *name).collect();
    names.sort_unstable();
    names.dedup();
    (names.len() == items.len() && !items.is_empty()).then_some(items)
}

fn of_list(text: &str, list: &Expression, items: &[(&str, &Object)]) -> Option<Inner> {
    let range = list.span()?;
    let nodes = items.iter().map(|(name, object)| {
        Some(OutlineNode {
            key: (*name).to_owned(),
            name: (*name).to_owned(),
            range: object.span()?,
            sense: members_form(text, object),
            inner: of_object(text, object),
        })
    });
    Some(Inner {
        nodes: nodes.collect::<Option<_>>()?,
        opens: range.start,
        closes: Some(range.end.checked_sub(1)?),
        style: Style::Commas,
        by_indent: false,
    })
}

/// The canonical form of an object.
fn members_form(text: &str, object: &Object) -> String {
    expression_form(&Expression::Object(object.clone()), text)
}

fn of_object(text: &str, object: &Object) -> Option<Inner> {
    let range = object.span()?;
    let nodes = object.iter().map(|(key, value)| {
        let key_range = key.span()?;
        let value = value.expr();
        let range = key_range.start..value.span()?.end;
        of_value(text, &name(text, key)?, range, value)
    });
    Some(Inner {
        nodes: nodes.collect::<Option<_>>()?,
        opens: range.start,
        closes: Some(range.end.checked_sub(1)?),
        style: Style::Lines,
        by_indent: false,
    })
}

/// The key of an object member. For a computed key, its expression.
fn name(text: &str, key: &ObjectKey) -> Option<String> {
    match key {
        ObjectKey::Ident(name) => Some(name.as_str().to_owned()),
        ObjectKey::Expression(Expression::String(name)) => Some(name.value().clone()),
        ObjectKey::Expression(other) => Some(format!("({})", expression_form(other, text))),
    }
}

fn of_block(text: &str, block: &Block) -> Option<OutlineNode> {
    let range = block.span()?;
    let head = block.labels.last().map(Span::span);
    let head = head.unwrap_or_else(|| block.ident.span())?.end;
    let opens = head + text.get(head..range.end)?.find('{')?;
    Some(OutlineNode {
        key: key(block),
        name: title(block),
        inner: Some(Inner {
            nodes: nodes(text, &block.body)?,
            opens,
            closes: Some(range.end.checked_sub(1)?),
            style: Style::Lines,
            by_indent: false,
        }),
        sense: sense(text, block),
        range,
    })
}

/// The key of a block: its type and its labels.
fn key(block: &Block) -> String {
    let labels = block
        .labels
        .iter()
        .map(|label| format!(" {:?}", label.as_str()));
    format!("{}{} {{", block.ident.as_str(), labels.collect::<String>())
}

/// The name as Terraform writes it: `aws_db_proxy.this`. For blocks other than resources, the type comes first.
fn title(block: &Block) -> String {
    let mut words: Vec<&str> = block.labels.iter().map(|label| label.as_str()).collect();
    if block.ident.as_str() != "resource" {
        words.insert(0, block.ident.as_str());
    }
    words.join(".")
}

/// The content of a block. The order of its attributes makes no difference.
fn sense(text: &str, block: &Block) -> String {
    let mut attributes: Vec<String> = block
        .body
        .attributes()
        .map(|attribute| {
            let value = expression_form(&attribute.value, text);
            format!("{} = {value}", attribute.key.as_str())
        })
        .collect();
    attributes.sort();
    let blocks = block.body.blocks().map(|inner| sense(text, inner));
    let said: Vec<String> = attributes.into_iter().chain(blocks).collect();
    format!("{}{}}}", key(block), said.join("; "))
}

fn add(facts: &mut Facts, prefix: &str, text: &str, body: &Body) {
    for attribute in body.attributes() {
        let path = format!("{prefix}/{}", attribute.key.as_str());
        add_value(facts, path, text, &attribute.value);
    }
    let mut counts = BTreeMap::<String, usize>::new();
    for block in body.blocks() {
        *counts.entry(key(block)).or_default() += 1;
    }
    for block in body.blocks() {
        let key = key(block);
        let path = format!("{prefix}/{key}");
        let is_one = counts.get(&key) == Some(&1);
        facts.entry(path.clone()).or_default().push(if is_one {
            String::new()
        } else {
            sense(text, block)
        });
        if is_one {
            add(facts, &path, text, &block.body);
        }
    }
}

fn add_value(facts: &mut Facts, path: String, text: &str, value: &Expression) {
    let whole = expression_form(value, text);
    if let Some(object) = object_of(value).filter(|object| !object.is_empty()) {
        let around = whole.replacen(&members_form(text, object), "", 1);
        facts.entry(path.clone()).or_default().push(around);
        add_members(facts, &path, text, object);
    } else if let Some(items) = named_items(value) {
        for (name, object) in items {
            add_members(facts, &format!("{path}/{name}"), text, object);
        }
    } else {
        facts.entry(path).or_default().push(whole);
    }
}

fn add_members(facts: &mut Facts, path: &str, text: &str, object: &Object) {
    for (key, value) in object.iter() {
        let key = name(text, key).unwrap_or_default();
        add_value(facts, format!("{path}/{key}"), text, value.expr());
    }
}
