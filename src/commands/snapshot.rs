//! `snapshot`: its arguments.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use clap::builder::PossibleValuesParser;

use super::account::PATIENCE;
use crate::app::snapshot::{self, SnapshotRequest};
use crate::app::{CommandError, Outcome};
use crate::domain::calls::READERS;

/// Save an account as JSON; read-only, and without secret values.
#[derive(Debug, Args)]
pub struct SnapshotArgs {
    /// Region [default: AWS_REGION, or the region of the profile].
    #[arg(long)]
    region: Option<String>,
    /// Profile [default: AWS_PROFILE].
    #[arg(long)]
    profile: Option<String>,
    /// Time limit for reading, in seconds; whatever was not read is reported.
    #[arg(long, value_name = "SECONDS", default_value_t = PATIENCE)]
    timeout: u64,
    /// Write to this file instead of standard output.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Continue a snapshot that was cut off or throttled: policies, roles, keys and parameter groups in it are not read
    /// again.
    #[arg(long, value_name = "FILE", conflicts_with = "print_policy")]
    resume: Option<PathBuf>,
    /// Print the least IAM policy that this needs instead, as JSON. Reads no account.
    #[arg(long, conflicts_with_all = ["region", "profile"])]
    print_policy: bool,
    /// The policy for another command.
    #[arg(long = "for", value_name = "COMMAND", requires = "print_policy", default_value = "snapshot", value_parser = commands())]
    reader: String,
}

fn commands() -> PossibleValuesParser {
    PossibleValuesParser::new(READERS.iter().map(|(name, _)| *name))
}

/// Saves the account, or prints the IAM policy that this needs.
///
/// # Errors
/// Those of [`snapshot::run`].
pub fn run(args: &SnapshotArgs) -> Result<Outcome, CommandError> {
    snapshot::run(&SnapshotRequest {
        region: args.region.clone(),
        profile: args.profile.clone(),
        patience: Duration::from_secs(args.timeout),
        output: args.output.clone(),
        resume: args.resume.clone(),
        policy_of: args.print_policy.then(|| args.reader.clone()),
    })
}
