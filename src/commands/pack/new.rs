//! `pack new`: its arguments.

use std::path::PathBuf;

use clap::Args;

use crate::app::pack::new::{self, PackNewRequest};
use crate::app::{CommandError, Outcome};

/// Create a folder with a new pack that passes `pack check`.
#[derive(Debug, Args)]
pub(super) struct PackNewArgs {
    /// Name of the pack, and of its folder unless DIR is given.
    name: String,
    /// Where to write.
    dir: Option<PathBuf>,
}

impl PackNewArgs {
    /// Returns the arguments as a request.
    fn request(&self) -> PackNewRequest {
        PackNewRequest {
            name: self.name.clone(),
            dir: self.dir.clone(),
        }
    }
}

/// Writes the starter pack.
pub(super) fn run(args: &PackNewArgs) -> Result<Outcome, CommandError> {
    new::run(&args.request())
}
