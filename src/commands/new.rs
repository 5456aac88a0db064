//! `new`: its arguments.

use std::path::PathBuf;

use clap::Args;

use super::account::AccountArgs;
use super::packs::PackArgs;
use crate::app::new::{self, NewRequest};
use crate::app::{CommandError, Outcome};
use crate::interview::Answers;
use crate::io::account::AccountScope;

/// Create a hardened RDS Proxy: asks what is missing, shows the files and a verdict for every rule, then writes.
#[derive(Debug, Args)]
pub struct NewArgs {
    /// Directory to write to [default: the current one where it holds an rdsproxy.toml, else the name of the proxy].
    ///
    /// An rdsproxy.toml in it gives the answers and is edited: what it says is not asked, and --set changes only its own keys.
    dir: Option<PathBuf>,
    #[command(flatten)]
    account: AccountArgs,
    #[command(flatten)]
    pack: PackArgs,
    /// Read answers from a file, a complete or partial rdsproxy.toml, instead of the one in DIR.
    #[arg(
        long,
        help_heading = "Answers",
        value_name = "FILE",
        conflicts_with = "print_answers"
    )]
    answers: Option<PathBuf>,
    /// Give one answer, such as --set proxy.name=orders-proxy. Repeatable.
    #[arg(long, help_heading = "Answers", value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Take the default of every question that is not answered.
    #[arg(long, help_heading = "Answers")]
    defaults: bool,
    /// Ask nothing: list the answers that are missing, and fail.
    #[arg(long, help_heading = "Answers", conflicts_with = "defaults")]
    non_interactive: bool,
    /// What to write: terraform, cloudformation, or both with a comma [default: both].
    #[arg(
        long,
        help_heading = "Output",
        value_name = "TARGETS",
        value_delimiter = ','
    )]
    target: Vec<String>,
    /// Print an rdsproxy.toml to fill in, with every key as a comment, and stop.
    #[arg(long, help_heading = "Answers")]
    print_answers: bool,
    /// Show what would be written, as a diff in an existing project, without writing it.
    #[arg(long, help_heading = "Output")]
    dry_run: bool,
    /// Overwrite files that were changed by hand; `rdsproxy-gen update` merges instead.
    #[arg(long, help_heading = "Output")]
    force: bool,
    /// Write even if the account in view fails rules: records a waiver with this reason for 90 days in
    /// DIR/rdsproxy-policy.toml, and exits with 2.
    #[arg(long, help_heading = "Output", value_name = "REASON", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    accept_findings: Option<String>,
}

impl NewArgs {
    /// Returns the arguments as a request.
    fn request(&self) -> NewRequest {
        NewRequest {
            dir: self.dir.clone(),
            account: self.account.source(AccountScope::Choices),
            pack: self.pack.request(),
            answers: self.answers.clone(),
            set: self.set.clone(),
            defaults: self.defaults,
            non_interactive: self.non_interactive,
            target: self.target.clone(),
            dry_run: self.dry_run,
            force: self.force,
            accept_findings: self.accept_findings.clone(),
        }
    }
}

/// Collects the answers and writes the project, or prints all keys.
///
/// # Errors
/// Those of [`new::run`].
pub fn run(args: &NewArgs) -> Result<Outcome, CommandError> {
    if args.print_answers {
        return Ok(Outcome::text(Answers::skeleton()));
    }
    new::run(&args.request())
}
