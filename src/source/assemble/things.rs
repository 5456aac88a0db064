//! The resources in view, and how one thing is told from another. Nothing is looked up here.

use std::collections::BTreeMap;

use crate::language::resource::Resource;
use crate::language::vocabulary::Kind;
/// One resource in view.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item<'a> {
    /// Its place in [`super::estate::Estate::items`].
    pub(super) index: usize,
    /// The document whose references mean it by its address.
    pub(super) document: usize,
    pub(super) kind: Option<Kind>,
    pub(super) resource: &'a Resource,
}

/// A thing, in view or not; equal handles are the same thing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Handle {
    /// A resource in view.
    Item(usize),
    /// The secret in which RDS keeps the master password of this instance or cluster.
    MasterSecret(usize),
    /// The default group of whatever network it is.
    DefaultGroup,
    /// Something that exists elsewhere, by its id, name or ARN.
    Literal(String),
}

/// What a value means that should name a thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Link {
    To(Handle),
    /// It cannot be worked out, for this reason.
    Unknown(String),
}

impl Link {
    pub(super) fn handle(self) -> Option<Handle> {
        match self {
            Self::To(handle) => Some(handle),
            Self::Unknown(_) => None,
        }
    }
}

/// Where a name stands.
#[derive(Clone, Copy)]
pub(super) struct NameSite<'n> {
    /// The document.
    pub(super) document: usize,
    /// The way that the name took: `module.a.aws_iam_role.this.name` says whose name it is.
    pub(super) via: &'n [String],
}

impl NameSite<'_> {
    /// Somewhere in a document.
    pub(super) fn in_document(document: usize) -> Self {
        Self { document, via: &[] }
    }
}

/// Resources by their kinds and names, in the order of the documents. Data sources get no name of their own: they mean whatever else
/// has it.
pub(super) type ByName = BTreeMap<(Kind, String), Vec<usize>>;
