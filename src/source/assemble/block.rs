//! Reads attributes: from nodes in their dialect to evidence. Knows neither proxies nor policies.

use std::str::FromStr;

use super::estate::Estate;
use super::things::{Item, Link};
use crate::domain::evidence::{Evidence, Origin};
use crate::domain::settings::{SettingRow, SettingValue};
use crate::language::resource::{Dialect, Node, Value};
use crate::language::vocabulary::{Attribute, Kind};

/// A body that is being read: that of a resource, or a block nested in it.
#[derive(Clone, Copy)]
pub(super) struct ResourceBody<'e, 'a> {
    pub(super) estate: &'e Estate<'a>,
    /// The index of the document in which its references are resolved.
    pub(super) document: usize,
    pub(super) dialect: Dialect,
    pub(super) body: &'a Node,
}

impl<'e, 'a> ResourceBody<'e, 'a> {
    /// Returns the body of a resource.
    pub(super) fn new(estate: &'e Estate<'a>, item: Item<'a>) -> Self {
        Self {
            estate,
            document: item.document,
            dialect: item.resource.dialect,
            body: &item.resource.body,
        }
    }

    /// Returns a block nested in this one.
    pub(super) fn inner(self, body: &'a Node) -> Self {
        Self { body, ..self }
    }

    /// Returns the node of an attribute.
    pub(super) fn get(self, attribute: Attribute) -> Option<&'a Node> {
        attribute.value_in(self.dialect, self.body)
    }

    /// Returns the reason why an attribute as a whole is unresolved, and its origin.
    pub(super) fn why_open(self, attribute: Attribute) -> Option<(&'a str, &'a Origin)> {
        let node = self.get(attribute)?;
        match &node.value {
            Value::Unresolved(reason) => Some((reason, &node.origin)),
            _ => None,
        }
    }

    /// Returns the entries of a list; a single value is a list of one.
    pub(super) fn list(self, attribute: Attribute) -> &'a [Node] {
        self.get(attribute).map(entries).unwrap_or_default()
    }

    /// Returns the thing that an attribute refers to.
    pub(super) fn link(self, attribute: Attribute, kind: Kind) -> Option<Link> {
        self.get(attribute).map(|node| self.link_of(kind, node))
    }

    /// Returns the thing that a value refers to.
    pub(super) fn link_of(self, kind: Kind, node: &Node) -> Link {
        self.estate.link(self.document, kind, node)
    }

    /// Reads a boolean; the texts `true` and `false` count too.
    pub(super) fn flag(self, attribute: Attribute, absent: Evidence<bool>) -> Evidence<bool> {
        let Some(node) = self.get(attribute) else {
            return absent;
        };
        match &node.value {
            Value::Bool(flag) => Evidence::Stated(*flag, node.origin.clone()),
            Value::Unresolved(reason) => Evidence::Unresolved(reason.clone(), node.origin.clone()),
            _ => self.parsed(node, |text| text.to_lowercase().parse().ok()),
        }
    }

    /// Reads an attribute that holds text.
    pub(super) fn text(self, attribute: Attribute) -> Evidence<String> {
        self.get(attribute)
            .map_or(Evidence::NotVisible, |node| self.text_of(node))
    }

    /// Reads the text of a value.
    pub(super) fn text_of(self, node: &Node) -> Evidence<String> {
        self.parsed(node, |text| Some(text.to_owned()))
    }

    /// Reads a whole number; a number that is written as text counts too.
    pub(super) fn number<N: FromStr>(
        self,
        attribute: Attribute,
        absent: Evidence<N>,
    ) -> Evidence<N> {
        self.get(attribute).map_or(absent, |node| {
            self.parsed(node, |text| text.trim().parse().ok())
        })
    }

    /// Reads the value of a setting; `absent` is its default.
    pub(super) fn setting(
        self,
        row: &SettingRow,
        absent: Evidence<SettingValue>,
    ) -> Evidence<SettingValue> {
        self.get(Attribute::of_setting(row))
            .map_or(absent, |node| self.parsed(node, |text| row.parse(text)))
    }

    /// Reads a list of texts; unresolved as a whole if one of them is.
    pub(super) fn texts(self, attribute: Attribute) -> Option<Evidence<Vec<String>>> {
        let node = self.get(attribute)?;
        let mut texts = Vec::new();
        for entry in entries(node) {
            match self.text_of(entry) {
                Evidence::Stated(text, _) | Evidence::Defaulted(text) => texts.push(text),
                Evidence::Unresolved(reason, origin) => {
                    return Some(Evidence::Unresolved(reason, origin));
                }
                Evidence::NotVisible => {}
            }
        }
        Some(Evidence::Stated(texts, node.origin.clone()))
    }

    /// Parses a value whose text is fully known. Unresolved if the text is unknown or invalid.
    pub(super) fn parsed<T>(
        self,
        node: &Node,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Evidence<T> {
        let origin = node.origin.clone();
        match self.literal(node) {
            Ok(text) => match parse(&text) {
                Some(value) => Evidence::Stated(value, origin),
                None => Evidence::Unresolved(format!("{text:?} makes no sense here"), origin),
            },
            Err(reason) => Evidence::Unresolved(reason, origin),
        }
    }

    /// Returns the text of a value, or the reason why there is none. A text that depends on the deployment is unknown.
    fn literal(self, node: &Node) -> Result<String, String> {
        match &node.value {
            Value::Text(pieces) => self.estate.render(self.document, pieces).and_then(|text| {
                if text.contains(['<', '>']) && depends_on_deployment(node) {
                    return Err("depends on where it is deployed to".to_owned());
                }
                match dynamic_reference(&text) {
                    Some(reference) => {
                        Err(format!("`{reference}` is looked up when it is deployed"))
                    }
                    None => Ok(text),
                }
            }),
            Value::Number(number) => Ok(number.to_string()),
            Value::Bool(flag) => Ok(flag.to_string()),
            Value::Unresolved(reason) => Err(reason.clone()),
            Value::List(items) if items.len() == 1 => self.inner_literal(&items[0]),
            Value::List(_) | Value::Map(_) | Value::Null => {
                Err("this is not a single value".to_owned())
            }
        }
    }

    /// Returns the text of a value inside a list. A list inside a list is not followed.
    fn inner_literal(self, node: &Node) -> Result<String, String> {
        match &node.value {
            Value::List(_) => Err("this is not a single value".to_owned()),
            _ => self.literal(node),
        }
    }
}

fn depends_on_deployment(node: &Node) -> bool {
    use crate::language::resource::Piece;
    matches!(&node.value, Value::Text(pieces) if pieces.iter().any(|piece| matches!(piece, Piece::Pseudo(_))))
}

/// Returns the reference in `{{resolve:ssm:/app/tls}}`. Source: CloudFormation User Guide, "Get values stored in other
/// services using dynamic references".
pub(super) fn dynamic_reference(text: &str) -> Option<&str> {
    let start = text.find("{{resolve:")?;
    let length = text[start..].find("}}")? + "}}".len();
    Some(&text[start..start + length])
}

/// Returns the entries of a list; a single value is a list of one.
pub(super) fn entries(node: &Node) -> &[Node] {
    match &node.value {
        Value::List(items) => items,
        Value::Null => &[],
        _ => std::slice::from_ref(node),
    }
}

/// Makes stated evidence of a value, or unresolved evidence of a reason.
pub(super) fn stated<T>(value: Result<T, String>, origin: &Origin) -> Evidence<T> {
    match value {
        Ok(value) => Evidence::Stated(value, origin.clone()),
        Err(reason) => Evidence::Unresolved(reason, origin.clone()),
    }
}
