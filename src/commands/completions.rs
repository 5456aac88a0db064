//! `completions`: prints shell completions.

use clap::{Args, Command};
use clap_complete::Shell;

use crate::app::{CommandError, Outcome};

/// Print the completions for a shell.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// Which shell.
    shell: Shell,
}

/// Prints the completions for the command line that `program` describes.
///
/// # Errors
/// When the generator's output is not UTF-8.
pub fn run(args: &CompletionsArgs, mut program: Command) -> Result<Outcome, CommandError> {
    let mut text = Vec::new();
    let name = program.get_name().to_owned();
    clap_complete::generate(args.shell, &mut program, name, &mut text);
    String::from_utf8(text)
        .map(Outcome::text)
        .map_err(CommandError::bug)
}
