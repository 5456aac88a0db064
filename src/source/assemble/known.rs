//! Lookups that are the same for all proxies, computed once. An estate of thousands of proxies needs them thousands of
//! times, and would otherwise scan all of its resources for each proxy.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::block::ResourceBody;
use super::estate::Estate;
use super::index::{Additions, GroupMembers, Masters};
use super::things::{ByName, Handle, Item, Link};
use super::{ambiguity, consumers, roles, same, secret_identity, secret_values};
use crate::language::resource::Node;
use crate::language::vocabulary::{Attribute, Kind, cluster, database, instance, secret, target};

/// The maximum number of rules, statements and grants around all proxies together, plus some for each resource.
// Shared parts count for each proxy: thousands of proxies with thousands of rules in one group would make millions.
const MOST_AROUND: usize = 200_000;

/// The number by which each resource raises that maximum.
const AROUND_EACH: usize = 8;

/// The resources that are found by what they name: their kind, the attribute, and the kind that it names.
static POINTING: &[(Kind, Attribute, Kind)] = &[
    (Kind::Target, target::PROXY, Kind::Proxy),
    (Kind::TargetGroup, target::PROXY, Kind::Proxy),
    (Kind::SecretVersion, secret::OF_VERSION, Kind::Secret),
];

impl<'a> Estate<'a> {
    /// Reads something around a proxy, unless the total for all proxies exceeds the maximum; `size` counts the result.
    pub(super) fn around<T>(&self, size: fn(&T) -> usize, read: impl FnOnce() -> T) -> Option<T> {
        let around = &self.known.around;
        let most = MOST_AROUND + AROUND_EACH * self.items().len();
        let found = (around.get() <= most).then(read)?;
        around.set(around.get().saturating_add(size(&found)));
        (around.get() <= most).then_some(found)
    }

    /// Returns the resources by their names.
    pub(super) fn by_name(&self) -> &ByName {
        self.known.by_name.get_or_init(|| ambiguity::by_name(self))
    }

    /// Returns the additions to each thing.
    pub(super) fn additions(&self) -> &Additions {
        self.known.additions.get_or_init(|| Additions::new(self))
    }

    /// Returns the resources of this kind that name a thing: see [`POINTING`], the functions that run under a role, and
    /// those that receive the endpoint of a proxy.
    pub(super) fn naming<'s>(
        &'s self,
        kind: Kind,
        handle: &Handle,
    ) -> impl Iterator<Item = Item<'a>> + use<'s, 'a> {
        let all = self.known.pointing.get_or_init(|| pointing(self));
        let found = all.get(&(kind, handle.clone()));
        found.into_iter().flatten().map(|index| self.item(*index))
    }

    /// Returns the first resource of a kind with this address in any document.
    pub(super) fn created(&self, kind: Kind, address: &str) -> Option<Item<'a>> {
        let all = self.known.by_address.get_or_init(|| by_address(self));
        let index = all.get(&kind)?.get(address)?;
        Some(self.item(*index))
    }

    /// True if a document has resources in this file.
    pub(super) fn has_file(&self, document: usize, file: &str) -> bool {
        let files = self.known.files.get_or_init(|| {
            let places = self
                .items()
                .map(|item| (item.document, &item.resource.origin.file));
            let places: BTreeSet<_> = places.collect();
            let owned = places
                .into_iter()
                .map(|(document, file)| (document, file.clone()));
            owned.collect()
        });
        files.contains(&(document, file.to_owned()))
    }

    /// Returns the resources in each security group.
    pub(super) fn group_members(&self) -> &GroupMembers {
        self.known
            .group_members
            .get_or_init(|| GroupMembers::new(self))
    }

    /// Returns the sources of the passwords of master users.
    pub(super) fn masters(&self) -> &Masters {
        self.known.masters.get_or_init(|| Masters::new(self))
    }
}

