//! How far an account has been read: whoever asks for something waits only for what the question is about.

use std::collections::BTreeSet;
use std::fmt::Debug;

use super::Snapshot;

/// How far an account has been read. Each part holds all before it; what belongs to a later one is empty, and says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AccountPart {
    /// Networks, databases, and which proxy stands before which: what the first question is about.
    Databases,
    /// The parameter groups of the databases too.
    Settings,
    /// All lists. Of things that nobody has chosen no policy.
    Lists,
}

/// What of an account was chosen: only its policies are worth a call each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chosen {
    /// The ARNs of the secrets.
    pub secrets: BTreeSet<String>,
}

/// An account that is read as far as somebody asks for it.
pub trait Account: Debug {
    /// The account up to this part, once it is read.
    fn upto(&self, part: AccountPart) -> &Snapshot;
}

/// One that was read before.
impl Account for Snapshot {
    fn upto(&self, _: AccountPart) -> &Snapshot {
        self
    }
}
