//! The live account, read only. The SDK stands behind the feature `aws`; no type of it leaves this folder.

#[cfg(feature = "aws")]
mod bounds;
#[cfg(feature = "aws")]
mod causes;
#[cfg(feature = "aws")]
mod choices;
#[cfg(feature = "aws")]
mod databases;
#[cfg(feature = "aws")]
mod desk;
#[cfg(feature = "aws")]
mod earlier;
#[cfg(feature = "aws")]
mod functions;
#[cfg(feature = "aws")]
mod keys;
#[cfg(feature = "aws")]
mod lanes;
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
use super::world::{Arriving, LiveOptions};
#[cfg(feature = "aws")]
use super::world::{Reader, Scope};
#[cfg(feature = "aws")]
use crate::domain::snapshot::{Part, Snapshot};

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

/// Begins to read the account, in parts where its scope has any.
///
/// # Errors
/// When nothing can be read: no credentials, no region, no network.
#[cfg(feature = "aws")]
pub fn open_account(options: &LiveOptions) -> Result<Arriving, AwsError> {
    let options = options.clone();
    Arriving::begin(move |reader| {
        if let Err(error) = read(&options, reader) {
            reader.tell(Err(error));
        }
    })
}

#[cfg(feature = "aws")]
fn read(options: &LiveOptions, reader: &Reader) -> Result<(), AwsError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(AwsError::Runtime)?;
    runtime.block_on(async {
        let desk = Desk::open(options.patience, std::sync::Arc::clone(&reader.progress));
        let session = desk.in_time(session::connect(options, desk.lanes())).await;
        let session = session.unwrap_or(Err(AwsError::Late))?;
        is_of(&session, options.earlier.as_deref())?;
        match options.scope {
            Scope::Choices => choices::read(session, &desk, reader).await,
            Scope::Everything | Scope::Proxies => {
                let snapshot = pass::read(&session, &desk, options).await;
                reader.tell(Ok((Part::Lists, snapshot)));
            }
        }
        Ok(())
    })
}

/// An earlier snapshot says nothing of another account.
#[cfg(feature = "aws")]
fn is_of(session: &session::Session, earlier: Option<&Snapshot>) -> Result<(), AwsError> {
    let here = (session.account_id.as_str(), session.region.as_str());
    match earlier.map(|seen| (seen.account_id.as_str(), seen.region.as_str())) {
        Some((account, region)) if (account, region) != here => {
            Err(AwsError::OtherAccount(format!(
                "the snapshot to go on from is of account {account} in {region}, and the credentials are of {} in {}",
                here.0, here.1
            )))
        }
        _ => Ok(()),
    }
}

/// Says that this build cannot read an account.
///
/// # Errors
/// Always.
#[cfg(not(feature = "aws"))]
pub fn open_account(options: &LiveOptions) -> Result<Arriving, AwsError> {
    let LiveOptions {
        region: _,
        profile: _,
        scope: _,
        patience: _,
        earlier: _,
    } = options;
    Err(AwsError::NotBuilt)
}
