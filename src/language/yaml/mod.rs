//! YAML and JSON as a tree in which every value has its place and its tag. This is not a schema: the reader interprets
//! the values.
//!
//! The text is assumed to be hostile. Its size, nesting and number of nodes are limited; an alias costs as much as its
//! target, so that a "billion laughs" attack ends in an error at once; and the loader keeps its own stack, so that no
//! depth can exhaust the real one.

mod load;
mod parser;
mod written;

pub use load::{load, load_written};
pub use written::{Quotes, Written, WrittenForm, written};

/// The maximum size of a text in bytes. CloudFormation itself stops at 1 MB ("CloudFormation quotas", template body in
/// an S3 object); the rest is room for comments and indentation that a packager strips.
pub const MAX_BYTES: usize = 4 * 1024 * 1024;

/// The maximum number of nodes of one document after its aliases are followed.
pub const MAX_WEIGHT: usize = 400_000;

/// The number of bytes of text that count as one additional node.
pub const BYTES_PER_NODE: usize = 32;

/// The maximum nesting of lists and maps. CloudFormation documents no limit; serde_json and the YAML parsers stop at
/// 128 too.
pub const MAX_DEPTH: usize = 128;

/// A value with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Tree {
    /// The scalar, sequence or mapping.
    pub content: Content,
    /// Its tag without the leading `!`, such as `Ref` or `Sub`; none for plain values and for YAML's own tags.
    pub tag: Option<Box<str>>,
    /// The beginning of the value: its tag if it has one.
    pub place: Place,
}

/// The content of a [`Tree`].
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// A scalar as text; `plain` means that it has no quotes, so that `true` may be a boolean.
    Scalar {
        /// The text with escapes decoded.
        text: Box<str>,
        /// True if the scalar has no quotes and is not a block scalar.
        plain: bool,
    },
    /// The items of a sequence.
    List(Vec<Tree>),
    /// A mapping, in the order of the source; every key once.
    Map(Vec<(MapKey, Tree)>),
    /// A duplicate key or an invalid merge, with the reason. The values beside it are valid.
    Broken(String),
}

/// A key of a mapping.
#[derive(Clone, Debug, PartialEq)]
pub struct MapKey {
    /// The text of the key.
    pub text: String,
    /// True if the key has no quotes, so that it may be a value other than text.
    pub plain: bool,
    /// The beginning of the key.
    pub place: Place,
}

/// A place in a text: both 1-based, the column in characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line, counted from 1.
    pub line: u32,
    /// The column in characters, counted from 1.
    pub column: u32,
    /// The index of the file if a tree is assembled from several; 0 is the first.
    pub file: u16,
}

/// A text that is neither YAML nor JSON, or exceeds the limits of this module.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct YamlError {
    /// The problem and its remedy.
    pub message: String,
    /// The place of the problem.
    pub place: Place,
}

impl Tree {
    /// Returns the number of nodes, including those that its text counts as.
    pub fn weight(&self) -> usize {
        let inner: usize = match &self.content {
            Content::Scalar { text, .. } => text.len() / BYTES_PER_NODE,
            Content::List(items) => items.iter().map(Self::weight).sum(),
            Content::Map(members) => members.iter().map(|(_, value)| value.weight()).sum(),
            Content::Broken(_) => 0,
        };
        1 + inner
    }

    /// Moves every place in the tree to this file.
    pub fn move_to(&mut self, file: u16) {
        self.place.file = file;
        match &mut self.content {
            Content::List(items) => items.iter_mut().for_each(|item| item.move_to(file)),
            Content::Map(members) => {
                for (key, value) in members {
                    key.place.file = file;
                    value.move_to(file);
                }
            }
            Content::Scalar { .. } | Content::Broken(_) => {}
        }
    }

    /// Returns the member of a mapping.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.members()
            .iter()
            .find(|(name, _)| name.text == key)
            .map(|(_, value)| value)
    }

    /// Returns the members of a mapping; none for anything else.
    pub fn members(&self) -> &[(MapKey, Self)] {
        match &self.content {
            Content::Map(members) => members,
            Content::Scalar { .. } | Content::List(_) | Content::Broken(_) => &[],
        }
    }

    /// Returns the items of a sequence; none for anything else.
    pub fn items(&self) -> &[Self] {
        match &self.content {
            Content::List(items) => items,
            Content::Scalar { .. } | Content::Map(_) | Content::Broken(_) => &[],
        }
    }

    /// Returns the text of a scalar, quoted or not.
    pub fn scalar(&self) -> Option<&str> {
        match &self.content {
            Content::Scalar { text, .. } => Some(text),
            Content::List(_) | Content::Map(_) | Content::Broken(_) => None,
        }
    }

    /// Returns the text of a scalar that has no tag.
    pub fn literal(&self) -> Option<&str> {
        self.scalar().filter(|_| self.tag.is_none())
    }
}
