//! Where a report goes: to the screen, as wide as that is and in colours, or to a file or a pipe, where neither means anything.

use std::path::PathBuf;

use clap::Args as ClapArgs;
use clap::builder::{PossibleValue, PossibleValuesParser};

use super::{CommandError, Outcome};
use crate::domain::visible::shown;
use crate::io::files;
use crate::io::terminal::{Colours, Terminal};
use crate::report::Look;

/// Columns of a report that goes to no screen.
pub(super) const USUAL_WIDTH: usize = 80;

/// The formats that `--format` takes: each with its id, and for whom it is.
pub(super) fn formats(
    known: impl Iterator<Item = (&'static str, &'static str)>,
) -> PossibleValuesParser {
    PossibleValuesParser::new(known.map(|(id, about)| PossibleValue::new(id).help(about)))
}

/// Where to.
#[derive(Clone, Debug, ClapArgs)]
pub(super) struct PrintArgs {
    /// Write the report to a file instead of standard output.
    #[arg(long, value_name = "FILE", help_heading = "Report")]
    output: Option<PathBuf>,
}

impl PrintArgs {
    /// How it is to look there.
    pub(super) fn look(&self, terminal: &Terminal) -> Look {
        let on_screen = self.output.is_none() && terminal.results;
        Look {
            width: match on_screen {
                true => terminal.width,
                false => USUAL_WIDTH,
            },
            colours: on_screen,
        }
    }

    /// How a text looks that is the same everywhere.
    pub(super) fn plain(&self) -> Look {
        Look {
            width: USUAL_WIDTH,
            colours: false,
        }
    }

    /// Writes it to the file, where there is one, and leaves the rest for standard output.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(super) fn deliver(&self, text: String, look: Look) -> Result<Outcome, CommandError> {
        let colours = match look.colours {
            true => Colours::Ours,
            false => Colours::None,
        };
        let Some(path) = &self.output else {
            return Ok(Outcome {
                colours,
                ..Outcome::text(text)
            });
        };
        files::write_output(path, &shown(&text)).map_err(CommandError::environment)?;
        Ok(Outcome::default())
    }
}
