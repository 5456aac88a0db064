//! `pack yank`: its arguments.

use std::path::PathBuf;

use clap::Args;
use semver::Version;

use super::password::KeyArgs;
use crate::app::pack::yank::{self, PackYankRequest};
use crate::app::{CommandError, Outcome};

/// Mark a version of a pack as no longer to be used, in yanked.toml beside the archives or in the pack's folder.
///
/// The list is valid for 180 days. --renew extends that, even if no version was yanked.
#[derive(Debug, Args)]
pub(super) struct PackYankArgs {
    /// The pack's name.
    name: String,
    /// The version.
    #[arg(
        id = "yanked",
        value_name = "VERSION",
        required_unless_present = "renew",
        conflicts_with = "renew"
    )]
    version: Option<Version>,
    /// Reason, shown to users of the version.
    #[arg(long, value_name = "TEXT", required_unless_present_any = ["undo", "renew"])]
    reason: Option<String>,
    /// Remove the version from the list.
    #[arg(long, conflicts_with = "reason")]
    undo: bool,
    /// Renew the validity of the list and change nothing else.
    #[arg(long, conflicts_with_all = ["reason", "undo"])]
    renew: bool,
    /// Validity of the list, in days.
    #[arg(long, value_name = "DAYS", default_value_t = 180, value_parser = clap::value_parser!(u16).range(1..=730))]
    valid: u16,
    /// The folder of the list.
    #[arg(long, value_name = "DIR", default_value = ".")]
    dir: PathBuf,
    #[command(flatten)]
    key: KeyArgs,
}

impl PackYankArgs {
    /// Returns the arguments as a request.
    fn request(&self) -> PackYankRequest {
        PackYankRequest {
            name: self.name.clone(),
            version: self.version.clone(),
            reason: self.reason.clone(),
            undo: self.undo,
            valid: self.valid,
            dir: self.dir.clone(),
            key: self.key.request(),
        }
    }
}

/// Changes or renews the list.
pub(super) fn run(args: &PackYankArgs) -> Result<Outcome, CommandError> {
    yank::run(&args.request())
}
