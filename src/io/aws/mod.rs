//! Reads a live account, without changing it. The SDK is behind the feature `aws`; none of its types leaves this
//! module.

#[cfg(feature = "aws")]
mod bounds;
#[cfg(feature = "aws")]
mod causes;
#[cfg(feature = "aws")]
mod choices;
#[cfg(feature = "aws")]
mod collect;
#[cfg(feature = "aws")]
mod databases;
#[cfg(feature = "aws")]
mod earlier;
pub(super) mod error;
#[cfg(feature = "aws")]
mod functions;
#[cfg(feature = "aws")]
mod keys;
#[cfg(feature = "aws")]
mod lanes;
#[cfg(feature = "aws")]
mod limiter;
#[cfg(feature = "aws")]
mod metrics;
#[cfg(feature = "aws")]
mod network;
#[cfg(feature = "aws")]
mod parameters;
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

pub use self::error::AwsError;
#[cfg(feature = "aws")]
use self::limiter::Limiter;
#[cfg(feature = "aws")]
use super::account::arriving::AccountFeed;
use super::account::arriving::Arriving;
#[cfg(feature = "aws")]
use super::account::options::AccountScope;
use super::account::options::LiveOptions;
#[cfg(feature = "aws")]
use crate::domain::snapshot::{AccountPart, Snapshot};

/// Starts to read the account, in parts if the scope is read in parts.
///
/// # Errors
/// If nothing can be read: no credentials, no region, no network.
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
fn read(options: &LiveOptions, reader: &AccountFeed) -> Result<(), AwsError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(AwsError::Runtime)?;
    runtime.block_on(async {
        let limiter = Limiter::open(options.patience, std::sync::Arc::clone(&reader.progress));
        let session = limiter
            .in_time(session::connect(options, limiter.lanes()))
            .await;
        let session = session.unwrap_or(Err(AwsError::Late))?;
        is_of(&session, options.earlier.as_deref())?;
        match options.scope {
            AccountScope::Choices => choices::read(session, &limiter, reader).await,
            AccountScope::Everything | AccountScope::Proxies => {
                let snapshot = collect::read(&session, &limiter, options).await;
                reader.tell(Ok((AccountPart::Lists, snapshot)));
            }
        }
        Ok(())
    })
}

/// Checks that an earlier snapshot belongs to the same account and region.
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

/// Reports that this build cannot read an account.
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
