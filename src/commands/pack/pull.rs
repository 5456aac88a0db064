//! `pack pull`: its arguments.

use std::path::PathBuf;

use clap::Args;

use crate::app::pack::pull::{self, PackPullRequest};
use crate::app::{CommandError, Outcome};
use crate::commands::packs::TrustArgs;

/// Download a pack as an archive with its signature, or as a folder with --folder.
#[derive(Debug, Args)]
pub(super) struct PackPullArgs {
    /// The pack: oci://HOST/REPOSITORY?tag=VERSION or ?digest=sha256:…, git+https://HOST/PATH#TAG, a folder or an archive.
    pack: String,
    /// Where to write; NAME-VERSION.tar in this folder by default.
    #[arg(long, value_name = "FILE", conflicts_with = "folder")]
    output: Option<PathBuf>,
    /// Write the pack's files into this folder instead.
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
    /// Use the cache, without a network.
    #[arg(long)]
    offline: bool,
    #[command(flatten)]
    trust: TrustArgs,
}

impl PackPullArgs {
    /// Returns the arguments as a request.
    fn request(&self) -> PackPullRequest {
        PackPullRequest {
            pack: self.pack.clone(),
            output: self.output.clone(),
            folder: self.folder.clone(),
            offline: self.offline,
            trust: self.trust.request(),
        }
    }
}

/// Downloads the pack.
pub(super) fn run(args: &PackPullArgs) -> Result<Outcome, CommandError> {
    pull::run(&args.request())
}
