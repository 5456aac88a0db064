//! The bodies of resources: attributes, nested blocks, and the blocks that `dynamic` generates.

use super::evaluate::{makes_set, turns};
use super::scope::{Frame, Scope};
use super::values::{EvaluationFault, rest};
use crate::domain::evidence::Origin;
use crate::language::budget::short;
use crate::language::hcl::Block;
use crate::language::provenance::{absorb, unresolved};
use crate::language::resource::{Node, REST, Value};

/// Meta-arguments: they control how Terraform works, not what AWS creates.
const META: &[&str] = &[
    "connection",
    "count",
    "depends_on",
    "for_each",
    "lifecycle",
    "provider",
];

/// The suffix of a block kind. The member with this name describes the blocks that are left out because of a default.
const ANY: &str = "@any";

/// The block that a `dynamic` block generates for each item of its collection.
struct GeneratedBlock<'b> {
    content: &'b Block,
    /// The name of the current item in the content.
    iterator: &'b str,
    origin: &'b Origin,
}

impl Scope<'_> {
    /// Evaluates the body of a block: its attributes, and its nested blocks as lists.
    pub(super) fn body(&self, block: &Block) -> Vec<(String, Node)> {
        let mut members: Vec<(String, Node)> = Vec::new();
        for attribute in &block.attributes {
            if !META.contains(&attribute.name.as_str()) {
                members.push((attribute.name.clone(), self.value_of(attribute)));
            }
        }
        let mut nested: Vec<&str> = Vec::new();
        for kind in block.blocks.iter().map(made) {
            if !META.contains(&kind) && !nested.contains(&kind) {
                nested.push(kind);
            }
        }
        for kind in nested {
            let list = self.nested(block, kind);
            members.retain(|(name, _)| name != kind);
            if list.items().is_empty() {
                let any = self.left_out(block, kind);
                members.extend(any.map(|any| (format!("{kind}{ANY}"), any)));
            }
            members.push((kind.to_owned(), list));
        }
        members
    }

    /// Evaluates one attribute, or all nested blocks of one kind.
    pub(super) fn part(&self, block: &Block, name: &str) -> Node {
        match block.attribute(name) {
            Some(attribute) => self.value_of(attribute),
            None => self.nested(block, name),
        }
    }

    fn nested(&self, block: &Block, kind: &str) -> Node {
        let blocks = block.blocks.iter().filter(|inner| made(inner) == kind);
        let mut items = Vec::new();
        let mut first = None;
        for inner in blocks {
            let origin = self.evaluator.files.origin(inner.spot);
            first.get_or_insert_with(|| origin.clone());
            match inner.kind.as_str() {
                "dynamic" => self.dynamic(inner, &origin, &mut items),
                _ => items.push(self.nested_body(inner, origin)),
            }
        }
        Node::new(Value::List(items), first.unwrap_or_default())
    }

    fn nested_body(&self, block: &Block, origin: Origin) -> Node {
        let body = self.evaluator.budget.deeper(|| self.body(block));
        match body {
            Ok(members) => Node::new(Value::Map(members), origin),
            Err(reason) => unresolved(reason, origin),
        }
    }

    /// Evaluates a `dynamic` block and appends the blocks that it generates ("dynamic Blocks", Terraform language).
    fn dynamic(&self, block: &Block, origin: &Origin, items: &mut Vec<Node>) {
        let Some(content) = block.blocks_of("content").next() else {
            return;
        };
        let collection = match block.attribute("for_each") {
            Some(attribute) => self.value_of(attribute),
            None => unresolved("for_each is missing", origin.clone()),
        };
        let generated = GeneratedBlock {
            content,
            iterator: iterator(block),
            origin,
        };
        let over_set = block
            .attribute("for_each")
            .is_some_and(|attribute| makes_set(&attribute.value));
        let (collection, rest) = apart(collection);
        if let Some(reason) = rest {
            items.push(self.for_any(&generated, &reason));
        }
        match turns(&collection) {
            Ok(turns) if !self.evaluator.make(turns.len()) => {
                let reason = "there are more dynamic blocks than are followed";
                items.push(self.for_any(&generated, reason));
            }
            Ok(turns) => {
                for (key, mut value) in turns {
                    // The origin of the value includes that of the collection.
                    absorb(&mut value.origin, &collection.origin);
                    let key = if over_set { value.clone() } else { key };
                    let members = vec![("key".to_owned(), key), ("value".to_owned(), value)];
                    items.push(self.made_block(&generated, members));
                }
            }
            Err(EvaluationFault::Unknown(reason) | EvaluationFault::Error(reason)) => {
                items.push(self.for_any(&generated, &reason));
            }
        }
    }

    /// Evaluates the dynamic blocks of a kind whose collection is empty by the default of a variable: each becomes one
    /// block that represents all.
    fn left_out(&self, block: &Block, kind: &str) -> Option<Node> {
        let dynamic = block
            .blocks
            .iter()
            .filter(|inner| inner.kind == "dynamic" && made(inner) == kind);
        let made = dynamic.filter_map(|inner| {
            let content = inner.blocks_of("content").next()?;
            let collection = self.value_of(inner.attribute("for_each")?);
            let default = collection.origin.default_of.as_ref()?;
            let reason = format!("{} is empty by its default", short(default));
            let mut origin = self.evaluator.files.origin(inner.spot);
            absorb(&mut origin, &collection.origin);
            let generated = GeneratedBlock {
                content,
                iterator: iterator(inner),
                origin: &origin,
            };
            Some(self.for_any(&generated, &reason))
        });
        let made: Vec<Node> = made.collect();
        let origin = made.first()?.origin.clone();
        Some(Node::new(Value::List(made), origin))
    }

    /// Evaluates one block that represents all, for an unknown number of blocks.
    fn for_any(&self, generated: &GeneratedBlock<'_>, reason: &str) -> Node {
        let unknown = |reason: &str| unresolved(reason, generated.origin.clone());
        let member = |name: &str| {
            let reason = format!("{}.{name} ← {reason}", short(generated.iterator));
            (name.to_owned(), unknown(&reason))
        };
        let members = vec![member("key"), member("value")];
        let mut node = self.made_block(generated, members);
        if let Value::Map(members) = &mut node.value {
            members.push(("for_each".to_owned(), unknown(reason)));
        }
        node
    }

    fn made_block(&self, generated: &GeneratedBlock<'_>, members: Vec<(String, Node)>) -> Node {
        let frame = Frame {
            name: generated.iterator,
            node: Node::new(Value::Map(members), Origin::default()),
            above: self.frame,
        };
        self.with(&frame)
            .nested_body(generated.content, generated.origin.clone())
    }
}

/// Splits a collection into its known members and the reason why there may be more.
fn apart(mut collection: Node) -> (Node, Option<String>) {
    let Value::Map(members) = &mut collection.value else {
        return (collection, None);
    };
    let more = rest(members);
    members.retain(|(name, _)| name != REST);
    (collection, more)
}

/// Returns the kind of the block, or of the blocks that a `dynamic` block generates.
fn made(block: &Block) -> &str {
    match block.kind.as_str() {
        "dynamic" => block.label(0),
        kind => kind,
    }
}

fn iterator(block: &Block) -> &str {
    use hcl_edit::expr::Expression;
    let named = block
        .attribute("iterator")
        .map(|attribute| attribute.value.as_ref());
    match named {
        Some(Expression::Variable(name)) => name.value().as_str(),
        Some(Expression::String(name)) => name.value().as_str(),
        _ => block.label(0),
    }
}
