//! Floor 6: the command line and the exit code of the process.

use std::io;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser, Subcommand};

use crate::app::error::{EXIT_FAILED, EXIT_FOUND, EXIT_INTERRUPTED, EXIT_OK};
use crate::app::{CommandError, Outcome};
use crate::commands::{audit, completions, drift, man, new, pack, rules, schema, snapshot, update};
use crate::domain::built;
use crate::domain::visible::visible;
use crate::io::terminal::{self, Colours};
use crate::io::{environment, panic};
use crate::rewrite::secrecy::without_secrets;

/// Hardened Amazon RDS Proxies: scaffolds them in Terraform and CloudFormation, and proves what it writes.
///
/// Exit codes: 0 nothing found, 1 the tool could not do its work, 2 findings or drift, 130 interrupted.
#[derive(Debug, Parser)]
#[command(
    name = "rdsproxy-gen",
    version = built::LINE,
    propagate_version = true,
    arg_required_else_help = true,
    max_term_width = 80
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// With --version: as JSON, with the whole commit and the target.
    #[arg(long, requires = "version")]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    New(Box<new::NewArgs>),
    Audit(Box<audit::AuditArgs>),
    Drift(Box<drift::DriftArgs>),
    Update(Box<update::UpdateArgs>),
    Rules(rules::RulesArgs),
    Schema(schema::SchemaArgs),
    Pack(pack::PackCommandArgs),
    Snapshot(snapshot::SnapshotArgs),
    Completions(completions::CompletionsArgs),
    /// Print the manual page.
    Man,
}

/// Parses the arguments, runs the command, prints its result and returns the exit code.
pub fn main() -> ExitCode {
    panic::say_only_the_place();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(error),
    };
    match run(cli.command) {
        Ok(outcome) => {
            let code = match (outcome.failed, outcome.found) {
                (true, _) => EXIT_FAILED,
                (false, true) => EXIT_FOUND,
                (false, false) => EXIT_OK,
            };
            ended(terminal::result(&outcome.stdout, outcome.colours), code)
        }
        Err(error) => {
            let told = without_secrets(&format!("{error}\n"));
            ended(terminal::note(&told), error.exit_code())
        }
    }
}

/// Returns the exit code after the last output. It is 1 if any output was lost: the disk is full, or a stream is
/// closed for another reason than a reader that stopped early.
fn ended(told: io::Result<()>, code: u8) -> ExitCode {
    if let Err(error) = told {
        // stderr may be closed as well; ignore the error.
        let _ = terminal::note(&format!("error: cannot write the result: {error}\n"));
        return ExitCode::from(EXIT_FAILED);
    }
    let is_lost = terminal::notes_are_lost() && code != EXIT_INTERRUPTED;
    ExitCode::from(if is_lost { EXIT_FAILED } else { code })
}

/// Prints help, version or a usage error. Help and version are not errors. A wrong argument exits with 1, because
/// clap's own 2 would mean findings.
fn usage(error: clap::Error) -> ExitCode {
    let asked = matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    );
    // clap stops at --version and never parses the arguments after it.
    let is_json = || environment::arguments().iter().any(|one| one == "--json");
    if error.kind() == ErrorKind::DisplayVersion && is_json() {
        return ended(terminal::result(&built::json(), Colours::None), EXIT_OK);
    }
    let text = visible_usage(error).render().ansi().to_string();
    if asked {
        ended(terminal::result(&text, Colours::Ours), EXIT_OK)
    } else {
        ended(terminal::painted_note(&text, Colours::Ours), EXIT_FAILED)
    }
}

/// Parses the same arguments again with their hidden characters made visible. clap quotes the arguments that it does
/// not understand between colour codes of its own, so its finished text cannot be cleaned.
fn visible_usage(error: clap::Error) -> clap::Error {
    let arguments = environment::arguments();
    let shown = arguments.iter().map(|argument| visible(argument));
    Cli::try_parse_from(shown).err().unwrap_or(error)
}

fn run(command: Command) -> Result<Outcome, CommandError> {
    match command {
        Command::New(args) => new::run(&args),
        Command::Audit(args) => audit::run(&args),
        Command::Drift(args) => drift::run(&args),
        Command::Update(args) => update::run(&args),
        Command::Rules(args) => rules::run(&args),
        Command::Schema(args) => schema::run(&args),
        Command::Pack(args) => pack::run(&args),
        Command::Snapshot(args) => snapshot::run(&args),
        Command::Completions(args) => completions::run(&args, Cli::command()),
        Command::Man => man::run(Cli::command()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
