//! `pack list`: its arguments.

use clap::{Args, ValueEnum};

use crate::app::pack::list::{self, PackListRequest};
use crate::app::{CommandError, Outcome};
use crate::commands::packs::TrustArgs;

/// List the versions of a pack in a registry or in a git repository, the newest first.
#[derive(Debug, Args)]
pub(super) struct PackListArgs {
    /// The place: oci://HOST/REPOSITORY, or git+https://HOST/PATH.
    place: String,
    /// How to write it.
    #[arg(long, value_enum, default_value_t = ListFormat::Text)]
    format: ListFormat,
    #[command(flatten)]
    trust: TrustArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ListFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}

impl PackListArgs {
    /// Returns the arguments as a request.
    fn request(&self) -> PackListRequest {
        PackListRequest {
            place: self.place.clone(),
            trust: self.trust.request(),
        }
    }
}

/// Prints the versions as text or as JSON.
pub(super) fn run(args: &PackListArgs) -> Result<Outcome, CommandError> {
    let listing = list::run(&args.request())?;
    let stdout = match args.format {
        ListFormat::Text => listing.text(),
        ListFormat::Json => listing.json()?,
    };
    Ok(Outcome {
        failed: listing.failed(),
        ..Outcome::text(stdout)
    })
}
