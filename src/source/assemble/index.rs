//! What is worked out once for all proxies, and kept: data only. Whoever works it out stands above.

use std::cell::{Cell, OnceCell};
use std::collections::{BTreeMap, BTreeSet};

use super::things::{ByName, Handle};
use crate::domain::evidence::Origin;
use crate::domain::posture::Identity;
use crate::language::resource::Node;
use crate::language::vocabulary::Kind;
/// Why something was not read that stands around a proxy.
pub(super) const TOO_MUCH_AROUND: &str = "more rules, statements and grants stand around all proxies in view than are followed: audit fewer of them at once";

/// Where the passwords of master users come from. The passwords that are written stay where they are: what is kept tells only whether
/// another one can be the same.
#[derive(Default)]
pub(super) struct Masters {
    /// The secrets that hold one, as far as they are in view.
    pub(super) secrets: BTreeSet<Handle>,
    /// Those that are not, by their names.
    pub(super) literals: BTreeMap<String, Vec<String>>,
    /// What is known of the names of those of which nothing in view tells more.
    pub(super) named: BTreeSet<(usize, String)>,
    /// What they refer to, by document.
    pub(super) sources: BTreeSet<(usize, String)>,
    /// The databases whose password is written, by a digest of it.
    pub(super) written: BTreeMap<u64, Vec<usize>>,
}

/// What was worked out for all proxies.
pub(super) struct Index {
    pub(super) by_name: OnceCell<ByName>,
    /// What adds to what.
    pub(super) additions: OnceCell<Additions>,
    /// The resources that name a thing, by their kind and the thing.
    pub(super) pointing: OnceCell<BTreeMap<(Kind, Handle), Vec<usize>>>,
    /// The first resource of each kind and address.
    pub(super) by_address: OnceCell<BTreeMap<Kind, BTreeMap<String, usize>>>,
    pub(super) masters: OnceCell<Masters>,
    pub(super) wearers: OnceCell<Wearers>,
    /// The files of each document.
    pub(super) files: OnceCell<BTreeSet<(usize, String)>>,
    /// The roles of which a policy allows to connect to some proxy.
    pub(super) connecting: OnceCell<Connecting>,
    /// How many rules, statements and grants were read.
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
            wearers: OnceCell::new(),
            files: OnceCell::new(),
            connecting: OnceCell::new(),
            around: Cell::new(0),
        }
    }
}

/// Everything that adds to something.
#[derive(Default)]
pub(super) struct Additions {
    /// The resources that add to a thing, by its kind.
    pub(super) to: BTreeMap<(Kind, Handle), BTreeSet<usize>>,
    /// The resources that add to a group which is given from outside, by their document and what it is given as.
    pub(super) to_given: BTreeMap<(usize, Identity), BTreeSet<usize>>,
    /// Those of which nobody can tell what they add to, by their document and the kind that it has.
    pub(super) stray: BTreeMap<(usize, Kind), Vec<Stray>>,
    /// Those that lead to another resource and no further than to what that was given itself, by that resource and the kind.
    pub(super) through: BTreeMap<(usize, Kind), Vec<Stray>>,
    /// Those that name a thing as one may be called whose own name is not known all of, by that one.
    pub(super) namesakes: BTreeMap<usize, Vec<Stray>>,
    /// Which of these other resources are given a thing.
    pub(super) leading: BTreeMap<usize, BTreeSet<usize>>,
    /// The other resources of which that is known.
    pub(super) led: BTreeSet<usize>,
    /// How many strays there are.
    pub(super) strays: usize,
    /// The resources that are given a thing and do with it what is not in view.
    pub(super) given: BTreeMap<usize, BTreeSet<usize>>,
}

/// A resource that adds to something that cannot be told.
#[derive(Clone)]
pub(super) struct Stray {
    /// Its place among the items.
    pub(super) index: usize,
    /// Why it cannot be told, and where it should stand.
    pub(super) reason: String,
    pub(super) origin: Origin,
    /// What is known of the name.
    pub(super) named: Option<Node>,
    /// How many strays were found before it.
    pub(super) order: usize,
}

/// The document in which an address or a parameter means the group; none where the account knows the group.
pub(super) type Place = Option<usize>;

/// What stands in each group.
#[derive(Default)]
pub(super) struct Wearers {
    pub(super) by_group: BTreeMap<(Place, Identity), Vec<usize>>,
    /// What stands in a group that cannot be told, by its document.
    pub(super) astray: BTreeMap<usize, Vec<Astray>>,
}

/// What stands in a group that cannot be told.
pub(super) struct Astray {
    pub(super) index: usize,
    pub(super) reason: String,
    /// The resource that the group is taken from, where it can only be one that this was given.
    pub(super) through: Option<usize>,
}

/// The roles of which a policy allows to connect, by the proxies that it can mean.
#[derive(Default)]
pub(super) struct Connecting {
    /// To whichever proxy.
    pub(super) any: BTreeSet<Handle>,
    /// To the one of this id or at this address.
    pub(super) one: BTreeMap<String, BTreeSet<Handle>>,
}
