//! The resources that add to a group, a role, a secret or a proxy, indexed by their target. An unknown target, or an
//! effect that is not in view, is recorded too.

use super::block::ResourceBody;
use super::estate::Estate;
use super::index::{Additions, Unassigned};
use super::mentions::{called_in, is_named_by, referred};
use super::receivers::{self, is_of_another_stack, is_out_of_view};
use super::things::{Handle, Item, Link};
use super::{may_be, names, open};
use crate::domain::evidence::Origin;
use crate::domain::posture::Identity;
use crate::language::resource::{Node, Piece, UNREAD, Value};
use crate::language::vocabulary;
use crate::language::vocabulary::{Attribute, Kind, endpoint, group_rule, iam_policy, key, secret};

/// The adding kind, the kind of its target, and the attributes that name the target.
static ADDING: &[(Kind, Kind, &[Attribute])] = &[
    (Kind::IngressRule, Kind::SecurityGroup, GROUPS),
    (Kind::EgressRule, Kind::SecurityGroup, GROUPS),
    (Kind::EitherRule, Kind::SecurityGroup, GROUPS),
    (Kind::RolePolicy, Kind::Role, ROLES),
    (Kind::ManagedPolicy, Kind::Role, ROLES),
    (Kind::PolicyAttachment, Kind::Role, ROLES),
    (
        Kind::SecretPolicy,
        Kind::Secret,
        &[secret::OF_POLICY, secret::OF_CC_POLICY],
    ),
    (Kind::SecretVersion, Kind::Secret, &[secret::OF_VERSION]),
    (Kind::KeyPolicy, Kind::Key, &[key::OF_POLICY]),
    (Kind::KeyGrant, Kind::Key, &[key::OF_POLICY]),
    // A replica decrypts what its primary key encrypts, and has a policy of its own.
    (Kind::Key, Kind::Key, &[key::PRIMARY]),
    (Kind::Endpoint, Kind::Proxy, &[endpoint::PROXY]),
];

const GROUPS: &[Attribute] = &[
    group_rule::GROUP,
    group_rule::GROUP_BY_NAME,
    group_rule::CC_GROUP,
];
const ROLES: &[Attribute] = &[iam_policy::ROLE, iam_policy::ROLES, iam_policy::ROLE_NAME];

/// A resource that adds to another one.
#[derive(Clone, Copy)]
struct Addition<'a, 'n> {
    item: Item<'a>,
    /// The kind of the other resource.
    target: Kind,
    /// The value that names the other resource.
    node: &'n Node,
}

impl Additions {
    /// Collects the additions of all resources in one pass.
    pub(super) fn new(estate: &Estate<'_>) -> Self {
        let mut additions = Self::default();
        for (kind, target, attributes) in ADDING {
            for item in estate.of_kind(*kind) {
                let block = ResourceBody::new(estate, item);
                for node in attributes
                    .iter()
                    .flat_map(|attribute| block.list(*attribute))
                {
                    let target = *target;
                    additions.add(estate, Addition { item, target, node });
                }
            }
        }
        for item in estate.items().filter(|item| is_out_of_view(estate, *item)) {
            let own = receivers::has_script(item).then_some(item.index);
            for one in referred(estate, item).into_iter().chain(own) {
                additions.given.entry(one).or_default().insert(item.index);
            }
        }
        additions
    }

    fn add(&mut self, estate: &Estate<'_>, addition: Addition<'_, '_>) {
        let Addition { item, target, node } = addition;
        self.add_given(estate, addition);
        let (reason, through) = match estate.link(item.document, target, node) {
            Link::To(handle) => match looked_up(estate, &handle) {
                Some(reason) => (reason, None),
                None => {
                    self.add_namesakes(estate, addition, &handle);
                    let to = self.to.entry((target, handle)).or_default();
                    to.insert(item.index);
                    return;
                }
            },
            Link::Unknown(_) if is_of_another_stack(item, node) => return,
            Link::Unknown(reason) => (reason, through(estate, item.document, node)),
        };
        self.strays += 1;
        let strays = match through {
            Some(through) => {
                self.lead(estate, through, target);
                self.through.entry((through.index, target)).or_default()
            }
            None => self.stray.entry((item.document, target)).or_default(),
        };
        strays.push(addition.into_unassigned(reason, self.strays));
    }

