//! `snapshot`: a live account as one file, for `new --snapshot`, for audits and for comparing two occasions.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args as ClapArgs;
use clap::builder::PossibleValuesParser;

use super::world::{PATIENCE, gaps};
use super::{CommandError, Outcome};
use crate::domain::calls::{READERS, Reader, policy};
use crate::io::files::write_output;
use crate::io::terminal;
use crate::io::world::{LiveOptions, Scope, WorldSource, load};

/// Save an account as JSON; reads only, and no secret value.
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// Region [default: AWS_REGION, or the region of the profile].
    #[arg(long)]
    region: Option<String>,
    /// Profile [default: AWS_PROFILE].
    #[arg(long)]
    profile: Option<String>,
    /// Seconds for reading; what is missing then is told.
    #[arg(long, value_name = "SECONDS", default_value_t = PATIENCE)]
    timeout: u64,
    /// Write to this file instead of standard output.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Print the least IAM policy that this needs instead, as JSON. Reads no account.
    #[arg(long, conflicts_with_all = ["region", "profile"])]
    print_policy: bool,
    /// The policy for another command.
    #[arg(long = "for", value_name = "COMMAND", requires = "print_policy", default_value = "snapshot", value_parser = commands())]
    reader: String,
}

fn commands() -> PossibleValuesParser {
    PossibleValuesParser::new(READERS.iter().map(|(name, _)| *name))
}

/// Reads the account, says what it did not show, and prints or writes the rest; or prints what that needs.
///
/// # Errors
/// When nothing can be read, or the file cannot be written.
pub fn run(args: &Args) -> Result<Outcome, CommandError> {
    let (text, told) = match args.print_policy {
        true => (least(&args.reader)?, String::new()),
        false => account(args)?,
    };
    let (stdout, told) = match &args.output {
        Some(path) => {
            write_output(path, &text).map_err(CommandError::environment)?;
            (String::new(), told + &format!("wrote {}\n", path.display()))
        }
        None => (text, told),
    };
    terminal::note(&told).map_err(CommandError::environment)?;
    Ok(Outcome::text(stdout))
}

/// What the command of this name needs.
fn least(name: &str) -> Result<String, CommandError> {
    let reader = READERS.iter().find(|(known, _)| *known == name);
    let reader = reader.map_or(Reader::Snapshot, |(_, reader)| *reader);
    let text = serde_json::to_string_pretty(&policy(reader)).map_err(CommandError::bug)?;
    Ok(text + "\n")
}

/// The account as text, and what it did not show.
fn account(args: &Args) -> Result<(String, String), CommandError> {
    let source = WorldSource::Live(LiveOptions {
        region: args.region.clone(),
        profile: args.profile.clone(),
        scope: Scope::Everything,
        patience: Duration::from_secs(args.timeout),
    });
    let snapshot = load(&source).map_err(CommandError::environment)?;
    let snapshot = snapshot.ok_or_else(|| CommandError::bug("a live account is no account"))?;
    let text = snapshot.to_json().map_err(CommandError::bug)?;
    Ok((text, gaps(&snapshot)))
}
