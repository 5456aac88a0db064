//! `aws_iam_policy_document`: converts its blocks to the JSON document that the provider generates, kept as a map.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::evaluate::Members;
use super::module::ResourceInstance;
use super::scope::Scope;
use super::values::plain;
use crate::domain::evidence::Origin;
use crate::language::policy;
use crate::language::provenance::unresolved;
use crate::language::resource::{Node, Value};

/// The kind of the data source.
pub(super) const KIND: &str = "data.aws_iam_policy_document";

/// The key for principals whose type is unknown.
const UNKNOWN: &str = "unknown";

/// Attributes of a `statement`, with their names in the document.
const ELEMENTS: &[(&str, &str)] = &[
    ("actions", "Action"),
    ("not_actions", "NotAction"),
    ("resources", "Resource"),
    ("not_resources", "NotResource"),
];

impl Scope<'_> {
    /// Returns the document; `None` for any other attribute or resource.
    pub(super) fn policy_document(&self, instance: &ResourceInstance, name: &str) -> Option<Node> {
        if !matches!(name, "json" | "minified_json") {
            return None;
        }
        let block = self.folder()?.resources.get(&instance.resource)?;
        let origin = self.evaluator.files.origin(block.spot);
        let members = self.keyed(&instance.key, |scope| scope.body(block));
        Some(document(&Node::new(Value::Map(members), origin)))
    }
}

fn document(body: &Node) -> Node {
    let node = |value| Node::new(value, body.origin.clone());
    let mut statements = Statements::default();
    // Before version 5 of the provider, `source_json` and `override_json` took a single document.
    statements.include(body.get("source_json"), false);
    statements.include(body.get("source_policy_documents"), false);
    let own = body.get("statement").map(Node::items).unwrap_or_default();
    for statement in own.iter().map(statement) {
        statements.add(statement, true);
    }
    statements.include(body.get("override_json"), true);
    statements.include(body.get("override_policy_documents"), true);
    let version = body.get("version").cloned();
    let version = version.unwrap_or_else(|| node(Value::text("2012-10-17")));
    let mut members = vec![("Version".to_owned(), version)];
    members.extend(
        body.get("policy_id")
            .map(|id| ("Id".to_owned(), id.clone())),
    );
    members.push(("Statement".to_owned(), node(Value::List(statements.list))));
    node(Value::Map(members))
}

/// The statements of a document so far.
#[derive(Default)]
struct Statements {
    list: Vec<Node>,
    /// The index of the first statement with each `Sid`.
    places: BTreeMap<String, usize>,
}

impl Statements {
    /// Adds the statements of other documents. Override statements replace those with the same `Sid`, and the
    /// document's own statements replace those of a source ("Example Using A Source Document", registry documentation
    /// of `aws_iam_policy_document`).
    fn include(&mut self, documents: Option<&Node>, replaces: bool) {
        let Some(documents) = documents else {
            return;
        };
        let documents = match &documents.value {
            Value::List(documents) => documents.as_slice(),
            _ => std::slice::from_ref(documents),
        };
        for whole in documents {
            for added in statements_of(whole) {
                self.add(added, replaces);
            }
        }
    }

    fn add(&mut self, added: Node, replaces: bool) {
        let sid = added.get("Sid").and_then(|sid| sid.value.as_text());
        let sid = sid.filter(|sid| !sid.is_empty());
        let twin = sid.as_ref().and_then(|sid| self.places.get(sid));
        let twin = twin.filter(|_| replaces).copied();
        match twin.and_then(|at| self.list.get_mut(at)) {
            Some(twin) => *twin = added,
            None => {
                if let Some(sid) = sid {
                    self.places.entry(sid).or_insert(self.list.len());
                }
                self.list.push(added);
            }
        }
    }
}

/// Returns the statements of a document. A document that cannot be read becomes an unresolved statement, so that the
/// policy does not pass.
fn statements_of(whole: &Node) -> Vec<Node> {
    let parsed = match &whole.value {
        Value::Text(pieces) => policy::json(pieces, &whole.origin),
        Value::Unresolved(reason) => Err(reason.clone()),
        Value::Null => return Vec::new(),
        _ => Ok(whole.clone()),
    };
    let found = parsed.map(|document| document.get("Statement").cloned());
    match found {
        Ok(Some(Node {
            value: Value::List(statements),
            ..
        })) => statements,
        Ok(Some(one)) => vec![one],
        Ok(None) => vec![unresolved(
            "this is not a policy document",
            whole.origin.clone(),
        )],
        Err(reason) => vec![unresolved(reason, whole.origin.clone())],
    }
}

