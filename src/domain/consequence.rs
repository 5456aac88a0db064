//! What a change does once it is deployed, beyond changing a resource in place.

/// What a change comes to once it is deployed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ConsequenceKind {
    /// The resource is deleted and made anew.
    Replaces,
    /// A password is generated that the database does not know.
    NewPassword,
}

impl ConsequenceKind {
    /// Returns the kind as a keyword for programs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Replaces => "replaces",
            Self::NewPassword => "new password",
        }
    }
}

/// A change that does more than change a resource in place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Consequence {
    /// What it comes to.
    pub kind: ConsequenceKind,
    /// The resource: `module.proxy.aws_db_proxy.this`, `Proxy`.
    pub address: String,
    /// The type of the resource.
    pub resource: String,
    /// The attribute that changes.
    pub attribute: &'static str,
}
