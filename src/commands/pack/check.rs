//! `pack check`: its arguments.

use std::path::PathBuf;

use clap::Args;

use crate::app::pack::check::{self, PackCheckRequest};
use crate::app::{CommandError, Outcome};
use crate::commands::packs::TrustArgs;

/// Prove a pack: render every sample, read it back, judge it by every rule and compare it with the expected output.
#[derive(Debug, Args)]
pub(super) struct PackCheckArgs {
    /// The pack: its folder, or its archive.
    #[arg(default_value = ".", value_name = "DIR|ARCHIVE")]
    dir: PathBuf,
    /// Accept the samples' current output as the expected output.
    #[arg(long)]
    accept: bool,
    /// Resource type that users of the pack allow in their rdsproxy-trust.toml, such as `aws_cloudwatch_dashboard`.
    #[arg(long, value_name = "TYPE")]
    allow: Vec<String>,
    #[command(flatten)]
    trust: TrustArgs,
}

impl PackCheckArgs {
    /// Returns the arguments as a request.
    fn request(&self) -> PackCheckRequest {
        PackCheckRequest {
            dir: self.dir.clone(),
            accept: self.accept,
            allow: self.allow.clone(),
            trust: self.trust.request(),
        }
    }
}

/// Proves the pack and prints what its samples change.
pub(super) fn run(args: &PackCheckArgs) -> Result<Outcome, CommandError> {
    check::run(&args.request())
}
