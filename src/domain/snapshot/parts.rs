//! The stages in which an account is read, so that a question waits only for the data it needs.

use std::collections::BTreeSet;
use std::fmt::Debug;

use super::Snapshot;

/// The stages in which an account is read. Each stage includes those before it. Fields of a later stage are still
/// empty, which does not mean that the account has no such resources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AccountPart {
    /// The networks, the databases and the proxies' targets, which the first question needs.
    Databases,
    /// In addition, the parameter groups of the databases.
    Settings,
    /// In addition, all lists; policies are read only for chosen resources.
    Lists,
}

/// The resources that the user has chosen: their policies are worth one call each, others are not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chosen {
    /// The ARNs of the chosen secrets.
    pub secrets: BTreeSet<String>,
}

/// An account that is read in stages, on demand.
pub trait Account: Debug {
    /// Returns the account up to this stage; blocks until the stage has been read.
    fn upto(&self, part: AccountPart) -> &Snapshot;
}

// A snapshot is complete, whatever the stage.
impl Account for Snapshot {
    fn upto(&self, _: AccountPart) -> &Snapshot {
        self
    }
}
