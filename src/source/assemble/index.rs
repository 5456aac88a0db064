//! Results that are computed once for all proxies: data only. The modules that compute them depend on this one.

use std::cell::{Cell, OnceCell};
use std::collections::{BTreeMap, BTreeSet};

use super::things::{ByName, Handle};
use crate::domain::evidence::Origin;
use crate::domain::posture::Identity;
use crate::language::resource::Node;
use crate::language::vocabulary::Kind;
/// The reason why something around a proxy was not read.
pub(super) const TOO_MUCH_AROUND: &str = "more rules, statements and grants stand around all proxies in view than are followed: audit fewer of them at once";

/// The sources of the passwords of master users. Literal passwords are not copied: the index only tells whether another
/// one can be the same.
#[derive(Default)]
pub(super) struct Masters {
    /// The secrets that hold one, if they are in view.
    pub(super) secrets: BTreeSet<Handle>,
    /// The names of secrets that hold one and are not in view.
    pub(super) literals: BTreeMap<String, Vec<String>>,
    /// The fingerprints of the names of secrets that hold one and are unresolved.
    pub(super) named: BTreeSet<(usize, String)>,
    /// The resources and unresolved values that the passwords refer to, by document.
    pub(super) sources: BTreeSet<(usize, String)>,
    /// The databases whose password is literal, by a digest of it.
    pub(super) written: BTreeMap<u64, Vec<usize>>,
}

/// The results for all proxies.
pub(super) struct Index {
    pub(super) by_name: OnceCell<ByName>,
    /// The additions to each thing.
    pub(super) additions: OnceCell<Additions>,
    /// The resources that name a thing, by their kind and the thing.
    pub(super) pointing: OnceCell<BTreeMap<(Kind, Handle), Vec<usize>>>,
    /// The first resource of each kind and address.
    pub(super) by_address: OnceCell<BTreeMap<Kind, BTreeMap<String, usize>>>,
    pub(super) masters: OnceCell<Masters>,
    pub(super) group_members: OnceCell<GroupMembers>,
    /// The files of each document.
    pub(super) files: OnceCell<BTreeSet<(usize, String)>>,
    /// The roles that a policy allows to connect to some proxy.
    pub(super) connecting: OnceCell<Connecting>,
    /// The number of rules, statements and grants that were read.
    pub(super) around: Cell<usize>,
}

impl Default for Index {
    fn default() -> Self {
        Self {
            by_name: OnceCell::new(),
            additions: OnceCell::new(),
            pointing: OnceCell::new(),
            by_address: OnceCell::new(),
            masters: OnceCell::new(),
            group_members: OnceCell::new(),
            files: OnceCell::new(),
            connecting: OnceCell::new(),
            around: Cell::new(0),
        }
    }
}

/// The resources that add to something.
#[derive(Default)]
pub(super) struct Additions {
    /// The resources that add to a thing, by the kind of the thing.
    pub(super) to: BTreeMap<(Kind, Handle), BTreeSet<usize>>,
    /// The resources that add to a group from outside, by their document and the identity of the group.
    pub(super) to_given: BTreeMap<(usize, Identity), BTreeSet<usize>>,
    /// The resources whose target is unknown, by their document and the kind of the target.
    pub(super) stray: BTreeMap<(usize, Kind), Vec<Unassigned>>,
    /// The resources whose target can only be something that another resource was given, by that resource and the kind
    /// of the target.
    pub(super) through: BTreeMap<(usize, Kind), Vec<Unassigned>>,
    /// The resources that name their target literally, by the resource whose partly known name may be that name.
    pub(super) namesakes: BTreeMap<usize, Vec<Unassigned>>,
    /// The intermediate resources (keys of `through`) that receive a thing, by the thing.
    pub(super) leading: BTreeMap<usize, BTreeSet<usize>>,
    /// The intermediate resources that were already examined.
    pub(super) led: BTreeSet<usize>,
    /// The number of unassigned resources.
    pub(super) strays: usize,
    /// The resources that receive a thing and whose use of it is not in view, by the thing.
    pub(super) given: BTreeMap<usize, BTreeSet<usize>>,
}

/// A resource that adds to an unknown target.
#[derive(Clone)]
pub(super) struct Unassigned {
    /// Its index among the items.
    pub(super) index: usize,
    /// The reason why its target is unknown; `origin` is the place that should name it.
    pub(super) reason: String,
    pub(super) origin: Origin,
    /// The node of the target's name, which may be known in part.
    pub(super) named: Option<Node>,
    /// The number of unassigned resources that were found before it, by which they are sorted.
    pub(super) order: usize,
}

/// The document in which an address or a parameter identifies the group; none if the account knows the group.
pub(super) type Place = Option<usize>;

/// The resources in each group.
#[derive(Default)]
pub(super) struct GroupMembers {
    pub(super) by_group: BTreeMap<(Place, Identity), Vec<usize>>,
    /// The resources in an unknown group, by their document.
    pub(super) astray: BTreeMap<usize, Vec<Astray>>,
}

/// A resource in an unknown group.
pub(super) struct Astray {
    pub(super) index: usize,
    pub(super) reason: String,
    /// The resource that the group is taken from, if the group can only be one that this resource was given.
    pub(super) through: Option<usize>,
}

/// The roles that a policy allows to connect, by the proxies that it may match.
#[derive(Default)]
pub(super) struct Connecting {
    /// Roles that may connect to any proxy.
    pub(super) any: BTreeSet<Handle>,
    /// Roles that may connect to the proxy of this id or at this address.
    pub(super) one: BTreeMap<String, BTreeSet<Handle>>,
}
