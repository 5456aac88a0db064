//! Resolves a value to the thing that it refers to: by a reference, by a name, or through another resource.

use super::estate::{DETOURS, Estate};
use super::things::{Handle, Link, NameSite};
use crate::language::resource::{Node, Piece, Value};
use crate::language::vocabulary;
use crate::language::vocabulary::Kind;

/// The search for the thing of one kind that a value of one document refers to.
#[derive(Clone, Copy)]
pub(super) struct LinkSearch<'e, 'a> {
    estate: &'e Estate<'a>,
    /// The index of the document.
    document: usize,
    kind: Kind,
    /// The number of references that may still be followed.
    left: usize,
}

impl<'a> Estate<'a> {
    /// Returns the thing of this kind that a value refers to.
    pub(super) fn link(&self, document: usize, kind: Kind, node: &Node) -> Link {
        self.search(document, kind).value(node)
    }

    /// Begins the search for a thing of this kind.
    pub(super) fn search(&self, document: usize, kind: Kind) -> LinkSearch<'_, 'a> {
        LinkSearch {
            estate: self,
            document,
            kind,
            left: DETOURS,
        }
    }
}

impl LinkSearch<'_, '_> {
    fn value(self, node: &Node) -> Link {
        match &node.value {
            Value::Text(pieces) => self.pieces(pieces, &node.origin.via),
            Value::List(items) if items.len() == 1 && self.left > 0 => {
                self.further().value(&items[0])
            }
            Value::Unresolved(reason) => Link::Unknown(reason.clone()),
            _ => Link::Unknown("this is not the name of anything".to_owned()),
        }
    }

    fn pieces(self, pieces: &[Piece], via: &[String]) -> Link {
        if let [Piece::Reference(address, attribute)] = pieces {
            return self.reference(address, attribute);
        }
        let estate = self.estate;
        let document = self.document;
        let named = pieces.iter().find_map(|piece| match piece {
            Piece::Reference(address, _) => estate
                .at(document, address)
                .filter(|item| item.kind == Some(self.kind)),
            _ => None,
        });
        match (named, estate.render(document, pieces)) {
            (Some(item), _) => Link::To(estate.handle(item)),
            (None, Ok(text)) => {
                Link::To(estate.named_there(self.kind, &text, NameSite { document, via }))
            }
            (None, Err(reason)) => Link::Unknown(reason),
        }
    }

    /// Returns the thing that a reference refers to.
    pub(super) fn reference(self, address: &str, attribute: &str) -> Link {
        let (estate, document, kind) = (self.estate, self.document, self.kind);
        let unknown = || {
            Link::Unknown(format!(
                "{address}.{attribute} is known only after deployment"
            ))
        };
        let Some((item, found)) = estate
            .at(document, address)
            .and_then(|item| Some((item, item.kind?)))
        else {
            return unknown();
        };
        if found == kind || (kind, found) == (Kind::SecurityGroup, Kind::DefaultSecurityGroup) {
            return Link::To(estate.handle(item));
        }
        if kind == Kind::SecurityGroup && found.is_default_group(attribute) {
            let network = estate.identity(&estate.handle(item));
            return Link::To(estate.default_group(document, Some(&network)));
        }
        if kind == Kind::Secret && found.is_master_secret(attribute) {
            return Link::To(Handle::MasterSecret(item.index));
        }
        // An alias that is looked up does not show its key, so its name identifies the key.
        let is_looked_up = found == Kind::KeyAlias && vocabulary::names_existing(item.resource);
        if kind == Kind::Key && is_looked_up {
            return estate.own_name(item).map_or_else(unknown, |name| {
                Link::To(estate.named_there(kind, &name, NameSite::in_document(document)))
            });
        }
        kind.detours()
            .filter(|(through, _)| *through == found && self.left > 0)
            .find_map(|(_, leads)| leads.value_in(item.resource.dialect, &item.resource.body))
            .map_or_else(unknown, |node| self.further().value(node))
    }

    /// Returns the search behind one more reference.
    fn further(self) -> Self {
        Self {
            left: self.left - 1,
            ..self
        }
    }
}