fn statement(block: &Node) -> Node {
    if let Value::Unresolved(_) = block.value {
        return block.clone();
    }
    let mut members = Vec::new();
    members.extend(block.get("sid").map(|sid| ("Sid".to_owned(), sid.clone())));
    let allow = || Node::new(Value::text("Allow"), block.origin.clone());
    let effect = block.get("effect").cloned().unwrap_or_else(allow);
    members.push(("Effect".to_owned(), effect));
    for (word, element) in ELEMENTS {
        members.extend(
            block
                .get(word)
                .map(|list| ((*element).to_owned(), list.clone())),
        );
    }
    for (word, element) in [
        ("principals", "Principal"),
        ("not_principals", "NotPrincipal"),
    ] {
        members.extend(blocks(block, word).map(|blocks| (element.to_owned(), principals(blocks))));
    }
    members.extend(
        blocks(block, "condition").map(|blocks| ("Condition".to_owned(), conditions(blocks))),
    );
    // Keeps the note that the number of `dynamic "statement"` blocks is unknown.
    members.extend(
        block
            .get("for_each")
            .map(|note| ("for_each".to_owned(), note.clone())),
    );
    Node::new(Value::Map(members), block.origin.clone())
}

/// Returns nested blocks if there are any.
fn blocks<'n>(block: &'n Node, word: &str) -> Option<&'n Node> {
    block.get(word).filter(|blocks| !blocks.items().is_empty())
}

fn principals(blocks: &Node) -> Node {
    let mut kinds = Members::new();
    for block in blocks.items() {
        let kind = block.get("type").and_then(|kind| plain(&kind.value).ok());
        let (Some(kind), Some(identifiers)) = (kind, block.get("identifiers")) else {
            let open = unresolved(
                "a principal that cannot be worked out",
                block.origin.clone(),
            );
            extend(&mut kinds, UNKNOWN.to_owned(), &open);
            continue;
        };
        if kind == "*" {
            return Node::new(Value::text("*"), identifiers.origin.clone());
        }
        extend(&mut kinds, kind, identifiers);
    }
    Node::new(
        Value::Map(kinds.into_iter().collect()),
        blocks.origin.clone(),
    )
}

fn conditions(blocks: &Node) -> Node {
    let mut tests: IndexMap<String, (Members, Origin)> = IndexMap::new();
    for block in blocks.items() {
        let text = |word: &str| block.get(word).and_then(|node| plain(&node.value).ok());
        let (Some(test), Some(variable), Some(values)) =
            (text("test"), text("variable"), block.get("values"))
        else {
            return unresolved(
                "a condition that cannot be worked out",
                block.origin.clone(),
            );
        };
        let (variables, place) = tests.entry(test).or_default();
        extend(variables, variable, values);
        *place = block.origin.clone();
    }
    let tests = tests.into_iter().map(|(test, (variables, place))| {
        let variables = Value::Map(variables.into_iter().collect());
        (test, Node::new(variables, place))
    });
    Node::new(Value::Map(tests.collect()), blocks.origin.clone())
}

/// Appends to the list of a key, because blocks of the same kind form one entry of the document.
fn extend(members: &mut Members, key: String, values: &Node) {
    let known = members.get_mut(&key);
    match (
        known.map(|node| (&mut node.value, &mut node.origin)),
        &values.value,
    ) {
        (Some((Value::List(before), place)), Value::List(after)) => {
            before.extend(after.iter().cloned());
            *place = values.origin.clone();
        }
        // An unknown value becomes an item next to the known ones.
        (Some((before, _)), after) => {
            let both = [before.clone(), after.clone()]
                .into_iter()
                .flat_map(|value| match value {
                    Value::List(items) => items,
                    one => vec![Node::new(one, values.origin.clone())],
                });
            let all = Node::new(Value::List(both.collect()), values.origin.clone());
            members.insert(key, all);
        }
        (None, _) => drop(members.insert(key, values.clone())),
    }
}
