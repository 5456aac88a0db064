//! A file as blocks and attributes with their positions, independent of its syntax (HCL or JSON). Nothing is evaluated
//! here.

use std::sync::Arc;

use hcl_edit::Span;
use hcl_edit::expr::Expression;
use hcl_edit::structure::{self, Structure};

/// A position in one of the files in view.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Spot {
    /// The number of the file.
    pub(crate) file: usize,
    /// The byte offset in the file.
    pub(crate) offset: usize,
}

/// A block, or a whole file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Block {
    pub(crate) kind: String,
    pub(crate) labels: Vec<String>,
    pub(crate) spot: Spot,
    pub(crate) attributes: Vec<HclAttribute>,
    pub(crate) blocks: Vec<Self>,
}

/// An attribute: a name and its expression.
#[derive(Clone, Debug)]
pub(crate) struct HclAttribute {
    pub(crate) name: String,
    pub(crate) spot: Spot,
    /// Shared by all readers of the same text.
    pub(crate) value: Arc<Expression>,
    /// False if the spans of the expression are not offsets in the file: in JSON, the expression is inside a string.
    pub(crate) spans: bool,
}

impl Block {
    /// Converts a parsed file.
    pub(crate) fn from_body(body: structure::Body, file: usize) -> Self {
        let mut block = Self {
            spot: Spot { file, offset: 0 },
            ..Self::default()
        };
        for structure in body {
            match structure {
                Structure::Attribute(attribute) => {
                    block.attributes.push(HclAttribute::new(attribute, file));
                }
                Structure::Block(inner) => block.blocks.push(Self::of_block(inner, file)),
            }
        }
        block
    }

    fn of_block(block: structure::Block, file: usize) -> Self {
        let spot = spot(file, block.ident.span());
        Self {
            kind: block.ident.value().as_str().to_owned(),
            labels: block
                .labels
                .iter()
                .map(|label| label.as_str().to_owned())
                .collect(),
            spot,
            ..Self::from_body(block.body, file)
        }
    }

    /// Moves the block to another file that has the same text.
    pub(crate) fn in_file(mut self, file: usize) -> Self {
        self.spot.file = file;
        for attribute in &mut self.attributes {
            attribute.spot.file = file;
        }
        let blocks = std::mem::take(&mut self.blocks);
        self.blocks = blocks
            .into_iter()
            .map(|block| block.in_file(file))
            .collect();
        self
    }

    pub(crate) fn attribute(&self, name: &str) -> Option<&HclAttribute> {
        self.attributes
            .iter()
            .find(|attribute| attribute.name == name)
    }

    /// Returns the nested blocks of one kind.
    pub(crate) fn blocks_of(&self, kind: &str) -> impl Iterator<Item = &Self> {
        self.blocks.iter().filter(move |block| block.kind == kind)
    }

    /// Returns the label at an index; empty if the block has fewer labels.
    pub(crate) fn label(&self, index: usize) -> &str {
        self.labels.get(index).map_or("", String::as_str)
    }
}

impl HclAttribute {
    fn new(attribute: structure::Attribute, file: usize) -> Self {
        Self {
            name: attribute.key.value().as_str().to_owned(),
            spot: spot(file, attribute.key.span()),
            value: Arc::new(attribute.value),
            spans: true,
        }
    }
}

fn spot(file: usize, span: Option<std::ops::Range<usize>>) -> Spot {
    Spot {
        file,
        offset: span.map_or(0, |span| span.start),
    }
}
