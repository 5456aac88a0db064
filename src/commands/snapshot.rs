//! `snapshot`: a live account as one file, for `new --snapshot`, for audits and for comparing two occasions.

use std::path::PathBuf;

use clap::Args as ClapArgs;

use super::world::gaps;
use super::{CommandError, Outcome};
use crate::io::files::write_output;
use crate::io::terminal;
use crate::io::world::{LiveOptions, WorldSource, load};

/// Save an account as JSON; reads only, and no secret value.
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// Region [default: AWS_REGION, or the region of the profile].
    #[arg(long)]
    region: Option<String>,
    /// Profile [default: AWS_PROFILE].
    #[arg(long)]
    profile: Option<String>,
    /// Write to this file instead of standard output.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Reads the account, says what it did not show, and prints or writes the rest.
///
/// # Errors
/// When nothing can be read, or the file cannot be written.
pub fn run(args: &Args) -> Result<Outcome, CommandError> {
    let source = WorldSource::Live(LiveOptions {
        region: args.region.clone(),
        profile: args.profile.clone(),
    });
    let snapshot = load(&source).map_err(CommandError::environment)?;
    let snapshot = snapshot.ok_or_else(|| CommandError::bug("a live account is no account"))?;
    let text = snapshot.to_json().map_err(CommandError::bug)?;
    let mut told = gaps(&snapshot);
    let stdout = match &args.output {
        Some(path) => {
            write_output(path, &text).map_err(CommandError::environment)?;
            told += &format!("wrote {}\n", path.display());
            String::new()
        }
        None => text,
    };
    terminal::note(&told).map_err(CommandError::environment)?;
    Ok(Outcome::text(stdout))
}
