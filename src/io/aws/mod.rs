//! The live account, read only. The SDK stands behind the feature `aws`; no type of it leaves this folder.

use thiserror::Error;

use super::world::LiveOptions;
use crate::domain::snapshot::Snapshot;

/// Why the account cannot be read at all.
#[derive(Debug, Error)]
pub enum AwsError {
    /// Nothing here reads an account, with the feature `aws` or without it: installing again would not help.
    #[error(
        "this version of rdsproxy-gen cannot read a live account: use --snapshot FILE, or --demo for the built-in sample"
    )]
    NotBuilt,
}

/// Reads the account: everything that the permissions show.
///
/// # Errors
/// When nothing can be read: no credentials, no region, no network.
pub fn read_account(options: &LiveOptions) -> Result<Snapshot, AwsError> {
    let LiveOptions {
        region: _,
        profile: _,
    } = options;
    Err(AwsError::NotBuilt)
}
