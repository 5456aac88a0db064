//! Floor 3: one file per subcommand; each joins the floors below and returns what to print.

pub mod account;
pub mod audit;
pub mod completions;
pub mod drift;
pub mod error;
pub mod man;
pub mod new;
mod output;
pub mod pack;
pub mod placement;
mod projects;
pub mod proof;
mod reach;
pub mod read_back;
mod replaced;
pub mod rules;
pub mod schema;
pub mod snapshot;
mod suppression;
pub mod update;

pub use error::{CommandError, ErrorKind};

use crate::io::terminal::Colours;

/// What a command leaves behind when it could do its work.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The result, for standard output.
    pub stdout: String,
    /// Whether we have coloured it.
    pub colours: Colours,
    /// True when there are findings, drift or an update: exit code 2.
    pub found: bool,
    /// True when a part of the work could not be done, and the result says which: exit code 1.
    pub failed: bool,
}

impl Outcome {
    /// A result and nothing found.
    pub fn text(stdout: impl Into<String>) -> Self {
        Self {
            stdout: stdout.into(),
            ..Self::default()
        }
    }
}
