//! Errors that prevent reading an account at all.

use thiserror::Error;

/// The reason the account cannot be read at all.
#[derive(Debug, Error)]
pub enum AwsError {
    /// This build does not include AWS support.
    #[error(
        "this build of rdsproxy-gen cannot read an account: install it with its default features, or use --snapshot FILE"
    )]
    NotBuilt,
    /// No region is configured.
    #[error(
        "no region is set: give --region, set AWS_REGION, or put `region` into the profile of ~/.aws/config"
    )]
    NoRegion,
    /// No credentials were found in any place.
    #[error(
        "no AWS credentials were found ({reason}): sign in (`aws sso login`, `aws configure`), set AWS_PROFILE or give --profile"
    )]
    NoCredentials {
        /// The message of the last place that was tried.
        reason: String,
    },
    /// Credentials were found, but cannot be loaded.
    #[error(
        "the AWS credentials cannot be loaded ({reason}): check the name of the profile and sign in again (`aws sso login`)"
    )]
    BadCredentials {
        /// The message of the credentials provider.
        reason: String,
    },
    /// AWS rejects the credentials.
    #[error(
        "AWS does not accept the credentials ({reason}): they may have expired; sign in again, and check the clock of this machine"
    )]
    Rejected {
        /// The message of STS.
        reason: String,
    },
    /// AWS cannot be reached.
    #[error(
        "AWS cannot be reached in {region} ({reason}): check the region's name, the network and the proxy settings"
    )]
    Unreachable {
        /// The region of the request.
        region: String,
        /// A description of the failure.
        reason: String,
    },
    /// AWS does not report which account the credentials belong to.
    #[error("nothing can be read: {what} ({reason}); {advice}")]
    NoIdentity {
        /// A description of the failure.
        what: String,
        /// The message of the service.
        reason: String,
        /// A suggestion for the user.
        advice: String,
    },
    /// The time limit passed before AWS answered at all.
    #[error("AWS did not answer in the time that --timeout gives")]
    Late,
    /// The snapshot to continue from belongs to another account or region.
    #[error("{0}")]
    OtherAccount(String),
    /// The reader ended without a result. A bug in this tool.
    #[error("the reader of the account has stopped")]
    Stopped,
    /// The operating system cannot provide the resources for the reader.
    #[error("the reader cannot start")]
    Runtime(#[source] std::io::Error),
}
