//! `pack`: golden templates of a platform team. One file for each of its commands.

mod believed;
mod build;
mod check;
mod closed;
mod keygen;
mod list;
mod named;
mod new;
mod newer;
mod opened;
mod password;
mod proof;
mod publish;
mod pull;
mod sign;
mod status;
mod terms;
mod used;
mod verify;
mod yank;

use clap::{Args as ClapArgs, Subcommand};

use super::{CommandError, Outcome};

pub use newer::Newer;
pub use proof::proved_in;
pub use terms::TrustArgs;
pub use used::{PackArgs, Used};

/// Golden templates of a platform team: may change what is generated, never loosen a rule.
#[derive(Debug, ClapArgs)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    New(new::Args),
    Check(check::Args),
    Build(build::Args),
    Keygen(keygen::Args),
    Sign(sign::Args),
    Verify(verify::Args),
    Yank(yank::Args),
    Publish(publish::Args),
    Pull(pull::Args),
    List(list::Args),
    Status(status::Args),
}

/// Runs it.
///
/// # Errors
/// As the command that is named says.
pub fn run(args: &Args) -> Result<Outcome, CommandError> {
    match &args.command {
        Command::New(args) => new::run(args),
        Command::Check(args) => check::run(args),
        Command::Build(args) => build::run(args),
        Command::Keygen(args) => keygen::run(args),
        Command::Sign(args) => sign::run(args),
        Command::Verify(args) => verify::run(args),
        Command::Yank(args) => yank::run(args),
        Command::Publish(args) => publish::run(args),
        Command::Pull(args) => pull::run(args),
        Command::List(args) => list::run(args),
        Command::Status(args) => status::run(args),
    }
}
