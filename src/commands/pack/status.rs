//! `pack status`: its arguments.

use std::path::PathBuf;

use clap::Args;

use crate::app::pack::status::{self, PackStatusRequest};
use crate::app::{CommandError, Outcome};
use crate::commands::output::{OutputArgs, formats};
use crate::commands::packs::TrustArgs;
use crate::commands::policy::PolicyArgs;
use crate::io::terminal::Terminal;
use crate::report::Format;
use crate::report::pack_status::{FLEET_FORMATS, Member};

/// Show which version of its pack each project uses, who signed it, what was yanked and what drifted.
///
/// Exit codes: 0 nothing to do, 1 a project could not be checked, 2 something to do: a version is behind, was yanked or
/// has changed content, a required signature is missing, or a project drifted.
#[derive(Debug, Args)]
pub(super) struct PackStatusArgs {
    /// Directories created by `rdsproxy-gen new`.
    #[arg(value_name = "DIR", default_value = ".")]
    dirs: Vec<PathBuf>,
    /// Where a pack is published: its version counts as the newest, and the list beside it says what was yanked.
    /// Repeatable. By default, each place that a baseline names is asked for its newest version.
    #[arg(long, value_name = "REFERENCE")]
    pack: Vec<String>,
    /// Contact no place for versions; use only those named with --pack.
    #[arg(long)]
    offline: bool,
    #[command(flatten)]
    trust: TrustArgs,
    /// Format of the report.
    #[arg(long, help_heading = "Report", default_value = FLEET_FORMATS[0].id, value_parser = formats(FLEET_FORMATS))]
    format: String,
    #[command(flatten)]
    print: OutputArgs,
    #[command(flatten)]
    policy: PolicyArgs,
}

impl PackStatusArgs {
    /// Returns the arguments as a request.
    fn request(&self) -> PackStatusRequest {
        PackStatusRequest {
            dirs: self.dirs.clone(),
            pack: self.pack.clone(),
            offline: self.offline,
            trust: self.trust.request(),
            policy: self.policy.request(),
        }
    }
}

/// Compares all projects with their packs and prints the report.
pub(super) fn run(args: &PackStatusArgs) -> Result<Outcome, CommandError> {
    let fleet = status::run(&args.request())?;
    let format = Format::by_id(FLEET_FORMATS, &args.format)
        .ok_or_else(|| CommandError::bug(format!("there is no format {:?}", args.format)))?;
    let look = args.print.look(&Terminal::look());
    let text = format.write(&fleet, look).map_err(CommandError::bug)?;
    Ok(Outcome {
        found: fleet.members.iter().any(Member::needs_somebody),
        failed: fleet.members.iter().any(|member| member.state.is_err()),
        ..args.print.deliver(text, look)?
    })
}
