//! Whose policy is compared.

/// Whose policy it is, where that lets something go without saying.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::domain::facts) enum PolicyHolder {
    /// A role: it names resources.
    Role,
    /// A role, as far as it says who may be it.
    Trust,
    /// A secret: every resource is the secret itself.
    Secret,
    /// A key: every resource is the key itself.
    Key,
}

impl PolicyHolder {
    /// All actions of the service whose actions all actions are.
    pub(super) fn service(self) -> Option<&'static str> {
        match self {
            Self::Role => None,
            Self::Trust => Some("sts:*"),
            Self::Secret => Some("secretsmanager:*"),
            Self::Key => Some("kms:*"),
        }
    }
}
