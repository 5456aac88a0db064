//! `pack sign`: its arguments.

use std::path::PathBuf;

use clap::Args;

use super::password::KeyArgs;
use crate::app::pack::sign::{self, PackSignRequest};
use crate::app::{CommandError, Outcome};
use crate::commands::packs::TrustArgs;

/// Sign a pack, an archive or a folder, with a minisign key.
#[derive(Debug, Args)]
pub(super) struct PackSignArgs {
    /// The archive created by `pack build`, or the pack's folder.
    pack: PathBuf,
    #[command(flatten)]
    key: KeyArgs,
    #[command(flatten)]
    trust: TrustArgs,
}

impl PackSignArgs {
    /// Returns the arguments as a request.
    fn request(&self) -> PackSignRequest {
        PackSignRequest {
            pack: self.pack.clone(),
            key: self.key.request(),
            trust: self.trust.request(),
        }
    }
}

/// Signs the pack.
pub(super) fn run(args: &PackSignArgs) -> Result<Outcome, CommandError> {
    sign::run(&args.request())
}
