//! What a source puts into a secret: the user's name, and whether the password stands there for all to read.

use std::borrow::Cow;

use super::block::{Block, dynamic_reference};
use super::estate::{Estate, Handle};
use crate::domain::evidence::Evidence;
use crate::source::policy;
use crate::source::resource::{Dialect, Node, Piece, Value};
use crate::source::vocabulary::{Kind, secret};

/// The tag by which our own secrets say, to those who may not read them, which user they hold.
const USERNAME_TAG: &str = "rdsproxy-gen:username";

/// The members of a secret's JSON. Source: RDS User Guide, "Setting up database credentials for RDS Proxy".
const USERNAME: &str = "username";
const PASSWORD: &str = "password";

/// How a value comes into a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// Written into it, and kept by the tool that does so.
    Text,
    /// Written into it and kept nowhere.
    WriteOnly,
    /// Made up by Secrets Manager around a template.
    Generated,
}

/// One value of a secret.
pub(super) struct Content<'e, 'a> {
    pub(super) block: Block<'e, 'a>,
    pub(super) node: &'a Node,
    pub(super) way: Way,
}

/// All values that something in view puts into a secret.
pub(super) fn contents<'e, 'a>(estate: &'e Estate<'a>, handle: &Handle) -> Vec<Content<'e, 'a>> {
    let versions = estate
        .naming(Kind::SecretVersion, handle)
        .map(|item| Block::of(estate, item));
    let own = match handle {
        Handle::Item(index) => Some(Block::of(estate, estate.item(*index))),
        _ => None,
    };
    versions.chain(own).flat_map(contents_of).collect()
}

fn contents_of<'e, 'a>(block: Block<'e, 'a>) -> impl Iterator<Item = Content<'e, 'a>> {
    [
        (secret::WRITE_ONLY_TEXT, Way::WriteOnly),
        (secret::TEXT, Way::Text),
        (secret::GENERATED, Way::Generated),
    ]
    .into_iter()
    .filter_map(move |(attribute, way)| {
        let whole = block.get(attribute)?;
        let template = block
            .get(secret::GENERATED_TEMPLATE)
            .filter(|_| way == Way::Generated);
        let node = template.unwrap_or(whole);
        Some(Content { block, node, way })
    })
}

impl Content<'_, '_> {
    /// The JSON that the value is, as a map; or why it cannot be told.
    fn map(&self) -> Result<Cow<'_, Node>, String> {
        match &self.node.value {
            Value::Text(pieces) => policy::json(pieces, &self.node.origin).map(Cow::Owned),
            Value::Unresolved(reason) => Err(reason.clone()),
            _ => Ok(Cow::Borrowed(self.node)),
        }
    }

    /// What stands for a member of the JSON.
    fn written(&self, key: &str) -> Option<Node> {
        self.map().ok()?.get(key).cloned()
    }

    /// A member of the JSON that the value is.
    fn member(&self, key: &str) -> Evidence<String> {
        match self.map() {
            Err(reason) => Evidence::Unresolved(reason, self.node.origin.clone()),
            Ok(map) => map
                .get(key)
                .map_or(Evidence::NotVisible, |node| self.block.text_of(node)),
        }
    }

    /// True where anybody who can read the source can read the password.
    pub(super) fn password_is_written(&self) -> bool {
        if self.way == Way::Generated {
            return false;
        }
        let password = match (&self.node.value, self.map()) {
            // Not JSON: the whole text is the secret.
            (Value::Text(_), Err(_)) => Some(self.node.clone()),
            _ => self.written(PASSWORD),
        };
        password
            .and_then(|node| node.value.as_text())
            .is_some_and(|text| !text.is_empty() && dynamic_reference(&text).is_none())
    }
}

/// What stands for the user's name in a secret, as it is written.
pub(super) fn written_username(estate: &Estate<'_>, handle: &Handle) -> Option<(usize, Node)> {
    contents(estate, handle).into_iter().find_map(|content| {
        let username = content.written(USERNAME)?;
        Some((content.block.document, username))
    })
}

