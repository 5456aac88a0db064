//! The kinds of resource that hold a policy.

/// The holder of a policy, which implies some of its elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::domain::facts) enum PolicyHolder {
    /// A role's permissions, which name their resources.
    Role,
    /// A role's trust policy, which names who may assume it.
    Trust,
    /// A secret, whose policy has the secret itself as its only resource.
    Secret,
    /// A key, whose policy has the key itself as its only resource.
    Key,
}

impl PolicyHolder {
    /// Returns the wildcard for all actions of the holder's service, which equals `*` in its policy; `None` for a role,
    /// whose policies span services.
    pub(super) fn service(self) -> Option<&'static str> {
        match self {
            Self::Role => None,
            Self::Trust => Some("sts:*"),
            Self::Secret => Some("secretsmanager:*"),
            Self::Key => Some("kms:*"),
        }
    }
}
