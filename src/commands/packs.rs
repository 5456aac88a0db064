//! The arguments that select a pack and say whom to trust.

use std::path::PathBuf;

use clap::Args;

use crate::app::resolution::resolve::PackRequest;
use crate::app::resolution::terms::TrustRequest;

/// Which pack.
#[derive(Debug, Args)]
#[command(next_help_heading = "Pack")]
pub(super) struct PackArgs {
    /// Use a platform team's pack: a folder, an archive, a git repository or a registry; `built-in` for the templates of
    /// rdsproxy-gen.
    #[arg(long, value_name = "REFERENCE")]
    pack: Option<String>,
    #[command(flatten)]
    trust: TrustArgs,
    /// Allow an older version of the pack than before.
    #[arg(long, requires = "pack")]
    allow_downgrade: bool,
    /// Use the cached pack, without a network.
    #[arg(long)]
    offline: bool,
}

/// Whom to trust.
#[derive(Debug, Args)]
pub(super) struct TrustArgs {
    /// File that says which keys may sign which packs [default: rdsproxy-trust.toml in the user's settings]. A trust
    /// file in this directory, or above it in the repository, can only narrow it.
    #[arg(long, value_name = "FILE")]
    trust: Option<PathBuf>,
    /// Place that may be contacted although only a baseline or a pack names it, such as
    /// `oci://registry.example/packs/`. Repeatable.
    #[arg(long, value_name = "PLACE")]
    source: Vec<String>,
}

impl PackArgs {
    /// Returns the arguments as a request.
    pub(super) fn request(&self) -> PackRequest {
        PackRequest {
            pack: self.pack.clone(),
            trust: self.trust.request(),
            allow_downgrade: self.allow_downgrade,
            offline: self.offline,
        }
    }
}

impl TrustArgs {
    /// Returns the arguments as a request.
    pub(super) fn request(&self) -> TrustRequest {
        TrustRequest {
            trust: self.trust.clone(),
            source: self.source.clone(),
        }
    }
}