    /// Records an addition to a security group that is passed in from outside as a whole, so that it is recognized
    /// wherever that group is used.
    fn add_given(&mut self, estate: &Estate<'_>, addition: Addition<'_, '_>) {
        let Addition { item, target, node } = addition;
        let block = ResourceBody::new(estate, item);
        if target != Kind::SecurityGroup || !open::is_whole(block, node) {
            return;
        }
        if let Link::Unknown(reason) = block.link_of(target, node) {
            let group = open::identity(block, node, reason);
            let to = self.to_given.entry((item.document, group)).or_default();
            to.insert(item.index);
        }
    }

    /// Records additions to a name that no resource in view has: it may be the name of a resource whose own name is
    /// unknown.
    fn add_namesakes(&mut self, estate: &Estate<'_>, addition: Addition<'_, '_>, handle: &Handle) {
        let Addition { item, target, node } = addition;
        let (Handle::Literal(literal), Some(attribute)) = (handle, target.name()) else {
            return;
        };
        let called = names::name(target, literal);
        let called = Node::new(Value::text(called), node.origin.clone());
        for one in estate.of_kind(target) {
            let name = ResourceBody::new(estate, one).get(attribute);
            let is_open = |name: &&Node| estate.literal(one.document, name).is_none();
            let name = name
                .filter(|_| one.document == item.document)
                .filter(is_open);
            if name.is_some_and(|name| may_be::one(name, &called)) {
                self.strays += 1;
                let reason = format!("the name of {} is not known", one.resource.address);
                let stray = addition.into_unassigned(reason, self.strays);
                self.namesakes.entry(one.index).or_default().push(stray);
            }
        }
    }

    /// Records the resources whose values another resource passes on, the first time that an addition goes through it.
    fn lead(&mut self, estate: &Estate<'_>, through: Item<'_>, target: Kind) {
        if self.led.insert(through.index) {
            let named = estate
                .of_kind(Kind::Role)
                .chain(estate.of_kind(Kind::Secret));
            let named = named.filter(|item| is_named_by(estate, *item, through));
            let mut named: Vec<_> = named.map(|item| item.index).collect();
            named.extend(called_in(estate, through, target));
            for given in referred(estate, through).into_iter().chain(named) {
                let leading = self.leading.entry(given).or_default();
                leading.insert(through.index);
            }
        }
    }

    /// Returns the resources that add to a thing.
    pub(super) fn to(&self, kind: Kind, handle: &Handle) -> impl Iterator<Item = usize> {
        let found = self.to.get(&(kind, handle.clone()));
        found.into_iter().flatten().copied()
    }

    /// Returns the resources that add to a group which is passed to a document from outside.
    pub(super) fn to_given(
        &self,
        document: usize,
        group: &Identity,
    ) -> impl Iterator<Item = usize> {
        let found = self.to_given.get(&(document, group.clone()));
        found.into_iter().flatten().copied()
    }

    /// Returns all things of this kind that something adds to.
    pub(super) fn targets(&self, kind: Kind) -> impl Iterator<Item = &Handle> {
        let all = self.to.keys().filter(move |(of, _)| *of == kind);
        all.map(|(_, handle)| handle)
    }
}

