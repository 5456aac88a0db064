//! YAML and JSON as a tree in which every value knows its place and its tag. Not a schema: what a value means is the reader's.
//!
//! The text is hostile by assumption. It is capped in size, nesting and nodes; an alias costs what it stands for, so that a
//! "billion laughs" ends in an error at once; and the loader keeps its own stack, so that no depth can exhaust the real one.

mod load;
mod parser;
mod written;

pub use load::{load, load_written};
pub use written::{Quotes, Written, WrittenForm, written};

/// The largest text that is read. CloudFormation itself stops at 1 MB ("CloudFormation quotas", template body in an S3 object);
/// the rest is room for comments and indentation that a packager strips.
pub const MAX_BYTES: usize = 4 * 1024 * 1024;

/// How many nodes one document may have once its aliases are followed.
pub const MAX_WEIGHT: usize = 400_000;

/// So many bytes of text count as one node more.
pub const BYTES_PER_NODE: usize = 32;

/// How deep lists and maps may nest. CloudFormation documents no limit; serde_json and the YAML parsers stop at 128 too.
pub const MAX_DEPTH: usize = 128;

/// A value, with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Tree {
    /// What it holds.
    pub content: Content,
    /// Its tag without the leading `!`, as `Ref` or `Sub`; none for plain values and for YAML's own tags.
    pub tag: Option<String>,
    /// Where it begins: at its tag, where it has one.
    pub place: Place,
}

/// What a [`Tree`] holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// A scalar as text; `plain` says that it stood without quotes, so that `true` may be a boolean.
    Scalar {
        /// The text after escapes.
        text: String,
        /// Without quotes, and no block scalar.
        plain: bool,
    },
    /// A sequence.
    List(Vec<Tree>),
    /// A mapping, in the order of the source; every key once.
    Map(Vec<(MapKey, Tree)>),
    /// A value that two entries claim, or that merges what cannot be merged, and why. Everything beside it is still good.
    Broken(String),
}

/// A key of a mapping.
#[derive(Clone, Debug, PartialEq)]
pub struct MapKey {
    /// Its text.
    pub text: String,
    /// Whether it stands without quotes, so that it may be no text at all.
    pub plain: bool,
    /// Where it stands.
    pub place: Place,
}

/// A place in a text: both 1-based, the column in characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line.
    pub line: u32,
    /// The column.
    pub column: u32,
    /// Which file, where a tree is put together from several; 0 is the first.
    pub file: u16,
}

/// A text that is neither YAML nor JSON, or more than this program is willing to read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct YamlError {
    /// What is wrong and what to do.
    pub message: String,
    /// Where.
    pub place: Place,
}

impl Tree {
    /// How many nodes it has, its text counted.
    pub fn weight(&self) -> usize {
        let inner: usize = match &self.content {
            Content::Scalar { text, .. } => text.len() / BYTES_PER_NODE,
            Content::List(items) => items.iter().map(Self::weight).sum(),
            Content::Map(members) => members.iter().map(|(_, value)| value.weight()).sum(),
            Content::Broken(_) => 0,
        };
        1 + inner
    }

    /// Makes every place of it one of this file.
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

    /// The member of a mapping.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.members()
            .iter()
            .find(|(name, _)| name.text == key)
            .map(|(_, value)| value)
    }

    /// The members of a mapping; none for anything else.
    pub fn members(&self) -> &[(MapKey, Self)] {
        match &self.content {
            Content::Map(members) => members,
            Content::Scalar { .. } | Content::List(_) | Content::Broken(_) => &[],
        }
    }

    /// The items of a sequence; none for anything else.
    pub fn items(&self) -> &[Self] {
        match &self.content {
            Content::List(items) => items,
            Content::Scalar { .. } | Content::Map(_) | Content::Broken(_) => &[],
        }
    }

    /// The text of a scalar, quoted or not.
    pub fn scalar(&self) -> Option<&str> {
        match &self.content {
            Content::Scalar { text, .. } => Some(text),
            Content::List(_) | Content::Map(_) | Content::Broken(_) => None,
        }
    }

    /// The text of a scalar that has no tag.
    pub fn literal(&self) -> Option<&str> {
        self.scalar().filter(|_| self.tag.is_none())
    }
}