fn pointing(estate: &Estate<'_>) -> BTreeMap<(Kind, Handle), Vec<usize>> {
    let mut all: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    let mut point = |item: Item<'_>, link: Option<Link>| {
        if let Some((kind, handle)) = item.kind.zip(link.and_then(Link::handle)) {
            all.entry((kind, handle)).or_default().push(item.index);
        }
    };
    for (kind, attribute, to) in POINTING {
        for item in estate.of_kind(*kind) {
            point(item, ResourceBody::new(estate, item).link(*attribute, *to));
        }
    }
    for item in estate.of_kind(Kind::Function) {
        point(item, roles::of_function(estate, item));
        for proxy in consumers::reached_by(estate, item) {
            point(item, Some(Link::To(proxy)));
        }
    }
    all
}

fn by_address(estate: &Estate<'_>) -> BTreeMap<Kind, BTreeMap<String, usize>> {
    let mut all: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
    for item in estate.items() {
        if let Some(kind) = item.kind {
            let of_kind = all.entry(kind).or_default();
            let address = item.resource.address.clone();
            of_kind.entry(address).or_insert(item.index);
        }
    }
    all
}

impl Masters {
    fn new(estate: &Estate<'_>) -> Self {
        let mut masters = Self::default();
        for kind in [Kind::Instance, Kind::Cluster] {
            for item in estate.of_kind(kind) {
                let block = ResourceBody::new(estate, item);
                let managed = block.link(database::MASTER_SECRET, Kind::Secret);
                if let Some(handle) = managed.and_then(Link::handle) {
                    masters.add_secret(handle);
                }
                if let Some(password) = password(block, kind) {
                    masters.add(estate, item, password);
                }
            }
        }
        masters
    }

    fn add(&mut self, estate: &Estate<'_>, item: Item<'_>, password: &Node) {
        let sources = secret_values::sources(item.document, password);
        let meant = sources
            .iter()
            .filter_map(|(document, address)| secret_values::secret_of(estate, *document, address));
        for handle in meant.collect::<Vec<_>>() {
            self.add_secret(handle);
        }
        self.sources.extend(sources);
        if let Some(name) = secret_values::looked_up(password) {
            match estate.link(item.document, Kind::Secret, &name) {
                Link::To(handle) => self.add_secret(handle),
                Link::Unknown(_) => self.named.extend(same::print(item.document, &name)),
            }
        }
        if let Some(text) = password.value.as_text() {
            self.written
                .entry(digest(&text))
                .or_default()
                .push(item.index);
        }
    }

    fn add_secret(&mut self, handle: Handle) {
        match handle {
            Handle::Literal(literal) => {
                for name in secret_identity::names_of(&literal) {
                    let known = self.literals.entry(name.to_owned()).or_default();
                    known.push(literal.clone());
                }
            }
            handle => drop(self.secrets.insert(handle)),
        }
    }

    /// True if this secret holds one of the passwords.
    pub(super) fn are_in(&self, handle: &Handle) -> bool {
        match handle {
            Handle::Literal(literal) => secret_identity::names_of(literal)
                .filter_map(|name| self.literals.get(name))
                .flatten()
                .any(|known| secret_identity::same_literal(known, literal)),
            handle => self.secrets.contains(handle),
        }
    }

    /// True if a secret with this partly unresolved name holds one of the passwords.
    pub(super) fn are_in_named(&self, name: Option<(usize, String)>) -> bool {
        name.is_some_and(|name| self.named.contains(&name))
    }

    /// True if this text is the literal password of a master user.
    pub(super) fn has(&self, estate: &Estate<'_>, text: &str) -> bool {
        let alike = self.written.get(&digest(text)).into_iter().flatten();
        let mut items = alike.map(|index| estate.item(*index));
        items.any(|item| {
            let password = item
                .kind
                .and_then(|kind| password(ResourceBody::new(estate, item), kind));
            password.and_then(|node| node.value.as_text()).as_deref() == Some(text)
        })
    }
}

fn password<'a>(database: ResourceBody<'_, 'a>, kind: Kind) -> Option<&'a Node> {
    database.get(match kind {
        Kind::Cluster => cluster::MASTER_PASSWORD,
        _ => instance::MASTER_PASSWORD,
    })
}

fn digest(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}
