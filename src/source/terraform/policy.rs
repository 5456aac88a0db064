//! `aws_iam_policy_document`: from its blocks to the JSON document that the provider makes of them.

use super::evaluator::Evaluator;
use super::expand::Instance;
use super::expression::bare;
use super::target::Target;
use super::value::{Outcome, literal, member, set_member};
use super::variables::from_json;
use crate::domain::evidence::Origin;
use crate::source::resource::{Node, Value};

/// Attributes of a `statement` and what they are called in the document.
const LISTS: [(&str, &str); 4] = [
    ("actions", "Action"),
    ("not_actions", "NotAction"),
    ("resources", "Resource"),
    ("not_resources", "NotResource"),
];

impl<'a> Evaluator<'a> {
    pub(super) fn policy_document(&self, target: &Target<'a>, instance: &Instance<'a>) -> Outcome {
        let body = self.body(target.declared, &instance.scope);
        let mut statements = Vec::new();
        for document in body
            .get("source_policy_documents")
            .map(Node::items)
            .unwrap_or_default()
        {
            add_document(&mut statements, document, false);
        }
        for block in body.get("statement").map(Node::items).unwrap_or_default() {
            statements.push(statement(block));
        }
        for document in body
            .get("override_policy_documents")
            .map(Node::items)
            .unwrap_or_default()
        {
            add_document(&mut statements, document, true);
        }
        for whole in ["source_policy_documents", "override_policy_documents"] {
            if let Some(node) = body
                .get(whole)
                .filter(|node| matches!(node.value, Value::Unresolved(_)))
            {
                statements.push(node.clone());
            }
        }
        let version = body.get("version").cloned();
        let mut members = vec![(
            "Version".to_owned(),
            version.unwrap_or_else(|| Node::new(Value::text("2012-10-17"), body.origin.clone())),
        )];
        if let Some(id) = body.get("policy_id") {
            members.push(("Id".to_owned(), id.clone()));
        }
        members.push((
            "Statement".to_owned(),
            Node::new(Value::List(statements), body.origin.clone()),
        ));
        Ok(Node::new(Value::Map(members), body.origin))
    }
}

/// The statements of another document; those of an override take the place of those with the same `Sid`.
fn add_document(statements: &mut Vec<Node>, document: &Node, replaces: bool) {
    let parsed = Value::as_text(&document.value)
        .and_then(|text| serde_json::from_str(&text).ok())
        .map(|json| from_json(&json));
    let document = parsed.as_ref().unwrap_or(document);
    let Some(found) = document.get("Statement") else {
        // Whatever it is, it belongs to the policy: an unknown statement keeps it from passing.
        let reason = "a policy document that cannot be worked out".to_owned();
        statements.push(Node::new(
            Value::Unresolved(reason),
            document.origin.clone(),
        ));
        return;
    };
    let single = std::slice::from_ref(found);
    let added = if matches!(found.value, Value::List(_)) {
        found.items()
    } else {
        single
    };
    for statement in added {
        let sid = |node: &Node| node.get("Sid").and_then(|sid| sid.value.as_text());
        let twin = sid(statement).filter(|_| replaces).and_then(|wanted| {
            statements
                .iter()
                .position(|node| sid(node).as_ref() == Some(&wanted))
        });
        match twin.and_then(|at| statements.get_mut(at)) {
            Some(old) => *old = statement.clone(),
            None => statements.push(statement.clone()),
        }
    }
}

fn statement(block: &Node) -> Node {
    if matches!(block.value, Value::Unresolved(_)) {
        return block.clone();
    }
    let mut members = Vec::new();
    if let Some(sid) = block.get("sid") {
        members.push(("Sid".to_owned(), sid.clone()));
    }
    let allow = || Node::new(Value::text("Allow"), block.origin.clone());
    members.push((
        "Effect".to_owned(),
        block.get("effect").cloned().unwrap_or_else(allow),
    ));
    for (attribute, key) in LISTS {
        if let Some(list) = block.get(attribute) {
            members.push((key.to_owned(), list.clone()));
        }
    }
    for (name, key) in [
        ("principals", "Principal"),
        ("not_principals", "NotPrincipal"),
    ] {
        if let Some(blocks) = block.get(name).filter(|blocks| !blocks.items().is_empty()) {
            members.push((key.to_owned(), principals(blocks)));
        }
    }
    if let Some(blocks) = block
        .get("condition")
        .filter(|blocks| !blocks.items().is_empty())
    {
        members.push(("Condition".to_owned(), conditions(blocks)));
    }
    // How often a `dynamic "statement"` is there may be unknown: the note stays.
    if let Some(note) = block.get("for_each") {
        members.push(("for_each".to_owned(), note.clone()));
    }
    Node::new(Value::Map(members), block.origin.clone())
}

fn principals(blocks: &Node) -> Node {
    let mut by_kind: Vec<(String, Node)> = Vec::new();
    for block in blocks.items() {
        let kind = block.get("type").map(literal);
        let (Some(Ok(kind)), Some(identifiers)) = (kind, block.get("identifiers")) else {
            return unknown("a principal that cannot be worked out", block);
        };
        if kind == "*" {
            return Node::new(Value::text("*"), identifiers.origin.clone());
        }
        extend(&mut by_kind, kind, identifiers);
    }
    Node::new(Value::Map(by_kind), blocks.origin.clone())
}

fn conditions(blocks: &Node) -> Node {
    let mut by_test: Vec<(String, Node)> = Vec::new();
    for block in blocks.items() {
        let part = |name: &str| block.get(name).map(literal);
        let (Some(Ok(test)), Some(Ok(variable)), Some(values)) =
            (part("test"), part("variable"), block.get("values"))
        else {
            return unknown("a condition that cannot be worked out", block);
        };
        let mut variables = match member(&by_test, &test).map(|node| &node.value) {
            Some(Value::Map(variables)) => variables.clone(),
            _ => Vec::new(),
        };
        extend(&mut variables, variable, values);
        set_member(
            &mut by_test,
            test,
            Node::new(Value::Map(variables), block.origin.clone()),
        );
    }
    Node::new(Value::Map(by_test), blocks.origin.clone())
}

/// Adds to the list of a key: two blocks of one kind are one entry of the document.
fn extend(members: &mut Vec<(String, Node)>, key: String, values: &Node) {
    let joined = match (member(members, &key).map(|node| &node.value), &values.value) {
        (Some(Value::List(before)), Value::List(after)) => {
            bare(Value::List(before.iter().chain(after).cloned().collect()))
        }
        _ => values.clone(),
    };
    let placed = Node::new(joined.value, values.origin.clone());
    set_member(members, key, placed);
}

fn unknown(reason: &str, block: &Node) -> Node {
    let origin: Origin = block.origin.clone();
    Node::new(Value::Unresolved(reason.to_owned()), origin)
}
