//! The declarations of one folder, with `override.tf` merged in. It evaluates nothing.

use std::collections::BTreeMap;

use hcl_edit::Span;
use hcl_edit::expr::Expression;
use hcl_edit::structure::{Block, Body};

use super::parse::{Parsed, Source};
use crate::domain::evidence::Origin;

/// A block, or a body of attributes, in its file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layer<'a> {
    /// The file.
    pub(super) source: &'a Source,
    /// The block.
    pub(super) block: &'a Block,
}

/// A declared block with its overrides, the strongest last.
#[derive(Clone, Debug)]
pub(super) struct Declared<'a> {
    pub(super) layers: Vec<Layer<'a>>,
}

/// What one folder declares.
#[derive(Debug, Default)]
pub(super) struct Folder<'a> {
    pub(super) variables: BTreeMap<&'a str, Declared<'a>>,
    pub(super) locals: BTreeMap<&'a str, (&'a Source, &'a Expression)>,
    /// By kind (`aws_db_proxy`, `data.aws_region`, `ephemeral.…`) and name.
    pub(super) resources: BTreeMap<(String, &'a str), Declared<'a>>,
    pub(super) modules: BTreeMap<&'a str, Declared<'a>>,
    pub(super) outputs: BTreeMap<&'a str, Declared<'a>>,
}

impl<'a> Declared<'a> {
    /// The expression of an attribute, from the strongest layer that has it.
    pub(super) fn attribute(&self, name: &str) -> Option<(&'a Source, &'a Expression)> {
        self.layers.iter().rev().find_map(|layer| {
            let attribute = layer.block.body.get_attribute(name)?;
            Some((layer.source, &attribute.value))
        })
    }

    /// The names of all attributes, in the order of the source.
    pub(super) fn attribute_names(&self) -> Vec<&'a str> {
        let mut names = Vec::new();
        for attribute in self.bodies().flat_map(Body::attributes) {
            if !names.contains(&attribute.key.as_str()) {
                names.push(attribute.key.as_str());
            }
        }
        names
    }

    /// The nested blocks by name, in the order of the source: those of an override replace all of the same name.
    pub(super) fn nested(&self) -> Vec<(&'a str, Vec<Layer<'a>>)> {
        let mut groups: Vec<(&'a str, Vec<Layer<'a>>)> = Vec::new();
        for layer in &self.layers {
            let mut of_layer: Vec<(&'a str, Vec<Layer<'a>>)> = Vec::new();
            for block in layer.block.body.blocks() {
                let nested = Layer {
                    source: layer.source,
                    block,
                };
                push_group(&mut of_layer, nested);
            }
            for (name, blocks) in of_layer {
                match groups.iter_mut().find(|(other, _)| *other == name) {
                    Some((_, old)) => *old = blocks,
                    None => groups.push((name, blocks)),
                }
            }
        }
        groups
    }

    /// Where the first layer's header stands.
    pub(super) fn origin(&self) -> Origin {
        self.layers
            .first()
            .map_or_else(Origin::default, Layer::origin)
    }

    fn bodies(&self) -> impl Iterator<Item = &'a Body> {
        self.layers.iter().map(|layer| &layer.block.body)
    }
}

impl<'a> Layer<'a> {
    /// Where the block's header stands.
    pub(super) fn origin(&self) -> Origin {
        self.source.span(self.block.ident.span())
    }

    /// The block alone, as a declaration without overrides.
    pub(super) fn declared(self) -> Declared<'a> {
        Declared { layers: vec![self] }
    }

    /// The name under which the block counts: a `dynamic "auth"` is an `auth`.
    pub(super) fn effective_name(&self) -> &'a str {
        match (self.block.ident.as_str(), self.block.labels.first()) {
            ("dynamic", Some(label)) => label.as_str(),
            (name, _) => name,
        }
    }
}

fn push_group<'a>(groups: &mut Vec<(&'a str, Vec<Layer<'a>>)>, layer: Layer<'a>) {
    let name = layer.effective_name();
    match groups.iter_mut().find(|(other, _)| *other == name) {
        Some((_, blocks)) => blocks.push(layer),
        None => groups.push((name, vec![layer])),
    }
}

impl<'a> Folder<'a> {
    /// Gathers the files of a folder; overrides (`override.tf`, `*_override.tf`) must come last, in their own order.
    pub(super) fn gather(files: impl IntoIterator<Item = &'a Parsed>) -> Self {
        let mut folder = Self::default();
        for file in files {
            for block in file.body.blocks() {
                folder.declare(Layer {
                    source: &file.source,
                    block,
                });
            }
        }
        folder
    }

    fn declare(&mut self, layer: Layer<'a>) {
        let labels: Vec<&'a str> = layer
            .block
            .labels
            .iter()
            .map(|label| label.as_str())
            .collect();
        match (layer.block.ident.as_str(), labels.as_slice()) {
            ("locals", []) => {
                for attribute in layer.block.body.attributes() {
                    self.locals
                        .insert(attribute.key.as_str(), (layer.source, &attribute.value));
                }
            }
            ("variable", [name]) => stack(&mut self.variables, *name, layer),
            ("output", [name]) => stack(&mut self.outputs, *name, layer),
            ("module", [name]) => stack(&mut self.modules, *name, layer),
            ("resource", [kind, name]) => {
                stack(&mut self.resources, ((*kind).to_owned(), *name), layer);
            }
            (block @ ("data" | "ephemeral"), [kind, name]) => {
                stack(
                    &mut self.resources,
                    (format!("{block}.{kind}"), *name),
                    layer,
                );
            }
            // `terraform`, `provider`, `check`, `moved`, `import`, `removed`: nothing that is deployed stands in them.
            _ => {}
        }
    }
}

fn stack<'a, K: Ord>(map: &mut BTreeMap<K, Declared<'a>>, key: impl Into<K>, layer: Layer<'a>) {
    map.entry(key.into())
        .or_insert_with(|| Declared { layers: Vec::new() })
        .layers
        .push(layer);
}
