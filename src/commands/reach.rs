//! The argument that limits how far files are followed.

use std::path::PathBuf;

use clap::Args;

use crate::app::reach::Reach;

/// How far files are followed.
#[derive(Clone, Debug, Args)]
pub(super) struct ReachArgs {
    /// Follow modules, includes and links as far as this folder [default: the git repository around PATH, else PATH itself].
    #[arg(long, value_name = "DIR", help_heading = "What is read")]
    root: Option<PathBuf>,
}

impl ReachArgs {
    /// Returns the arguments as a request.
    pub(super) fn request(&self) -> Reach {
        Reach {
            root: self.root.clone(),
        }
    }
}
