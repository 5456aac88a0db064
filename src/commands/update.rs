//! `update`: its arguments, and the printed report.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::account::AccountArgs;
use super::output::{OutputArgs, formats};
use super::packs::PackArgs;
use super::policy::PolicyArgs;
use super::reach::ReachArgs;
use crate::app::update::{self, UpdateRequest};
use crate::app::{CommandError, Outcome};
use crate::domain::consequence::ConsequenceKind;
use crate::io::account::AccountScope;
use crate::io::terminal::Terminal;
use crate::report::Format;
use crate::report::update::{UPDATE_FORMATS, Update, UpdateState};

/// Update a project after its rdsproxy.toml or rdsproxy-gen has changed, and keep what was changed by hand.
///
/// Both sides are merged attribute by attribute. What both changed in different ways is shown and nothing is written; an edit that
/// weakens a rule is never kept silently, and a change that replaces a resource or generates a password waits for your consent. Exit codes: 0 done, or up to date; 1 the work could not be done; 2 an update is due
/// (--check), or something stands in its way.
#[derive(Debug, Args)]
pub struct UpdateArgs {
    /// Directory created by `rdsproxy-gen new`; several with --check.
    #[arg(value_name = "DIR", default_value = ".")]
    dirs: Vec<PathBuf>,
    /// Only report whether an update is due, and what blocks it.
    #[arg(long, help_heading = "What to do", conflicts_with_all = ["dry_run", "undo", "conflict", "reset"])]
    check: bool,
    /// Show what would be written without writing it.
    #[arg(long, help_heading = "What to do", conflicts_with = "undo")]
    dry_run: bool,
    /// Undo the last update, byte by byte.
    #[arg(long, help_heading = "What to do", conflicts_with_all = ["conflict", "reset"])]
    undo: bool,
    /// With --undo: even if files were changed since.
    #[arg(long, help_heading = "What to do", requires = "undo")]
    force: bool,
    /// What to do where you and the update changed the same lines.
    #[arg(long, help_heading = "What to do", value_name = "HOW", value_enum, default_value_t = OnConflict::Stop)]
    conflict: OnConflict,
    /// Discard your edits: to a generated file, those that weaken a rule, or `all`. Repeatable.
    #[arg(long, help_heading = "What to do", value_name = "PATH|RULE")]
    reset: Vec<String>,
    /// Agree to replace resources, such as the proxy with its id and endpoint.
    #[arg(long, help_heading = "What to do", conflicts_with = "undo")]
    allow_replace: bool,
    /// Agree to new passwords, which the database does not know until you set them there.
    #[arg(long, help_heading = "What to do", conflicts_with = "undo")]
    allow_new_passwords: bool,
    /// Format of the report.
    #[arg(long, help_heading = "Report", default_value = UPDATE_FORMATS[0].id, value_parser = formats(UPDATE_FORMATS))]
    format: String,
    #[command(flatten)]
    print: OutputArgs,
    #[command(flatten)]
    pack: PackArgs,
    #[command(flatten)]
    reach: ReachArgs,
    #[command(flatten)]
    policy: PolicyArgs,
    // Last: arguments after it would appear under its heading.
    #[command(flatten)]
    account: AccountArgs,
}

/// What to do where both sides changed the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum OnConflict {
    /// Show both sides, and write nothing.
    Stop,
    /// Write both sides into the files, with markers around them.
    Inline,
}

impl UpdateArgs {
    /// Returns the changes that are not made in place and that are agreed to.
    fn allowed(&self) -> Vec<ConsequenceKind> {
        let kinds = [
            (self.allow_replace, ConsequenceKind::Replaces),
            (self.allow_new_passwords, ConsequenceKind::NewPassword),
        ];
        let kinds = kinds.into_iter().filter(|(is_allowed, _)| *is_allowed);
        kinds.map(|(_, kind)| kind).collect()
    }

    /// Returns the arguments as a request.
    fn request(&self) -> UpdateRequest {
        UpdateRequest {
            dirs: self.dirs.clone(),
            check: self.check,
            dry_run: self.dry_run,
            reset: self.reset.clone(),
            pack: self.pack.request(),
            reach: self.reach.request(),
            policy: self.policy.request(),
            account: self.account.source(AccountScope::Choices),
            marks_conflicts: self.conflict == OnConflict::Inline,
            allowed: self.allowed(),
        }
    }
}

/// Updates one project, checks several, or undoes the last update.
///
/// # Errors
/// Those of [`update::run`] and [`update::undo`], and when the report cannot be written.
pub fn run(args: &UpdateArgs) -> Result<Outcome, CommandError> {
    let terminal = Terminal::look();
    if args.undo {
        return update::undo(&args.dirs, args.force);
    }
    let updates = update::run(&args.request())?;
    let format = Format::by_id(UPDATE_FORMATS, &args.format)
        .ok_or_else(|| CommandError::bug(format!("there is no format {:?}", args.format)))?;
    let look = args.print.look(&terminal);
    let text = format.write(&updates, look).map_err(CommandError::bug)?;
    Ok(Outcome {
        found: updates.iter().any(|update| is_found(update, args.check)),
        failed: updates.iter().any(|update| update.failed.is_some()),
        ..args.print.deliver(text, look)?
    })
}

/// True if the exit code is 2.
fn is_found(update: &Update, check: bool) -> bool {
    match update.state() {
        UpdateState::Current | UpdateState::Failed => false,
        UpdateState::Due | UpdateState::Behind => check,
        UpdateState::Unallowed | UpdateState::Held | UpdateState::Conflicts => true,
    }
}
