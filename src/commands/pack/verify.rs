//! `pack verify`: its arguments.

use clap::Args;

use crate::app::pack::verify::{self, PackVerifyRequest};
use crate::app::{CommandError, Outcome};
use crate::commands::packs::TrustArgs;

/// Show who signed a pack and whether they are trusted. Exits with 2 if they are not, or if nobody signed it.
#[derive(Debug, Args)]
pub(super) struct PackVerifyArgs {
    /// The pack: a folder, or an archive file.
    pack: String,
    /// Trust this public key for any pack, and no other: a file, or the line that begins with RW.
    #[arg(long, value_name = "PUBLIC KEY", conflicts_with = "trust")]
    key: Option<String>,
    #[command(flatten)]
    trust: TrustArgs,
}

impl PackVerifyArgs {
    /// Returns the arguments as a request.
    fn request(&self) -> PackVerifyRequest {
        PackVerifyRequest {
            pack: self.pack.clone(),
            key: self.key.clone(),
            trust: self.trust.request(),
        }
    }
}

/// Verifies the pack and prints the result.
pub(super) fn run(args: &PackVerifyArgs) -> Result<Outcome, CommandError> {
    verify::run(&args.request())
}
