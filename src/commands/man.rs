//! `man`: the manual page, for packagers.

use clap::Command;

use crate::app::{CommandError, Outcome};

/// Prints the manual page of the command line that `program` describes.
///
/// # Errors
/// When the generator's output is not UTF-8.
pub fn run(program: Command) -> Result<Outcome, CommandError> {
    let mut text = Vec::new();
    clap_mangen::Man::new(program)
        .render(&mut text)
        .map_err(CommandError::bug)?;
    String::from_utf8(text)
        .map(Outcome::text)
        .map_err(CommandError::bug)
}
