//! `snapshot`: saves a live account as one file, for `new --snapshot`, for audits and for comparing two points in
//! time.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::account::{account_error, gaps};
use super::{CommandError, Outcome};
use crate::domain::calls::{READERS, ReadingCommand, policy};
use crate::domain::snapshot::Snapshot;
use crate::interview::shell_quoted;
use crate::io::account::{AccountScope, AccountSource, LiveOptions, load};
use crate::io::files::write_output;
use crate::io::terminal;

/// The account to save, and the file to write.
#[derive(Clone, Debug)]
pub struct SnapshotRequest {
    /// The region; by default that of the environment or of the profile.
    pub region: Option<String>,
    /// The profile of the AWS configuration.
    pub profile: Option<String>,
    /// Time limit for reading.
    pub patience: Duration,
    /// The file to write to, instead of standard output.
    pub output: Option<PathBuf>,
    /// A snapshot that is continued.
    pub resume: Option<PathBuf>,
    /// The command whose least IAM policy is printed instead.
    pub policy_of: Option<String>,
}

/// Reads the account, reports the parts that could not be read, and prints or writes the rest; or prints the IAM
/// policy that this needs.
///
/// # Errors
/// When nothing can be read, or the file cannot be written.
pub fn run(request: &SnapshotRequest) -> Result<Outcome, CommandError> {
    let (text, told, is_cut_off) = match &request.policy_of {
        Some(command) => (least(command)?, String::new(), false),
        None => account(request)?,
    };
    let (stdout, told) = match &request.output {
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
fn earlier(request: &SnapshotRequest) -> Result<Option<Arc<Snapshot>>, CommandError> {
    let Some(path) = request.resume.clone() else {
        return Ok(None);
    };
    let snapshot = load(&AccountSource::File(path)).map_err(account_error)?;
    Ok(snapshot.map(Arc::new))
}

/// Returns the account as text, the parts that could not be read, and true if another attempt may read them.
fn account(request: &SnapshotRequest) -> Result<(String, String, bool), CommandError> {
    let source = AccountSource::Live(LiveOptions {
        region: request.region.clone(),
        profile: request.profile.clone(),
        scope: AccountScope::Everything,
        patience: request.patience,
        earlier: earlier(request)?,
    });
    let snapshot = load(&source).map_err(CommandError::environment)?;
    let snapshot = snapshot.ok_or_else(|| CommandError::bug("a live account is no account"))?;
    let text = snapshot.to_json().map_err(CommandError::bug)?;
    let is_cut_off = snapshot.not_visible.iter().any(|gap| gap.cause.may_pass());
    Ok((text, gaps(&snapshot), is_cut_off))
}
