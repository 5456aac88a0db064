//! Destination of a report: the screen, in its width and in colours, or a file or pipe, in a fixed width and without
//! colours.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser};

use crate::app::{CommandError, Outcome};
use crate::domain::by_lines::ByLines;
use crate::domain::visible::shown;
use crate::io::files;
use crate::io::terminal::{self, Colours, Terminal};
use crate::report::{Format, Screen};

/// Width of a report that does not go to a screen, in columns.
pub(super) const USUAL_WIDTH: usize = 80;

/// The values of `--format`: each with its id and its intended use.
pub(super) fn formats<R>(known: &[Format<R>]) -> PossibleValuesParser {
    let listed = Format::listed(known);
    PossibleValuesParser::new(listed.map(|(id, about)| PossibleValue::new(id).help(about)))
}

/// Where to.
#[derive(Clone, Debug, Args)]
pub(super) struct OutputArgs {
    /// Write the report to a file instead of standard output.
    #[arg(long, value_name = "FILE", help_heading = "Report")]
    output: Option<PathBuf>,
}

impl OutputArgs {
    /// Returns the width and the colours for the destination.
    pub(super) fn look(&self, terminal: &Terminal) -> Screen {
        let on_screen = self.output.is_none() && terminal.results;
        Screen {
            width: if on_screen {
                terminal.width
            } else {
                USUAL_WIDTH
            },
            colours: on_screen,
        }
    }

    /// Returns the layout for texts that look the same everywhere.
    pub(super) fn plain(&self) -> Screen {
        Screen {
            width: USUAL_WIDTH,
            colours: false,
        }
    }

    /// Streams the text to the file, or else to standard output.
    ///
    /// # Errors
    /// When the text cannot be generated or written.
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

    /// Writes the text to the file if there is one; otherwise returns it for standard output.
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
    if look.colours {
        Colours::Ours
    } else {
        Colours::None
    }
}
