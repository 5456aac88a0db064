//! `snapshot`: saves a live account as one file, for `new --snapshot`, for audits and for comparing two points in
//! time.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use clap::builder::PossibleValuesParser;

use super::account::{PATIENCE, gaps, told};
use super::{CommandError, Outcome};
use crate::domain::calls::{READERS, ReadingCommand, policy};
use crate::domain::snapshot::Snapshot;
use crate::interview::shell_quoted;
use crate::io::account::{AccountScope, AccountSource, LiveOptions, load};
use crate::io::files::write_output;
use crate::io::terminal;

/// Save an account as JSON; read-only, and without secret values.
#[derive(Debug, Args)]
pub struct SnapshotArgs {
    /// Region [default: AWS_REGION, or the region of the profile].
    #[arg(long)]
    region: Option<String>,
    /// Profile [default: AWS_PROFILE].
    #[arg(long)]
    profile: Option<String>,
    /// Time limit for reading, in seconds; whatever was not read is reported.
    #[arg(long, value_name = "SECONDS", default_value_t = PATIENCE)]
    timeout: u64,
    /// Write to this file instead of standard output.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Continue a snapshot that was cut off or throttled: policies, roles, keys and parameter groups in it are not read
    /// again.
    #[arg(long, value_name = "FILE", conflicts_with = "print_policy")]
    resume: Option<PathBuf>,
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

/// Reads the account, reports the parts that could not be read, and prints or writes the rest; or prints the IAM
/// policy that this needs.
///
/// # Errors
/// When nothing can be read, or the file cannot be written.
pub fn run(args: &SnapshotArgs) -> Result<Outcome, CommandError> {
    let (text, told, is_cut_off) = if args.print_policy {
        (least(&args.reader)?, String::new(), false)
    } else {
        account(args)?
    };
    let (stdout, told) = match &args.output {
        Some(path) => {
            write_output(path, &text).map_err(CommandError::environment)?;
            let file = path.display().to_string();
            let mut told = told;
            if is_cut_off {
                let file = shell_quoted(&file);
                told += &format!(
                    "to read what is missing, and only that: rdsproxy-gen snapshot --resume {file} --output {file}\n"
                );
            }
            (String::new(), told + &format!("wrote {file}\n"))
        }
        None => (text, told),
    };
    terminal::note(&told).map_err(CommandError::environment)?;
    Ok(Outcome::text(stdout))
}

/// Returns the least IAM policy of the named command.
fn least(name: &str) -> Result<String, CommandError> {
    let reader = READERS.iter().find(|(known, _)| *known == name);
    let reader = reader.map_or(ReadingCommand::Snapshot, |(_, reader)| *reader);
    let text = serde_json::to_string_pretty(&policy(reader)).map_err(CommandError::bug)?;
    Ok(text + "\n")
}

/// Reads the snapshot that `--resume` names, if any.
fn earlier(args: &SnapshotArgs) -> Result<Option<Arc<Snapshot>>, CommandError> {
    let Some(path) = args.resume.clone() else {
        return Ok(None);
    };
    let snapshot = load(&AccountSource::File(path)).map_err(told)?;
    Ok(snapshot.map(Arc::new))
}

/// Returns the account as text, the parts that could not be read, and true if another attempt may read them.
fn account(args: &SnapshotArgs) -> Result<(String, String, bool), CommandError> {
    let source = AccountSource::Live(LiveOptions {
        region: args.region.clone(),
        profile: args.profile.clone(),
        scope: AccountScope::Everything,
        patience: Duration::from_secs(args.timeout),
        earlier: earlier(args)?,
    });
    let snapshot = load(&source).map_err(CommandError::environment)?;
    let snapshot = snapshot.ok_or_else(|| CommandError::bug("a live account is no account"))?;
    let text = snapshot.to_json().map_err(CommandError::bug)?;
    let is_cut_off = snapshot.not_visible.iter().any(|gap| gap.cause.may_pass());
    Ok((text, gaps(&snapshot), is_cut_off))
}
