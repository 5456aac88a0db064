//! All resources in view, and the resolution of references and literals among them.
//!
//! This module knows identities only; attributes are read by [`super::block`].

use std::collections::BTreeMap;

use super::index::Index;
use super::things::{Handle, Item, NameSite};
use crate::domain::posture::Identity;
use crate::language::resource::{Dialect, Document, Node, Piece, Pseudo, Resource, Value};
use crate::language::vocabulary;
use crate::language::vocabulary::{Kind, group};

/// The maximum number of references that one value is followed through: more than any honest source has, so that cycles
/// and exponential chains end.
pub(super) const DETOURS: usize = 64;

/// The name of the group that every network is created with: Amazon VPC User Guide, "Default security groups for your
/// VPCs".
pub(super) const DEFAULT_GROUP: &str = "default";

/// All resources in view, with their indexes.
pub(super) struct Estate<'a> {
    items: Vec<Item<'a>>,
    by_address: BTreeMap<(usize, &'a str), usize>,
    /// The resources of each kind, without data sources.
    by_kind: BTreeMap<Kind, Vec<usize>>,
    pub(super) known: Index,
}

impl<'a> Estate<'a> {
    /// Indexes the documents, in their order.
    pub(super) fn new(documents: &'a [Document]) -> Self {
        let mut estate = Self {
            items: Vec::new(),
            by_address: BTreeMap::new(),
            by_kind: BTreeMap::new(),
            known: Index::default(),
        };
        for (document, content) in documents.iter().enumerate() {
            for resource in &content.resources {
                estate.add(document, resource);
            }
        }
        estate
    }

    fn add(&mut self, document: usize, resource: &'a Resource) {
        let index = self.items.len();
        self.by_address
            .entry((document, resource.address.as_str()))
            .or_insert(index);
        let kind = Kind::new(resource);
        if let Some(kind) = kind.filter(|_| !vocabulary::names_existing(resource)) {
            self.by_kind.entry(kind).or_default().push(index);
        }
        self.items.push(Item {
            index,
            document,
            kind,
            resource,
        });
    }

