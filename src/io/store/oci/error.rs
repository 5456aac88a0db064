//! Errors of registries. Text from a registry is quoted, with control characters already made visible.

use thiserror::Error;

/// The reason a registry does not provide or accept a pack.
#[derive(Debug, Error)]
pub enum OciError {
    /// This build does not include a registry client.
    #[error(
        "this build of rdsproxy-gen cannot reach a registry: install it with its default features"
    )]
    NotBuilt,
    /// The host cannot be reached.
    #[error("{host} cannot be reached: {why}")]
    Unreachable {
        /// The host of the registry.
        host: String,
        /// The error of the network layer.
        why: String,
    },
    /// An answer exceeded its time limit.
    #[error("{host} does not send {what}: it was waited for {seconds} s")]
    TooSlow {
        /// The host of the registry.
        host: String,
        /// A phrase for the content that was requested.
        what: String,
        /// The total time spent on all requests, in seconds.
        seconds: u64,
    },
    /// The registry requires credentials, or denies the access.
    #[error(
        "{host} does not permit it{said}: `docker login {host}` keeps credentials where they are found"
    )]
    Denied {
        /// The host of the registry.
        host: String,
        /// The registry's own message in parentheses; may be empty.
        said: String,
    },
    /// The registry wants its credentials to be sent to a host of another domain.
    #[error(
        "{host} asks for its credentials to be sent to {realm}, which is not of its own domain: nothing was sent; where that is right, [[registries]] of your trust file says so, with host = {host:?} and realms = [{realm:?}]"
    )]
    Stranger {
        /// The host of the registry.
        host: String,
        /// The host that the credentials would go to.
        realm: String,
    },
    /// The credentials cannot be read.
    #[error("the credentials for {host} cannot be read: {why}")]
    Credentials {
        /// The host of the registry.
        host: String,
        /// The reason they cannot be read.
        why: String,
    },
    /// The registry answers with an unexpected status.
    #[error("{host} answers with {status}{said}")]
    Refused {
        /// The host of the registry.
        host: String,
        /// The HTTP status code.
        status: u16,
        /// The registry's own message in parentheses; may be empty.
        said: String,
    },
    /// The host does not follow the specification of registries.
    #[error("{host} does not answer as a registry does: {why}")]
    NotARegistry {
        /// The host of the registry.
        host: String,
        /// A description of the violation.
        why: String,
    },
    /// The repository or the version does not exist.
    #[error("{0} is not there; `rdsproxy-gen pack list` tells what is")]
    Absent(String),
    /// The artifact is not a valid pack.
    #[error("{from} is not a pack: {why}")]
    NotAPack {
        /// The reference of the artifact.
        from: String,
        /// The reason it is not a pack.
        why: String,
    },
    /// An answer exceeds its size limit.
    #[error("{host} sends more than {most} bytes for {what}")]
    TooLarge {
        /// The host of the registry.
        host: String,
        /// A phrase for the content that was requested.
        what: String,
        /// The limit in bytes.
        most: u64,
    },
    /// A download is truncated.
    #[error("the download of {what} from {host} is cut off: {why}")]
    Truncated {
        /// The host of the registry.
        host: String,
        /// A phrase for the content that was requested.
        what: String,
        /// The evidence for the truncation.
        why: String,
    },
    /// The content does not have the digest that was requested.
    #[error(
        "{host} was asked for {expected} and gave {found}: what it holds was changed, or it lies"
    )]
    Lie {
        /// The host of the registry.
        host: String,
        /// The digest that was requested.
        expected: String,
        /// The digest of what was received.
        found: String,
    },
    /// The registry has a newer list of yanked versions.
    #[error(
        "the list of yanked versions at {from} is number {there}, and this one is not newer: `rdsproxy-gen pack pull` brings that one, and `pack yank` raises its number"
    )]
    OlderList {
        /// The reference of the list.
        from: String,
        /// The sequence number of the registry's list.
        there: u64,
    },
    /// The version exists with different content.
    #[error(
        "{from} is there already, and is {there}: a version that was published never changes, and this one is {here}"
    )]
    Taken {
        /// The reference of the version.
        from: String,
        /// The digest in the registry.
        there: String,
        /// The digest of the pack to be published.
        here: String,
    },
}

impl OciError {
    /// True if the machine, the network or the registry is at fault, not the request.
    pub fn is_of_the_machine(&self) -> bool {
        match self {
            Self::NotBuilt
            | Self::Unreachable { .. }
            | Self::TooSlow { .. }
            | Self::Denied { .. }
            | Self::Stranger { .. }
            | Self::Credentials { .. }
            | Self::Refused { .. }
            | Self::NotARegistry { .. }
            | Self::TooLarge { .. }
            | Self::Truncated { .. }
            | Self::Lie { .. } => true,
            Self::Absent(_)
            | Self::NotAPack { .. }
            | Self::OlderList { .. }
            | Self::Taken { .. } => false,
        }
    }
}
