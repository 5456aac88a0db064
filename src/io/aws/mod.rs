//! The live account, read only. The SDK stands behind the feature `aws`; no type of it leaves this folder.

#[cfg(feature = "aws")]
mod bounds;
#[cfg(feature = "aws")]
mod causes;
#[cfg(feature = "aws")]
mod databases;
#[cfg(feature = "aws")]
mod desk;
#[cfg(feature = "aws")]
mod functions;
#[cfg(feature = "aws")]
mod keys;
#[cfg(feature = "aws")]
mod metrics;
#[cfg(feature = "aws")]
mod network;
#[cfg(feature = "aws")]
mod parameters;
#[cfg(feature = "aws")]
mod pass;
#[cfg(feature = "aws")]
mod policies;
#[cfg(feature = "aws")]
mod proxies;
#[cfg(feature = "aws")]
mod roles;
#[cfg(feature = "aws")]
mod secrets;
#[cfg(feature = "aws")]
mod session;

use thiserror::Error;

#[cfg(feature = "aws")]
use self::desk::Desk;
use super::world::LiveOptions;
use crate::domain::snapshot::Snapshot;

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
    /// The operating system refused what a reader needs.
    #[error("the reader cannot start")]
    Runtime(#[source] std::io::Error),
}

/// Reads the account: everything that the permissions show.
///
/// # Errors
/// When nothing can be read: no credentials, no region, no network.
#[cfg(feature = "aws")]
pub fn read_account(options: &LiveOptions) -> Result<Snapshot, AwsError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(AwsError::Runtime)?;
    let waiting = waiting();
    let snapshot = runtime.block_on(async {
        let desk = Desk::open(options.patience, waiting.clone());
        let session = desk.in_time(session::connect(options)).await;
        let session = session.unwrap_or(Err(AwsError::Late))?;
        Ok(pass::read(&session, &desk, options.scope).await)
    });
    waiting.finish_and_clear();
    snapshot
}

/// A sign of life while AWS answers. It draws on standard error, and nothing where that is no terminal.
#[cfg(feature = "aws")]
fn waiting() -> indicatif::ProgressBar {
    let waiting = indicatif::ProgressBar::new_spinner().with_message("reading the account");
    waiting.enable_steady_tick(std::time::Duration::from_millis(100));
    waiting
}

/// Says that this build cannot read an account.
///
/// # Errors
/// Always.
#[cfg(not(feature = "aws"))]
pub fn read_account(options: &LiveOptions) -> Result<Snapshot, AwsError> {
    let LiveOptions {
        region: _,
        profile: _,
        scope: _,
        patience: _,
    } = options;
    Err(AwsError::NotBuilt)
}
