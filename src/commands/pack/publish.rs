//! `pack publish`: its arguments.

use clap::Args;

use crate::app::pack::publish::{self, PackPublishRequest};
use crate::app::{CommandError, Outcome};
use crate::commands::packs::TrustArgs;

/// Publish a version to a registry. A version that exists never changes.
///
/// Signatures and the list of yanked versions may be added later, by publishing the same pack again.
#[derive(Debug, Args)]
pub(super) struct PackPublishArgs {
    /// The archive created by `pack build`, or the pack's folder.
    pack: String,
    /// Where to: oci://HOST/REPOSITORY. The tag is the version.
    #[arg(value_name = "oci://HOST/REPOSITORY")]
    place: String,
    #[command(flatten)]
    trust: TrustArgs,
}

impl PackPublishArgs {
    /// Returns the arguments as a request.
    fn request(&self) -> PackPublishRequest {
        PackPublishRequest {
            pack: self.pack.clone(),
            place: self.place.clone(),
            trust: self.trust.request(),
        }
    }
}

/// Uploads the pack.
pub(super) fn run(args: &PackPublishArgs) -> Result<Outcome, CommandError> {
    publish::run(&args.request())
}
