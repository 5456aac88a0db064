//! `pack build`: its arguments.

use std::path::PathBuf;

use clap::Args;

use crate::app::pack::build::{self, PackBuildRequest};
use crate::app::{CommandError, Outcome};
use crate::commands::packs::TrustArgs;

/// Build the archive of a pack. The same files give the same bytes on every machine.
#[derive(Debug, Args)]
pub(super) struct PackBuildArgs {
    /// The pack's folder.
    #[arg(default_value = ".")]
    dir: PathBuf,
    /// Where to write; NAME-VERSION.tar in this folder by default.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    trust: TrustArgs,
}

impl PackBuildArgs {
    /// Returns the arguments as a request.
    fn request(&self) -> PackBuildRequest {
        PackBuildRequest {
            dir: self.dir.clone(),
            output: self.output.clone(),
            trust: self.trust.request(),
        }
    }
}

/// Builds the archive and prints its digest.
pub(super) fn run(args: &PackBuildArgs) -> Result<Outcome, CommandError> {
    build::run(&args.request())
}
