//! A module in one of its uses, the call that makes it, and the instances of what it declares.

use super::terragrunt::unit::UnitConfig;
use crate::language::resource::Node;
/// A folder in one of its uses.
#[derive(Clone, Debug)]
pub(super) struct Module {
    pub(super) folder: String,
    /// What its addresses begin with: empty, or ending in a dot.
    pub(super) prefix: String,
    pub(super) caller: Option<Caller>,
    /// Which configuration of Terragrunt it stands for; none for a folder.
    pub(super) config: Option<UnitConfig>,
}

/// The call that makes a module.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    pub(super) module: usize,
    pub(super) name: String,
    pub(super) key: InstanceKey,
}

/// Which of the instances that `count` or `for_each` make.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum InstanceKey {
    /// There is neither.
    Only,
    /// `count`.
    Index(usize),
    /// `for_each`.
    Text(String, Box<Node>),
    /// How many there are cannot be told: this one stands for all. The argument's name, and why.
    Any(&'static str, String),
}

/// What `count` or `for_each` make of a block.
#[derive(Clone, Debug)]
pub(super) struct Expansion {
    pub(super) keys: Vec<InstanceKey>,
    /// True where references need no key.
    pub(super) single: bool,
    /// True for `count`, whose instances make a list.
    pub(super) list: bool,
    /// Why the keys could not be worked out.
    pub(super) unknown: Option<String>,
}

/// One instance of a resource.
#[derive(Clone, Debug)]
pub(super) struct ResourceInstance {
    pub(super) module: usize,
    /// The name in the folder.
    pub(super) resource: String,
    pub(super) key: InstanceKey,
}

impl InstanceKey {
    /// How it stands in an address.
    pub(super) fn suffix(&self) -> String {
        match self {
            Self::Only | Self::Any(ENABLED, _) => String::new(),
            Self::Index(index) => format!("[{index}]"),
            Self::Text(key, _) => format!("[{key:?}]"),
            Self::Any(..) => "[*]".to_owned(),
        }
    }
}

/// The argument of `lifecycle` that says whether there is one.
pub(super) const ENABLED: &str = "enabled";
