//! Reads `.tf.json` and `.tfvars.json` into the same blocks as HCL ("JSON Configuration Syntax", Terraform language).

use std::sync::Arc;

use hcl_edit::expr::{Array, Expression, Object, ObjectKey};
use hcl_edit::template::{Element, StringTemplate};

use super::files::Files;
use crate::domain::evidence::Origin;
use crate::language::hcl::{Block, HclAttribute, MAX_MEMBERS, Spot};
use crate::language::yaml::{Content, Place, Tree};
use crate::language::{hcl, yaml};

/// The top-level blocks that are read, with their number of labels.
const LABELS: &[(&str, usize)] = &[
    ("variable", 1),
    ("output", 1),
    ("module", 1),
    ("resource", 2),
    ("data", 2),
    ("ephemeral", 2),
    ("locals", 0),
];

/// The nested blocks that are read as blocks, with their number of labels: those that have a meaning only as blocks,
/// and those whose attributes are audited, so that each attribute keeps its line.
const NESTED: &[(&str, usize)] = &[
    ("dynamic", 1),
    ("content", 0),
    ("auth", 0),
    ("condition", 0),
    ("connection_pool_config", 0),
    ("egress", 0),
    ("ingress", 0),
    ("inline_policy", 0),
    ("not_principals", 0),
    ("parameter", 0),
    ("principals", 0),
    ("statement", 0),
    ("vpc_config", 0),
];

/// Parses a JSON file into the blocks that HCL would have.
pub(super) fn parse(files: &Files<'_>, file: usize) -> Result<Block, (String, Origin)> {
    let reader = JsonReader { files, file };
    let tree = reader.tree()?;
    let mut root = Block::default();
    let Some(tree) = tree else {
        return Ok(root);
    };
    if files.is_values(file) {
        root.attributes = reader.attributes(&tree, Strings::Literal);
        return Ok(root);
    }
    for (kind, content) in tree.members() {
        if let Some((_, labels)) = LABELS.iter().find(|(name, _)| *name == kind.text) {
            let header = Block {
                kind: kind.text.clone(),
                spot: reader.spot(kind.place),
                ..Block::default()
            };
            root.blocks
                .extend(reader.labelled(content, *labels, &header));
        }
    }
    Ok(root)
}

/// The meaning of `${…}` in a string: a template, or literal text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Strings {
    Template,
    Literal,
}

struct JsonReader<'r, 'f> {
    files: &'r Files<'f>,
    file: usize,
}

impl JsonReader<'_, '_> {
    fn tree(&self) -> Result<Option<Tree>, (String, Origin)> {
        let at = |place| self.files.origin(self.spot(place));
        let tree = yaml::load(self.files.text(self.file))
            .map_err(|error| (error.message, at(error.place)))?;
        match tree.as_ref().and_then(|tree| self.crowded(tree)) {
            Some(place) => {
                let message = format!("more than {MAX_MEMBERS} members stand in one object");
                Err((message, at(place)))
            }
            None => Ok(tree),
        }
    }

    /// Returns the place of an object with too many members to be evaluated, because [`Object`] compares each key with
    /// all keys before it.
    fn crowded(&self, tree: &Tree) -> Option<Place> {
        let is_values = self.files.is_values(self.file);
        let mut members = tree.members().iter();
        members.find_map(|(kind, content)| {
            let labels = LABELS.iter().find(|(name, _)| *name == kind.text);
            let blocks = if is_values {
                0
            } else {
                labels.map_or(0, |(_, labels)| labels + 1)
            };
            crowded_below(content, blocks)
        })
    }

    fn spot(&self, place: Place) -> Spot {
        Spot {
            file: self.file,
            offset: self.files.offset(self.file, place.line, place.column),
        }
    }

