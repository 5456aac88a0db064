//! Why an account cannot be read at all.

use thiserror::Error;

/// Why the account cannot be read at all.
#[derive(Debug, Error)]
pub enum AwsError {
    /// This build has no AWS support.
    #[error(
        "this build of rdsproxy-gen cannot read an account: install it with its default features, or use --snapshot FILE"
    )]
    NotBuilt,
    /// Nobody says which region.
    #[error(
        "no region is set: give --region, set AWS_REGION, or put `region` into the profile of ~/.aws/config"
    )]
    NoRegion,
    /// There are no credentials anywhere.
    #[error(
        "no AWS credentials were found ({reason}): sign in (`aws sso login`, `aws configure`), set AWS_PROFILE or give --profile"
    )]
    NoCredentials {
        /// What the last place said.
        reason: String,
    },
    /// There are credentials, and they cannot be loaded.
    #[error(
        "the AWS credentials cannot be loaded ({reason}): check the name of the profile and sign in again (`aws sso login`)"
    )]
    BadCredentials {
        /// What the provider said.
        reason: String,
    },
    /// AWS does not accept them.
    #[error(
        "AWS does not accept the credentials ({reason}): they may have expired; sign in again, and check the clock of this machine"
    )]
    Rejected {
        /// What STS said.
        reason: String,
    },
    /// AWS did not answer.
    #[error(
        "AWS cannot be reached in {region} ({reason}): check the region's name, the network and the proxy settings"
    )]
    Unreachable {
        /// The region that was asked.
        region: String,
        /// What happened.
        reason: String,
    },
    /// AWS does not say whose the credentials are.
    #[error("nothing can be read: {what} ({reason}); {advice}")]
    NoIdentity {
        /// What happened.
        what: String,
        /// What the service said.
        reason: String,
        /// What to do.
        advice: String,
    },
    /// The time was over before AWS answered at all.
    #[error("AWS did not answer in the time that --timeout gives")]
    Late,
    /// A snapshot to go on from is one of something else.
    #[error("{0}")]
    OtherAccount(String),
    /// The reader has ended without a word: a fault of this tool.
    #[error("the reader of the account has stopped")]
    Stopped,
    /// The operating system refused what a reader needs.
    #[error("the reader cannot start")]
    Runtime(#[source] std::io::Error),
}