/// The database user that a secret holds.
pub(super) fn username(estate: &Estate<'_>, handle: &Handle) -> Evidence<String> {
    let mut found = contents(estate, handle)
        .into_iter()
        .map(|content| content.member(USERNAME))
        .chain(tagged(estate, handle))
        .filter(|username| !username.is_not_visible())
        .collect::<Vec<_>>();
    // A name that is known is worth more than one that is not.
    found.sort_by_key(|username| username.value().is_none());
    found.into_iter().next().unwrap_or(Evidence::NotVisible)
}

fn tagged(estate: &Estate<'_>, handle: &Handle) -> Option<Evidence<String>> {
    let Handle::Item(index) = handle else {
        return None;
    };
    let block = Block::of(estate, estate.item(*index));
    let tags = block.get(secret::TAGS)?;
    match block.dialect {
        Dialect::Terraform => Some(block.text_of(tags.get(USERNAME_TAG)?)),
        Dialect::CloudFormation | Dialect::Account => tags
            .items()
            .iter()
            .find(|tag| {
                tag.get("Key")
                    .and_then(|key| key.value.as_text())
                    .as_deref()
                    == Some(USERNAME_TAG)
            })
            .and_then(|tag| Some(block.text_of(tag.get("Value")?))),
    }
}

/// True where a master user's password is taken from this secret, or from where this secret's password is taken.
pub(super) fn holds_master_password(estate: &Estate<'_>, handle: &Handle) -> bool {
    let masters = estate.masters();
    if masters.secrets.contains(handle) {
        return true;
    }
    contents(estate, handle).iter().any(|content| {
        let Some(own) = content.written(PASSWORD) else {
            return false;
        };
        let mut sources = Vec::new();
        collect_references(content.block.document, &own, &mut sources);
        let text = own.value.as_text().filter(|text| !text.is_empty());
        text.is_some_and(|text| masters.has(estate, &text))
            || sources.iter().any(|one| masters.sources.contains(one))
    })
}

/// The secret that a reference takes a password from.
pub(super) fn secret_of(
    estate: &Estate<'_>,
    (document, address): &(usize, String),
) -> Option<Handle> {
    let item = estate.at(*document, address)?;
    match item.kind? {
        Kind::SecretVersion => Block::of(estate, item)
            .link(secret::OF_VERSION, Kind::Secret)?
            .handle(),
        Kind::Secret => Some(estate.handle(item)),
        _ => None,
    }
}

/// True where two values that cannot be told are surely the same: one variable of one root module, or one place outside of the
/// template, gives both.
pub(super) fn same_open_value(one: (usize, &Node), other: (usize, &Node)) -> bool {
    let source = |(document, node): (usize, &Node)| match &node.value {
        Value::Unresolved(reason) => Some((document, open_end(reason)?)),
        Value::Text(_) => {
            let text = node.value.as_text()?;
            dynamic_reference(&text)
                .is_some()
                .then_some((document, text))
        }
        _ => None,
    };
    source(one).is_some_and(|end| source(other) == Some(end))
}

/// The variable at the end of the way: `var.b` of `var.a ← module.m.a ← var.b ← no value`.
fn open_end(reason: &str) -> Option<String> {
    let end = reason.rsplit(" ← ").nth(1)?;
    end.starts_with("var.").then(|| end.to_owned())
}

/// What a value refers to, by document.
pub(super) fn collect_references(document: usize, node: &Node, found: &mut Vec<(usize, String)>) {
    match &node.value {
        Value::Text(pieces) => found.extend(pieces.iter().filter_map(|piece| match piece {
            Piece::Reference(address, _) => Some((document, address.clone())),
            Piece::Unresolved(reason) => Some((document, open_end(reason)?)),
            _ => None,
        })),
        Value::List(items) => items
            .iter()
            .for_each(|item| collect_references(document, item, found)),
        Value::Map(members) => members
            .iter()
            .for_each(|(_, member)| collect_references(document, member, found)),
        Value::Unresolved(reason) => found.extend(open_end(reason).map(|end| (document, end))),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
