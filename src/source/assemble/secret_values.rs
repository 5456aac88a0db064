//! What a source puts into a secret: the user's name, and whether the password stands there for all to read.

use std::borrow::Cow;

use super::block::{ResourceBody, dynamic_reference};
use super::estate::Estate;
use super::same;
use super::things::Handle;
use crate::domain::evidence::{Evidence, Origin};
use crate::language::resource::{Dialect, Node, Piece, VEILED, Value};
use crate::language::vocabulary::{Kind, secret};
use crate::language::{partial_string, policy};

/// The tag by which our own secrets say, to those who may not read them, which user they hold.
const USERNAME_TAG: &str = "rdsproxy-gen:username";

/// The members of a secret's JSON. Source: RDS User Guide, "Setting up database credentials for RDS Proxy".
const USERNAME: &str = "username";
const PASSWORD: &str = "password";

/// How a value comes into a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ValueRoute {
    /// Written into it, and kept by the tool that does so.
    Text,
    /// Written into it and kept nowhere.
    WriteOnly,
    /// Made up by Secrets Manager around a template.
    Generated,
}

/// One value of a secret.
pub(super) struct SecretValue<'e, 'a> {
    pub(super) block: ResourceBody<'e, 'a>,
    pub(super) node: &'a Node,
    pub(super) way: ValueRoute,
}

/// All values that something in view puts into a secret.
pub(super) fn contents<'e, 'a>(
    estate: &'e Estate<'a>,
    handle: &Handle,
) -> Vec<SecretValue<'e, 'a>> {
    let versions = estate
        .naming(Kind::SecretVersion, handle)
        .map(|item| ResourceBody::of(estate, item));
    let own = match handle {
        Handle::Item(index) => Some(ResourceBody::of(estate, estate.item(*index))),
        _ => None,
    };
    versions.chain(own).flat_map(contents_of).collect()
}

/// The values of which nobody can tell what secret they are put into, where they could be read.
pub(super) fn strays(estate: &Estate<'_>, handle: &Handle) -> Vec<(String, Origin)> {
    let strays = estate.strays(Kind::Secret, handle).into_iter();
    let written = strays.filter(|stray| {
        let item = estate.item(stray.index);
        item.kind == Some(Kind::SecretVersion)
            && contents_of(ResourceBody::of(estate, item))
                .any(|content| content.password_is_written())
    });
    written.map(|stray| (stray.reason, stray.origin)).collect()
}

fn contents_of<'e, 'a>(block: ResourceBody<'e, 'a>) -> impl Iterator<Item = SecretValue<'e, 'a>> {
    [
        (secret::WRITE_ONLY_TEXT, ValueRoute::WriteOnly),
        (secret::TEXT, ValueRoute::Text),
        (secret::GENERATED, ValueRoute::Generated),
    ]
    .into_iter()
    .filter_map(move |(attribute, way)| {
        let whole = block.get(attribute)?;
        let template = block
            .get(secret::GENERATED_TEMPLATE)
            .filter(|_| way == ValueRoute::Generated);
        let node = template.unwrap_or(whole);
        Some(SecretValue { block, node, way })
    })
}

impl SecretValue<'_, '_> {
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
        self.way != ValueRoute::Generated && is_written(&self.password().value)
    }

    /// What stands for the password: the whole text, where that is not JSON.
    pub(super) fn password(&self) -> Cow<'_, Node> {
        match (&self.node.value, self.map()) {
            (_, Ok(map)) => match map.get(PASSWORD) {
                Some(password) => Cow::Owned(password.clone()),
                None => Cow::Owned(Node::new(Value::Null, self.node.origin.clone())),
            },
            (_, Err(_)) => Cow::Borrowed(self.node),
        }
    }
}

/// Whether all of a value stands in a file, or of a sensitive one that it does.
fn is_written(value: &Value) -> bool {
    if let Value::Unresolved(reason) = value {
        return is_veiled(reason);
    }
    if let Value::Text(pieces) = value
        && pieces
            .iter()
            .any(|piece| matches!(piece, Piece::Unresolved(reason) if is_veiled(reason)))
    {
        return true;
    }
    partial_string::plain(value)
        .is_some_and(|text| !text.is_empty() && dynamic_reference(&text).is_none())
}