    /// Descends through the labels; a list is allowed at every level.
    fn labelled(&self, tree: &Tree, labels: usize, header: &Block) -> Vec<Block> {
        match (labels, &tree.content) {
            (_, Content::List(items)) => items
                .iter()
                .flat_map(|item| self.labelled(item, labels, header))
                .collect(),
            (0, Content::Map(_)) => vec![self.block(tree, &self.placed(tree, header))],
            (_, Content::Map(members)) => members
                .iter()
                .flat_map(|(key, value)| {
                    let mut header = header.clone();
                    header.labels.push(key.text.clone());
                    header.spot = self.spot(key.place);
                    self.labelled(value, labels - 1, &header)
                })
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Places a header without labels at the beginning of its block.
    fn placed(&self, tree: &Tree, header: &Block) -> Block {
        let spot = if header.labels.is_empty() {
            self.spot(tree.place)
        } else {
            header.spot
        };
        Block {
            spot,
            ..header.clone()
        }
    }

    /// Converts a block. Nested blocks become attributes with maps, except for those in [`NESTED`].
    fn block(&self, tree: &Tree, header: &Block) -> Block {
        let mut block = Block {
            attributes: self.attributes(tree, Strings::Template),
            ..header.clone()
        };
        if block.kind == "variable" {
            block.attributes.iter_mut().for_each(as_type);
        }
        for (kind, labels) in NESTED {
            let Some(content) = tree.get(kind).filter(|content| holds_blocks(content)) else {
                continue;
            };
            block.attributes.retain(|attribute| attribute.name != *kind);
            let header = Block {
                kind: (*kind).to_owned(),
                ..Block::default()
            };
            block
                .blocks
                .extend(self.labelled(content, *labels, &header));
        }
        block
    }

    fn attributes(&self, tree: &Tree, strings: Strings) -> Vec<HclAttribute> {
        tree.members()
            .iter()
            .filter(|(key, _)| key.text != "//")
            .map(|(key, value)| HclAttribute {
                name: key.text.clone(),
                spot: self.spot(key.place),
                value: Arc::new(expression(value, strings)),
                spans: false,
            })
            .collect()
    }
}

/// Returns the first object with too many members, ignoring the given number of levels, which are labels and blocks.
fn crowded_below(tree: &Tree, levels: usize) -> Option<Place> {
    if levels == 0 && tree.members().len() > MAX_MEMBERS {
        return Some(tree.place);
    }
    let members = tree.members().iter().map(|(_, value)| value);
    let mut inner = members.chain(tree.items());
    inner.find_map(|inner| crowded_below(inner, levels.saturating_sub(1)))
}

/// Returns true if the content consists of blocks, not of an expression that generates them.
fn holds_blocks(tree: &Tree) -> bool {
    match &tree.content {
        Content::Map(_) => true,
        Content::List(items) => items.iter().all(holds_blocks),
        _ => false,
    }
}

/// Parses the type of a variable, which is an expression in a string.
fn as_type(attribute: &mut HclAttribute) {
    let text = attribute
        .value
        .as_str()
        .filter(|_| attribute.name == "type");
    if let Some(parsed) = text.and_then(|text| hcl::expression(text).ok()) {
        attribute.value = Arc::new(parsed);
    }
}

fn expression(tree: &Tree, strings: Strings) -> Expression {
    match &tree.content {
        Content::Scalar { text, plain: true } => plain(text),
        Content::Scalar { text, .. } => string(text, strings),
        Content::List(items) => {
            let items = items.iter().map(|item| expression(item, strings));
            Expression::Array(items.collect::<Array>())
        }
        Content::Map(members) => {
            let mut object = Object::new();
            for (key, value) in members {
                let name = ObjectKey::Expression(string(&key.text, strings));
                object.insert(name, expression(value, strings));
            }
            Expression::Object(object)
        }
        Content::Broken(_) => Expression::null(),
    }
}

fn plain(text: &str) -> Expression {
    match (text, text.parse::<i64>(), text.parse::<f64>()) {
        ("null", ..) => Expression::null(),
        ("true", ..) => Expression::from(true),
        ("false", ..) => Expression::from(false),
        (_, Ok(number), _) => Expression::from(number),
        (_, _, Ok(number)) => Expression::from(number),
        _ => Expression::from(text),
    }
}

/// Parses a JSON string, which is a template; a template that consists of a single `${…}` has the value of that
/// expression.
fn string(text: &str, strings: Strings) -> Expression {
    if strings == Strings::Literal || !text.contains(['$', '%']) {
        return Expression::from(text);
    }
    match hcl::template(text) {
        Ok(template) => {
            let elements: Vec<Element> = template.into_iter().collect();
            Expression::StringTemplate(StringTemplate::from(elements))
        }
        Err(_) => Expression::from(text),
    }
}
