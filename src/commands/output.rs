//! Where a report goes: to the screen, as wide as that is and in colours, or to a file or a pipe, where neither means anything.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser};

use super::{CommandError, Outcome};
use crate::domain::by_lines::ByLines;
use crate::domain::visible::shown;
use crate::io::files;
use crate::io::terminal::{self, Colours, Terminal};
use crate::report::Screen;

/// Columns of a report that goes to no screen.
pub(super) const USUAL_WIDTH: usize = 80;

/// The formats that `--format` takes: each with its id, and for whom it is.
pub(super) fn formats(
    known: impl Iterator<Item = (&'static str, &'static str)>,
) -> PossibleValuesParser {
    PossibleValuesParser::new(known.map(|(id, about)| PossibleValue::new(id).help(about)))
}

/// Where to.
#[derive(Clone, Debug, Args)]
pub(super) struct OutputArgs {
    /// Write the report to a file instead of standard output.
    #[arg(long, value_name = "FILE", help_heading = "Report")]
    output: Option<PathBuf>,
}

impl OutputArgs {
    /// How it is to look there.
    pub(super) fn look(&self, terminal: &Terminal) -> Screen {
        let on_screen = self.output.is_none() && terminal.results;
        Screen {
            width: match on_screen {
                true => terminal.width,
                false => USUAL_WIDTH,
            },
            colours: on_screen,
        }
    }

    /// How a text looks that is the same everywhere.
    pub(super) fn plain(&self) -> Screen {
        Screen {
            width: USUAL_WIDTH,
            colours: false,
        }
    }

    /// Writes it, as it is made, to the file, or else to standard output.
    ///
    /// # Errors
    /// When it cannot be written, or made.
    pub(super) fn deliver_by(&self, text: &files::Made, look: Screen) -> Result<(), CommandError> {
        if let Some(path) = &self.output {
            let visible = |file: &mut dyn Write| {
                let mut lines = ByLines::new(file, shown);
                text(&mut lines)?;
                lines.finish()
            };
            return files::write_output_by(path, &visible).map_err(CommandError::environment);
        }
        terminal::result_by(text, colours(look))
            .map_err(|error| CommandError::environment(format!("cannot write the result: {error}")))
    }

    /// Writes it to the file, where there is one, and leaves the rest for standard output.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(super) fn deliver(&self, text: String, look: Screen) -> Result<Outcome, CommandError> {
        let Some(path) = &self.output else {
            return Ok(Outcome {
                colours: colours(look),
                ..Outcome::text(text)
            });
        };
        files::write_output(path, &shown(&text)).map_err(CommandError::environment)?;
        Ok(Outcome::default())
    }
}

fn colours(look: Screen) -> Colours {
    match look.colours {
        true => Colours::Ours,
        false => Colours::None,
    }
}