/// A way that leads to a sensitive value in a file, and through nothing that decides between values.
fn is_veiled(reason: &str) -> bool {
    let way = reason.strip_suffix(VEILED);
    way.is_some_and(|way| way.split(" ← ").all(|step| !step.contains(' ')))
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
    let found = usernames(estate, handle).into_iter().next();
    found.unwrap_or(Evidence::NotVisible)
}

/// Every name that something in view puts into a secret, those that are known first.
pub(super) fn usernames(estate: &Estate<'_>, handle: &Handle) -> Vec<Evidence<String>> {
    let mut found = contents(estate, handle)
        .into_iter()
        .map(|content| content.member(USERNAME))
        .chain(tagged(estate, handle))
        .filter(|username| !username.is_not_visible())
        .collect::<Vec<_>>();
    // A name that is known is worth more than one that is not.
    found.sort_by_key(|username| username.value().is_none());
    found
}

fn tagged(estate: &Estate<'_>, handle: &Handle) -> Option<Evidence<String>> {
    let Handle::Item(index) = handle else {
        return None;
    };
    let block = ResourceBody::of(estate, estate.item(*index));
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
    if masters.are_in(handle) || masters.are_in_named(own_print(estate, handle)) {
        return true;
    }
    contents(estate, handle).iter().any(|content| {
        let Some(own) = content.written(PASSWORD) else {
            return false;
        };
        let sources = sources(content.block.document, &own);
        let text = own.value.as_text().filter(|text| !text.is_empty());
        text.is_some_and(|text| masters.has(estate, &text))
            || sources.iter().any(|one| masters.sources.contains(one))
    })
}

/// What a secret is called, where nothing in view tells all of its name.
fn own_print(estate: &Estate<'_>, handle: &Handle) -> Option<(usize, String)> {
    let Handle::Item(index) = handle else {
        return None;
    };
    let item = estate.item(*index);
    same::print(
        item.document,
        ResourceBody::of(estate, item).get(secret::NAME)?,
    )
}

/// The secret that a dynamic reference takes a value from, as it is named there: `{{resolve:secretsmanager:NAME:SecretString:password}}`.
/// Source: CloudFormation User Guide, "Get a secret or secret value from Secrets Manager".
pub(super) fn looked_up(node: &Node) -> Option<Node> {
    let Value::Text(pieces) = &node.value else {
        return None;
    };
    let Some((Piece::Text(first), rest)) = pieces.split_first() else {
        return None;
    };
    let mut name = Vec::new();
    let mut next = Piece::Text(first.strip_prefix("{{resolve:secretsmanager:")?.to_owned());
    for piece in rest.iter().cloned().chain([Piece::Text("}}".to_owned())]) {
        if let Piece::Text(text) = &next
            && let Some(end) = text.find(":SecretString").or_else(|| text.find("}}"))
        {
            name.push(Piece::Text(text[..end].trim_end_matches(':').to_owned()));
            break;
        }
        name.push(std::mem::replace(&mut next, piece));
    }
    Some(Node::new(partial_string::text(name), node.origin.clone()))
}

/// The secret that a reference takes a password from.
pub(super) fn secret_of(
    estate: &Estate<'_>,
    (document, address): &(usize, String),
) -> Option<Handle> {
    let item = estate.at(*document, address)?;
    match item.kind? {
        Kind::SecretVersion => ResourceBody::of(estate, item)
            .link(secret::OF_VERSION, Kind::Secret)?
            .handle(),
        Kind::Secret => Some(estate.handle(item)),
        _ => None,
    }
}

/// Where a value comes from, by document: what it refers to, and what nothing in view tells.
pub(super) fn sources(document: usize, node: &Node) -> Vec<(usize, String)> {
    let mut found: Vec<_> = same::print(document, node).into_iter().collect();
    match &node.value {
        Value::Text(pieces) => found.extend(pieces.iter().filter_map(|piece| match piece {
            Piece::Reference(address, _) => Some((document, address.clone())),
            _ => None,
        })),
        Value::List(items) => {
            found.extend(items.iter().flat_map(|item| sources(document, item)));
        }
        Value::Map(members) => {
            let members = members.iter();
            found.extend(members.flat_map(|(_, member)| sources(document, member)));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Unresolved(_) => {}
    }
    found
}
