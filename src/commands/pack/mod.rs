//! `pack`: its subcommands, one file for the arguments of each.

mod build;
mod check;
mod keygen;
mod list;
mod new;
mod password;
mod publish;
mod pull;
mod sign;
mod status;
mod verify;
mod yank;

use clap::{Args, Subcommand};

use crate::app::{CommandError, Outcome};

/// Manage packs, a platform team's golden templates: they change what is generated and never loosen a rule.
#[derive(Debug, Args)]
pub struct PackCommandArgs {
    #[command(subcommand)]
    command: PackCommand,
}

#[derive(Debug, Subcommand)]
enum PackCommand {
    New(new::PackNewArgs),
    Check(check::PackCheckArgs),
    Build(build::PackBuildArgs),
    Keygen(keygen::PackKeygenArgs),
    Sign(sign::PackSignArgs),
    Verify(verify::PackVerifyArgs),
    Yank(yank::PackYankArgs),
    Publish(publish::PackPublishArgs),
    Pull(pull::PackPullArgs),
    List(list::PackListArgs),
    Status(status::PackStatusArgs),
}

/// Runs the subcommand.
///
/// # Errors
/// Those of the subcommand.
pub fn run(args: &PackCommandArgs) -> Result<Outcome, CommandError> {
    match &args.command {
        PackCommand::New(args) => new::run(args),
        PackCommand::Check(args) => check::run(args),
        PackCommand::Build(args) => build::run(args),
        PackCommand::Keygen(args) => keygen::run(args),
        PackCommand::Sign(args) => sign::run(args),
        PackCommand::Verify(args) => verify::run(args),
        PackCommand::Yank(args) => yank::run(args),
        PackCommand::Publish(args) => publish::run(args),
        PackCommand::Pull(args) => pull::run(args),
        PackCommand::List(args) => list::run(args),
        PackCommand::Status(args) => status::run(args),
    }
}