impl Estate<'_> {
    /// Returns the resources that may add to a thing of this kind, because their target is unknown.
    pub(super) fn unassigned(&self, kind: Kind, handle: &Handle) -> Vec<Unassigned> {
        let Some(item) = self.made_here(handle) else {
            return Vec::new();
        };
        let additions = self.additions();
        let leading = additions.leading.get(&item.index).into_iter().flatten();
        let through = leading.filter_map(|one| additions.through.get(&(*one, kind)));
        let open = additions.stray.get(&(item.document, kind));
        let namesakes = additions.namesakes.get(&item.index);
        let all = open.into_iter().chain(through).flatten();
        let all = all.filter(|stray| self.may_mean(stray, item));
        let all = all.chain(namesakes.into_iter().flatten());
        let mut strays: Vec<Unassigned> = all.cloned().collect();
        strays.sort_by_key(|stray| stray.order);
        strays
    }

    /// True if a partly known name may be the name of a thing.
    fn may_mean(&self, stray: &Unassigned, item: Item<'_>) -> bool {
        let is_called_by_name = matches!(item.kind, Some(Kind::Role | Kind::Proxy));
        let (Some(named), true) = (&stray.named, is_called_by_name) else {
            return true;
        };
        let attribute = item.kind.and_then(Kind::name);
        let name = attribute.and_then(|name| ResourceBody::new(self, item).get(name));
        name.is_none_or(|name| may_be::one(name, named))
    }

    /// Returns everything that may add to a thing, each with the reason for the doubt and its origin. A secret version
    /// is left out, since it adds only to the values of a secret.
    pub(super) fn perhaps(&self, kind: Kind, handle: &Handle) -> Vec<(String, Origin)> {
        let is_value =
            |stray: &Unassigned| self.item(stray.index).kind == Some(Kind::SecretVersion);
        let strays = self.unassigned(kind, handle).into_iter();
        let strays = strays.filter(|stray| !is_value(stray));
        let mut all: Vec<_> = strays.map(|stray| (stray.reason, stray.origin)).collect();
        all.extend(self.given(handle));
        all
    }

    /// Returns the reason and the origin for each resource that receives a thing and whose use of it is not in view.
    pub(super) fn given(&self, handle: &Handle) -> Vec<(String, Origin)> {
        let receivers = self.given_to(handle).into_iter();
        receivers
            .map(|(receiver, reason)| (reason, receiver.resource.origin.clone()))
            .collect()
    }

    /// Returns the resources that receive a thing and whose use of it is not in view, each with the reason.
    pub(super) fn given_to(&self, handle: &Handle) -> Vec<(Item<'_>, String)> {
        let item = self.made_here(handle);
        let given = item.and_then(|item| self.additions().given.get(&item.index));
        let receivers = given.into_iter().flatten().map(|index| self.item(*index));
        receivers
            .map(|receiver| {
                let address = &receiver.resource.address;
                let reason = if receiver.resource.kind == UNREAD {
                    format!("{address} could not be read, and may add to it")
                } else {
                    format!("{address} is given it, and what that does with it is not in view")
                };
                (receiver, reason)
            })
            .collect()
    }

    /// Returns the resource that creates a thing.
    fn made_here(&self, handle: &Handle) -> Option<Item<'_>> {
        match handle {
            Handle::Item(index) => Some(self.item(*index)),
            Handle::MasterSecret(_) | Handle::DefaultGroup | Handle::Literal(_) => None,
        }
        .filter(|item| !vocabulary::names_existing(item.resource))
    }
}

impl Addition<'_, '_> {
    /// Returns the addition to an unknown target, with the reason why the target is unknown.
    fn into_unassigned(self, reason: String, order: usize) -> Unassigned {
        let Self { item, target, node } = self;
        let what = match target {
            Kind::SecurityGroup => "security group",
            Kind::Role => "role",
            Kind::Secret => "secret",
            Kind::Key => "key",
            _ => "proxy",
        };
        let address = &item.resource.address;
        Unassigned {
            index: item.index,
            reason: format!("which {what} {address} is for cannot be determined: {reason}"),
            origin: node.origin.clone(),
            named: matches!(node.value, Value::Text(_)).then(|| node.clone()),
            order,
        }
    }
}

/// Returns the reason why the result of a data source is unknown.
// Without a known argument, it may find a resource that is created here, from the second apply on.
fn looked_up(estate: &Estate<'_>, handle: &Handle) -> Option<String> {
    let Handle::Item(index) = handle else {
        return None;
    };
    let resource = estate.item(*index).resource;
    vocabulary::names_existing(resource).then(|| {
        format!(
            "what {} finds is known only when it is asked",
            resource.address
        )
    })
}

/// Returns the other resource if the value is just one of its attributes, and if that attribute can only lead to what
/// the resource was given.
pub(super) fn through<'a>(estate: &Estate<'a>, document: usize, node: &Node) -> Option<Item<'a>> {
    let Value::Text(pieces) = &node.value else {
        return None;
    };
    let [Piece::Reference(address, attribute)] = pieces.as_slice() else {
        return None;
    };
    let item = estate.at(document, address)?;
    (!receivers::leads_anywhere(item, attribute)).then_some(item)
}