    /// Returns the resource of this index.
    pub(super) fn item(&self, index: usize) -> Item<'a> {
        self.items[index]
    }

    /// Returns all resources of a kind, without data sources.
    pub(super) fn of_kind(&self, kind: Kind) -> impl Iterator<Item = Item<'a>> {
        let indices = self.by_kind.get(&kind).into_iter().flatten();
        indices.map(|index| self.items[*index])
    }

    /// Returns all resources, including data sources.
    pub(super) fn items(&self) -> impl ExactSizeIterator<Item = Item<'a>> {
        self.items.iter().copied()
    }

    /// True if any address of a document begins with this prefix.
    pub(super) fn has_below(&self, document: usize, prefix: &str) -> bool {
        let mut from = self.by_address.range((document, prefix)..);
        let next = from.next();
        next.is_some_and(|((of, address), _)| *of == document && address.starts_with(prefix))
    }

    /// Returns the resource at this address of a document.
    pub(super) fn at(&self, document: usize, address: &str) -> Option<Item<'a>> {
        self.by_address
            .get(&(document, address))
            .map(|index| self.items[*index])
    }

    /// Returns the name that is written for a resource.
    pub(super) fn own_name(&self, item: Item<'a>) -> Option<String> {
        let attribute = item.kind?.name()?;
        let node = attribute.value_in(item.resource.dialect, &item.resource.body)?;
        self.literal(item.document, node)
    }

    /// Returns the handle of a resource; for a data source, the handle of the thing that it names.
    pub(super) fn handle(&self, item: Item<'a>) -> Handle {
        let own = Handle::Item(item.index);
        let Some(kind) = item
            .kind
            .filter(|_| vocabulary::names_existing(item.resource))
        else {
            return own;
        };
        kind.existing()
            .iter()
            .find_map(|word| self.literal(item.document, item.resource.body.get(word)?))
            .or_else(|| self.own_name(item))
            .map_or(own, |name| {
                self.named_there(kind, &name, NameSite::in_document(item.document))
            })
    }

    /// Returns the thing of this kind that has this identity.
    pub(super) fn identified(&self, kind: Kind, identity: &Identity) -> Handle {
        match identity {
            Identity::Known(name) => self.named(kind, name),
            Identity::Open(open) => Handle::Literal(open.reason.clone()),
            Identity::Created(address) => self.created(kind, address).map_or_else(
                || Handle::Literal(address.clone()),
                |item| Handle::Item(item.index),
            ),
        }
    }

    /// Returns the default group of a network: the resource that manages it, if there is one in the same document.
    pub(super) fn default_group(&self, document: usize, network: Option<&Identity>) -> Handle {
        let of_network = |item: &Item<'a>| {
            let node = group::VPC.value_in(item.resource.dialect, &item.resource.body)?;
            let handle = self.link(document, Kind::Vpc, node).handle()?;
            Some(self.identity(&handle) == *network?)
        };
        self.of_kind(Kind::DefaultSecurityGroup)
            .filter(|item| item.document == document)
            .find(|item| of_network(item) == Some(true))
            .map_or(Handle::DefaultGroup, |item| Handle::Item(item.index))
    }

    /// Returns the text of a value that is fully known. The region and the other properties of the deployment are
    /// placeholders such as `<region>`.
    pub(super) fn literal(&self, document: usize, node: &Node) -> Option<String> {
        match &node.value {
            Value::Text(pieces) => self.render(document, pieces).ok(),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(flag) => Some(flag.to_string()),
            _ => None,
        }
    }

    /// Returns the text of these pieces, or the reason why it is unknown.
    pub(super) fn render(&self, document: usize, pieces: &[Piece]) -> Result<String, String> {
        let mut left = DETOURS;
        self.render_within(document, pieces, &mut left)
    }

    fn render_within(
        &self,
        document: usize,
        pieces: &[Piece],
        left: &mut usize,
    ) -> Result<String, String> {
        pieces
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => Ok(text.clone()),
                Piece::Pseudo(pseudo) => Ok(placeholder(*pseudo).to_owned()),
                Piece::Reference(address, attribute) => self
                    .written(document, address, attribute)
                    .and_then(|pieces| {
                        *left = left.checked_sub(1)?;
                        self.render_within(document, pieces, left).ok()
                    })
                    .ok_or_else(|| format!("{address}.{attribute} is known only after deployment")),
                Piece::ProxyId(address) => Err(format!(
                    "the id of {address} is known only after deployment"
                )),
                Piece::Unresolved(reason) => Err(reason.clone()),
            })
            .collect()
    }

    /// Returns the pieces of the text that is written for an attribute of another resource.
    fn written(&self, document: usize, address: &str, attribute: &str) -> Option<&'a [Piece]> {
        let item = self.at(document, address)?;
        let node = match item.resource.body.get(attribute) {
            Some(node) => node,
            None => item
                .kind
                .filter(|kind| kind.is_name(attribute))?
                .name()?
                .value_in(item.resource.dialect, &item.resource.body)?,
        };
        match &node.value {
            Value::Text(pieces) => Some(pieces),
            _ => None,
        }
    }

    /// Returns the identity that distinguishes this thing from others.
    pub(super) fn identity(&self, handle: &Handle) -> Identity {
        match handle {
            Handle::Literal(name) => Identity::Known(name.clone()),
            Handle::DefaultGroup => Identity::Known(DEFAULT_GROUP.to_owned()),
            Handle::MasterSecret(index) => Identity::Created(format!(
                "master user's secret of {}",
                self.items[*index].resource.address
            )),
            Handle::Item(index) => {
                let resource = self.items[*index].resource;
                self.known_id(self.items[*index]).map_or_else(
                    || Identity::Created(resource.address.clone()),
                    Identity::Known,
                )
            }
        }
    }

    /// Returns the id or ARN that a resource has in the account. A name does not prove that it exists.
    fn known_id(&self, item: Item<'a>) -> Option<String> {
        if item.resource.dialect == Dialect::Account {
            let id = item.resource.known_as.first();
            return Some(id.unwrap_or(&item.resource.address).clone());
        }
        let prefix = item.kind?.id_prefix();
        let known = &item.resource.known_as;
        known
            .iter()
            .find(|name| !prefix.is_empty() && name.starts_with(prefix))
            .cloned()
    }
}

/// Returns the placeholder for a property of the deployment in a text that is otherwise known.
fn placeholder(pseudo: Pseudo) -> &'static str {
    match pseudo {
        Pseudo::Partition => "<partition>",
        Pseudo::Region => "<region>",
        Pseudo::Account => "<account>",
        Pseudo::UrlSuffix => "<url suffix>",
    }
}
