//! HCL as entries: blocks by type and labels, attributes by name, object literals by key.

use std::collections::BTreeSet;
use std::ops::Range;

use hcl_edit::Span;
use hcl_edit::expr::{Expression, ObjectKey};
use hcl_edit::structure::{Attribute, Block, Body, Structure};

use super::{Entries, Entry, TakenKeys, Unread};
use crate::domain::evidence::Origin;
use crate::domain::lines::Lines;
use crate::language::terraform::expression_form;

/// The size limit of a file, in bytes: the maximum output of one template.
const MAX_BYTES: usize = 1024 * 1024;

/// Blocks that may be repeated in a block; each is identified by its condition.
const CONDITIONS: [&str; 4] = ["assert", "postcondition", "precondition", "validation"];

/// Blocks that may be repeated at the top level; together they equal a single block.
const JOINED: [&str; 2] = ["locals", "terraform"];

/// Reads the entries of a file.
pub(super) fn entries(path: &str, text: &str) -> Result<Entries, Unread> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = TerraformInventory {
        path,
        text,
        lines: Lines::new(text),
        taken: TakenKeys::default(),
        found: Vec::new(),
        broken: None,
    };
    if text.len() > MAX_BYTES {
        let message = format!("the file is larger than {MAX_BYTES} bytes and was not read");
        return Err((message, Origin::at(path, 1, 1)));
    }
    let body = crate::language::hcl::body(text).map_err(|error| {
        let origin = reader.origin(Some(error.offset));
        (format!("cannot be read: {}", error.message), origin)
    })?;
    reader.body(&Within::default(), &body);
    match reader.broken.take() {
        None => Ok(reader.found),
        Some((why, span)) => Err((why, reader.origin(span.map(|span| span.start)))),
    }
}

/// The literal key of an object member; none if the key is an expression.
fn name_of(key: &ObjectKey) -> Option<&str> {
    match key {
        ObjectKey::Ident(name) => Some(name.value().as_str()),
        ObjectKey::Expression(key) => key.as_str(),
    }
}

/// The context of entries: the keys above them, and the type of the resource around them.
#[derive(Clone, Default)]
struct Within {
    keys: Vec<String>,
    kind: String,
}

impl Within {
    fn key(&self, key: &str) -> Vec<String> {
        let mut keys = self.keys.clone();
        keys.push(key.to_owned());
        keys
    }
}

struct TerraformInventory<'t> {
    path: &'t str,
    text: &'t str,
    lines: Lines<'t>,
    taken: TakenKeys,
    found: Entries,
    /// The first object member whose key was used before in the same object: Terraform takes the last of the two.
    broken: Option<(String, Option<Range<usize>>)>,
}

impl TerraformInventory<'_> {
    fn body(&mut self, within: &Within, body: &Body) {
        for structure in body {
            match structure {
                Structure::Attribute(attribute) => self.attribute(within, attribute),
                Structure::Block(block) => self.block(within, block),
            }
        }
    }

    fn attribute(&mut self, within: &Within, attribute: &Attribute) {
        let keys = within.key(attribute.key.value().as_str());
        let at = attribute.key.span().map(|span| span.start);
        self.value(
            Within {
                keys,
                kind: within.kind.clone(),
            },
            &attribute.value,
            at,
        );
    }

    /// Adds an object literal member by member, and any other expression as one value.
    fn value(&mut self, within: Within, value: &Expression, at: Option<usize>) {
        let within = self.free(within);
        let Expression::Object(object) = value else {
            let value = self.form(value);
            return self.add(&within, value, at);
        };
        // A computed key may be any key, even one of the literal ones.
        if object.iter().any(|(key, _)| name_of(key).is_none()) {
            let value = self.form(value);
            return self.add(&within, value, at);
        }
        self.add(&within, "{}".to_owned(), at);
        let mut names = BTreeSet::new();
        for (key, value) in object {
            let name = name_of(key).unwrap_or_default();
            let at = key.span();
            if !names.insert(name) {
                let why = format!("`{name}` appears twice: remove one");
                self.broken.get_or_insert((why, at.clone()));
            }
            let keys = within.key(name);
            let kind = within.kind.clone();
            self.value(
                Within { keys, kind },
                value.expr(),
                at.map(|span| span.start),
            );
        }
    }

    fn block(&mut self, within: &Within, block: &Block) {
        let name = block.ident.value().as_str();
        let at = block.ident.span().map(|span| span.start);
        let mut inner = within.clone();
        inner.keys.push(name.to_owned());
        let labels = block.labels.iter().map(|label| label.as_str().to_owned());
        inner.keys.extend(labels);
        let is_top = within.keys.is_empty();
        if is_top && matches!(name, "resource" | "data" | "ephemeral") {
            inner.kind = inner.keys.get(1).cloned().unwrap_or_default();
        }
        if matches!(within.keys.as_slice(), [outer, _] if outer == "check") && name == "data" {
            inner.kind = inner.keys.get(3).cloned().unwrap_or_default();
        }
        if is_top && JOINED.contains(&name) && block.labels.is_empty() {
            return self.body(&inner, &block.body);
        }
        let mut value = "{}".to_owned();
        if CONDITIONS.contains(&name) {
            value = self.argument(block, "condition").unwrap_or(value);
            inner.keys.push(value.clone());
        } else if name == "provider"
            && let (Some(alias), Some(last)) =
                (self.argument(block, "alias"), inner.keys.last_mut())
        {
            last.push_str(&format!(".{}", alias.trim_matches('"')));
        }
        let inner = self.free(inner);
        self.add(&inner, value, at);
        self.body(&inner, &block.body);
    }

    fn free(&mut self, within: Within) -> Within {
        let keys = self.taken.free(within.keys);
        Within { keys, ..within }
    }

    fn argument(&self, block: &Block, name: &str) -> Option<String> {
        let attribute = block.body.get_attribute(name)?;
        Some(self.form(&attribute.value))
    }

    fn form(&self, value: &Expression) -> String {
        expression_form(value, self.text)
    }

    fn add(&mut self, within: &Within, value: String, at: Option<usize>) {
        let entry = Entry {
            kind: within.kind.clone(),
            value,
            origin: self.origin(at),
        };
        self.found.push((within.keys.clone(), entry));
    }

    fn origin(&self, at: Option<usize>) -> Origin {
        let (line, column) = self.lines.place(at.unwrap_or_default());
        Origin::at(self.path, line, column)
    }
}
