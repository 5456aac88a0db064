//! Converts `data.aws_iam_policy_document`, Terraform's notation for a policy, to the usual form of policies.

use super::estate::Estate;
use super::things::Item;
use crate::language::resource::{Node, Piece, Value};
use crate::language::vocabulary::Kind;

/// The maximum number of documents that one may be built from: more than any honest source has, so that cycles and
/// exponential chains end.
const DOCUMENTS: usize = 64;

/// The elements of a statement: Terraform's name, IAM's name.
const ELEMENTS: &[(&str, &str)] = &[
    ("sid", "Sid"),
    ("effect", "Effect"),
    ("actions", "Action"),
    ("not_actions", "NotAction"),
    ("resources", "Resource"),
    ("not_resources", "NotResource"),
];

/// Returns the document that a value refers to, as a map, with the index of the document in which its references are
/// resolved.
pub(super) fn referred(estate: &Estate<'_>, document: usize, node: &Node) -> Option<(usize, Node)> {
    let item = document_at(estate, document, node)?;
    let mut left = DOCUMENTS;
    let statements = statements(estate, item, &mut left);
    let list = Node::new(Value::List(statements), item.resource.origin.clone());
    let map = Value::Map(vec![("Statement".to_owned(), list)]);
    Some((item.document, Node::new(map, item.resource.origin.clone())))
}

fn document_at<'a>(estate: &Estate<'a>, document: usize, node: &Node) -> Option<Item<'a>> {
    let Value::Text(pieces) = &node.value else {
        return None;
    };
    let [Piece::Reference(address, _)] = pieces.as_slice() else {
        return None;
    };
    estate
        .at(document, address)
        .filter(|item| item.kind == Some(Kind::PolicyDocument))
}

/// Returns its own statements and those of the documents that it is built from. A later one with the same `sid`
/// replaces an earlier one: resource documentation of `aws_iam_policy_document`, `override_policy_documents`. Before
/// version 5 of the provider, one document could be named by `source_json` or `override_json`.
fn statements(estate: &Estate<'_>, item: Item<'_>, left: &mut usize) -> Vec<Node> {
    let body = &item.resource.body;
    let mut others = |words: [&str; 2]| -> Vec<Node> {
        let sources = words.iter().filter_map(|word| body.get(word));
        sources
            .flat_map(super::block::entries)
            .flat_map(|node| included(estate, item, node, left))
            .collect()
    };
    let mut all = others(["source_json", "source_policy_documents"]);
    let own = body
        .get("statement")
        .map(super::block::entries)
        .unwrap_or_default();
    all.extend(own.iter().map(statement));
    for node in others(["override_json", "override_policy_documents"]) {
        let sid = sid(&node);
        all.retain(|before| sid.is_none() || self::sid(before) != sid);
        all.push(node);
    }
    all
}

fn included(estate: &Estate<'_>, item: Item<'_>, node: &Node, left: &mut usize) -> Vec<Node> {
    let unresolved = |reason: &str| {
        vec![Node::new(
            Value::Unresolved(reason.to_owned()),
            node.origin.clone(),
        )]
    };
    if let Some(other) = document_at(estate, item.document, node) {
        let Some(fewer) = left.checked_sub(1) else {
            return unresolved("it is built from too many documents");
        };
        *left = fewer;
        return statements(estate, other, left);
    }
    match &node.value {
        Value::Text(pieces) => match crate::language::policy::json(pieces, &node.origin) {
            Ok(parsed) => parsed
                .get("Statement")
                .map(|list| super::block::entries(list).to_vec())
                .unwrap_or_default(),
            Err(reason) => unresolved(&reason),
        },
        Value::Map(_) => node
            .get("Statement")
            .map(|list| super::block::entries(list).to_vec())
            .unwrap_or_default(),
        Value::Unresolved(reason) => unresolved(reason),
        _ => Vec::new(),
    }
}

fn sid(statement: &Node) -> Option<String> {
    statement
        .get("Sid")
        .and_then(|node| node.value.as_text())
        .filter(|sid| !sid.is_empty())
}

fn statement(block: &Node) -> Node {
    if matches!(block.value, Value::Unresolved(_)) {
        return block.clone();
    }
    let mut members: Vec<(String, Node)> = ELEMENTS
        .iter()
        .filter_map(|(word, element)| Some(((*element).to_owned(), block.get(word)?.clone())))
        .collect();
    for (word, element) in [
        ("principals", "Principal"),
        ("not_principals", "NotPrincipal"),
    ] {
        members.extend(
            block
                .get(word)
                .map(|list| (element.to_owned(), principals(list))),
        );
    }
    members.extend(
        block
            .get("condition")
            .map(|list| ("Condition".to_owned(), conditions(list))),
    );
    Node::new(Value::Map(members), block.origin.clone())
}

/// Converts `principals { type, identifiers }` to `{"AWS": […]}`.
fn principals(list: &Node) -> Node {
    let members = super::block::entries(list)
        .iter()
        .map(|block| match block.get("type") {
            // A principal of unknown type may be anyone.
            Some(kind) if kind.value.as_text().is_none() => ("unknown".to_owned(), kind.clone()),
            _ => (text(block, "type", "AWS"), member(block, "identifiers")),
        })
        .collect();
    Node::new(Value::Map(members), list.origin.clone())
}

/// Converts `condition { test, variable, values }` to `{"StringEquals": {"key": […]}}`.
fn conditions(list: &Node) -> Node {
    let members = super::block::entries(list)
        .iter()
        .map(|block| {
            let keys = vec![(text(block, "variable", "unknown"), member(block, "values"))];
            let keys = Node::new(Value::Map(keys), block.origin.clone());
            (text(block, "test", "unknown"), keys)
        })
        .collect();
    Node::new(Value::Map(members), list.origin.clone())
}

fn text(block: &Node, word: &str, otherwise: &str) -> String {
    block
        .get(word)
        .and_then(|node| node.value.as_text())
        .unwrap_or_else(|| otherwise.to_owned())
}

/// Returns a member of a block; the block itself if it is unresolved, which hides all of its members.
fn member(block: &Node, word: &str) -> Node {
    match (block.get(word), &block.value) {
        (Some(node), _) => node.clone(),
        (None, Value::Unresolved(_)) => block.clone(),
        (None, _) => {
            let reason = format!("`{word}` is missing");
            Node::new(Value::Unresolved(reason), block.origin.clone())
        }
    }
}
