//! Floor 4: what the subcommands do. Each capability has a folder or a file and knows no other capability; what several need stands beside them.

pub mod account;
pub mod audit;
mod comparison;
pub mod drift;
pub mod error;
mod folders;
pub mod new;
pub mod pack;
pub mod placement;
mod projects;
pub mod proof;
pub mod reach;
pub mod read_back;
mod replaced;
pub mod resolution;
pub mod rules;
pub mod snapshot;
pub mod suppression;
pub mod update;

pub use error::{CommandError, ErrorKind};

use crate::io::terminal::Colours;

/// The result of a command that could do its work.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The result, for standard output.
    pub stdout: String,
    /// True if the text already contains our colour codes.
    pub colours: Colours,
    /// True if there are findings, drift or an update: exit code 2.
    pub found: bool,
    /// True if part of the work failed, and the result says which part: exit code 1.
    pub failed: bool,
}

impl Outcome {
    /// A result without findings.
    pub fn text(stdout: impl Into<String>) -> Self {
        Self {
            stdout: stdout.into(),
            ..Self::default()
        }
    }
}
