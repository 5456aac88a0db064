//! Documents written by hand: JSON in which `{{address|attribute}}` is a reference, `{{region}}` and similar words are
//! pseudo parameters of the deployment, `{{id of address}}` is the id of a proxy, and `{{? reason}}` is unresolved.

use rdsproxy_gen::domain::evidence::Origin;
use rdsproxy_gen::language::resource::{Dialect, Document, Node, Piece, Pseudo, Resource, Value};
use serde_json::Value as Json;

/// A document made from `{"<kind> <address>": {…}}`.
pub(super) fn document(dialect: Dialect, resources: Json) -> Document {
    let Json::Object(members) = resources else {
        panic!("a document is a map of resources");
    };
    let mut resources: Vec<Resource> = members
        .iter()
        .enumerate()
        .map(|(index, (header, body))| {
            let (kind, address) = header.split_once(' ').expect("<kind> <address>");
            let origin = Origin::at("by-hand", u32::try_from(index).unwrap() + 1, 1);
            Resource {
                dialect,
                kind: kind.to_owned(),
                address: address.to_owned(),
                body: node(body, &origin),
                origin,
                known_as: Vec::new(),
            }
        })
        .collect();
    resources.sort_by(|one, other| one.address.cmp(&other.address));
    Document {
        resources,
        ..Document::default()
    }
}

fn node(value: &Json, origin: &Origin) -> Node {
    let value = match value {
        Json::Null => Value::Null,
        Json::Bool(flag) => Value::Bool(*flag),
        Json::Number(number) => Value::Number(number.as_f64().unwrap()),
        Json::String(text) => text_value(text),
        Json::Array(items) => Value::List(items.iter().map(|item| node(item, origin)).collect()),
        Json::Object(members) => Value::Map(
            members
                .iter()
                .map(|(key, value)| (key.clone(), node(value, origin)))
                .collect(),
        ),
    };
    Node::new(value, origin.clone())
}

fn text_value(text: &str) -> Value {
    let pieces = pieces(text);
    match pieces.as_slice() {
        [Piece::Unresolved(reason)] => Value::Unresolved(reason.clone()),
        _ => Value::Text(pieces),
    }
}

fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut parts = text.split("{{");
    let first = parts.next().unwrap();
    if !first.is_empty() || text.is_empty() {
        pieces.push(Piece::Text(first.to_owned()));
    }
    for part in parts {
        let (inner, rest) = part.split_once("}}").expect("every {{ has its }}");
        pieces.push(piece(inner));
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.to_owned()));
        }
    }
    pieces
}

fn piece(inner: &str) -> Piece {
    if let Some(address) = inner.strip_prefix("id of ") {
        return Piece::ProxyId(address.to_owned());
    }
    if let Some(reason) = inner.strip_prefix("? ") {
        return Piece::Unresolved(reason.to_owned());
    }
    match inner {
        "partition" => Piece::Pseudo(Pseudo::Partition),
        "region" => Piece::Pseudo(Pseudo::Region),
        "account" => Piece::Pseudo(Pseudo::Account),
        "suffix" => Piece::Pseudo(Pseudo::UrlSuffix),
        reference => {
            let (address, attribute) = reference.split_once('|').expect("address|attribute");
            Piece::Reference(address.to_owned(), attribute.to_owned())
        }
    }
}
