//! A use of a module, the call that creates it, and the instances of its declarations.

use super::terragrunt::unit::UnitConfig;
use crate::language::resource::Node;
/// One use of a folder as a module.
#[derive(Clone, Debug)]
pub(super) struct Module {
    pub(super) folder: String,
    /// The prefix of its addresses: empty, or ending in a dot.
    pub(super) prefix: String,
    pub(super) caller: Option<Caller>,
    /// The Terragrunt configuration that it represents; `None` for a folder.
    pub(super) config: Option<UnitConfig>,
}

/// The call that creates a module.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    pub(super) module: usize,
    pub(super) name: String,
    pub(super) key: InstanceKey,
}

/// The key of an instance that `count` or `for_each` creates.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum InstanceKey {
    /// The block has neither `count` nor `for_each`.
    Only,
    /// The index of `count`.
    Index(usize),
    /// The key and value of `for_each`.
    Text(String, Box<Node>),
    /// One instance that represents all, because their number is unknown: the name of the argument, and the reason.
    Any(&'static str, String),
}

/// The instances that `count` or `for_each` creates from a block.
#[derive(Clone, Debug)]
pub(super) struct Expansion {
    pub(super) keys: Vec<InstanceKey>,
    /// True if references need no key.
    pub(super) single: bool,
    /// True for `count`, whose instances form a list.
    pub(super) list: bool,
    /// The reason why the keys are unknown.
    pub(super) unknown: Option<String>,
}

/// One instance of a resource.
#[derive(Clone, Debug)]
pub(super) struct ResourceInstance {
    pub(super) module: usize,
    /// The name in its folder, such as `aws_x.y`.
    pub(super) resource: String,
    pub(super) key: InstanceKey,
}

impl InstanceKey {
    /// Returns the suffix of an address, such as `["a"]`.
    pub(super) fn suffix(&self) -> String {
        match self {
            Self::Only | Self::Any(ENABLED, _) => String::new(),
            Self::Index(index) => format!("[{index}]"),
            Self::Text(key, _) => format!("[{key:?}]"),
            Self::Any(..) => "[*]".to_owned(),
        }
    }
}

/// The argument of `lifecycle` that creates one instance or none.
pub(super) const ENABLED: &str = "enabled";
