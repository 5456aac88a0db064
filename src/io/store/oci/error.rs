//! Why a registry gives or takes no pack. What a registry said is quoted, and was made visible before.

use thiserror::Error;

/// Why a registry gives or takes no pack.
#[derive(Debug, Error)]
pub enum OciError {
    /// This build has no client.
    #[error(
        "this build of rdsproxy-gen cannot reach a registry: install it with its default features"
    )]
    NotBuilt,
    /// Nobody answers.
    #[error("{host} cannot be reached: {why}")]
    Unreachable {
        /// The registry.
        host: String,
        /// What the network said.
        why: String,
    },
    /// It was waited for, and did not come.
    #[error("{host} does not send {what}: it was waited for {seconds} s")]
    TooSlow {
        /// The registry.
        host: String,
        /// What.
        what: String,
        /// How long, for all that it was asked.
        seconds: u64,
    },
    /// It wants to know who asks, or does not permit it.
    #[error(
        "{host} does not permit it{said}: `docker login {host}` keeps credentials where they are found"
    )]
    Denied {
        /// The registry.
        host: String,
        /// What it said.
        said: String,
    },
    /// It asks for credentials to be sent to somebody else.
    #[error(
        "{host} asks for its credentials to be sent to {realm}, which is not of its own domain: nothing was sent; where that is right, [[registries]] of your trust file says so, with host = {host:?} and realms = [{realm:?}]"
    )]
    Stranger {
        /// The registry.
        host: String,
        /// Where to.
        realm: String,
    },
    /// The credentials cannot be had.
    #[error("the credentials for {host} cannot be read: {why}")]
    Credentials {
        /// The registry.
        host: String,
        /// Why.
        why: String,
    },
    /// It answers with something else.
    #[error("{host} answers with {status}{said}")]
    Refused {
        /// The registry.
        host: String,
        /// The status of HTTP.
        status: u16,
        /// What it said.
        said: String,
    },
    /// It does not do what the specification says.
    #[error("{host} does not answer as a registry does: {why}")]
    NotARegistry {
        /// The registry.
        host: String,
        /// What is wrong with it.
        why: String,
    },
    /// The repository or the version is not there.
    #[error("{0} is not there; `rdsproxy-gen pack list` tells what is")]
    Absent(String),
    /// Something else is there.
    #[error("{from} is not a pack: {why}")]
    NotAPack {
        /// The reference.
        from: String,
        /// What it is.
        why: String,
    },
    /// It is too large.
    #[error("{host} sends more than {most} bytes for {what}")]
    TooLarge {
        /// The registry.
        host: String,
        /// Of what.
        what: String,
        /// The limit.
        most: u64,
    },
    /// It is cut off.
    #[error("the download of {what} from {host} is cut off: {why}")]
    Truncated {
        /// The registry.
        host: String,
        /// Of what.
        what: String,
        /// How that is known.
        why: String,
    },
    /// It gives something else than what was asked for.
    #[error(
        "{host} was asked for {expected} and gave {found}: what it holds was changed, or it lies"
    )]
    Lie {
        /// The registry.
        host: String,
        /// The digest that was asked for.
        expected: String,
        /// The digest of what came.
        found: String,
    },
    /// A newer list of yanked versions is there.
    #[error(
        "the list of yanked versions at {from} is number {there}, and this one is not newer: `rdsproxy-gen pack pull` brings that one, and `pack yank` raises its number"
    )]
    OlderList {
        /// The reference.
        from: String,
        /// The number of the one that is there.
        there: u64,
    },
    /// A version is there, with another content.
    #[error(
        "{from} is there already, and is {there}: a version that was published never changes, and this one is {here}"
    )]
    Taken {
        /// The reference.
        from: String,
        /// What is there.
        there: String,
        /// What was to be published.
        here: String,
    },
}

impl OciError {
    /// Whether the machine, the network or the registry is at fault, and not what was asked for.
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
