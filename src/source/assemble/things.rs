//! The resources in view, and the identity of things. Nothing is looked up here.

use std::collections::BTreeMap;

use crate::language::resource::Resource;
use crate::language::vocabulary::Kind;
/// One resource in view.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item<'a> {
    /// Its index in [`super::estate::Estate::items`].
    pub(super) index: usize,
    /// The index of the document in which its address identifies it.
    pub(super) document: usize,
    pub(super) kind: Option<Kind>,
    pub(super) resource: &'a Resource,
}

/// A thing, in view or not; equal handles are the same thing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Handle {
    /// A resource in view, by its index.
    Item(usize),
    /// The secret in which RDS keeps the master password of this instance or cluster.
    MasterSecret(usize),
    /// The default group of an unspecified network.
    DefaultGroup,
    /// A thing that exists elsewhere, by its id, name or ARN.
    Literal(String),
}

/// The target of a value that should name a thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Link {
    To(Handle),
    /// The target is unresolved, for this reason.
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

/// The place where a name is used.
#[derive(Clone, Copy)]
pub(super) struct NameSite<'n> {
    /// The index of the document.
    pub(super) document: usize,
    /// The path of the name: `module.a.aws_iam_role.this.name` shows the resource that it belongs to.
    pub(super) via: &'n [String],
}

impl NameSite<'_> {
    /// Makes a site in a document, without a path.
    pub(super) fn in_document(document: usize) -> Self {
        Self { document, via: &[] }
    }
}

/// Resources by their kinds and names, in the order of the documents. Data sources are left out: they refer to the
/// resource that has the name.
pub(super) type ByName = BTreeMap<(Kind, String), Vec<usize>>;
