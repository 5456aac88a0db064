//! `drift`: its arguments, and the printed report.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::account::AccountArgs;
use super::output::{OutputArgs, formats};
use super::policy::PolicyArgs;
use super::reach::ReachArgs;
use crate::app::drift::{self, DriftRequest};
use crate::app::{CommandError, Outcome};
use crate::domain::drift::Class;
use crate::io::account::AccountScope;
use crate::io::terminal::Terminal;
use crate::report::Format;
use crate::report::drift::{DRIFT_FORMATS, Drift, DriftLook};

/// Report what has changed since a project was generated, and whether a rule became weaker, stronger or is not affected.
///
/// Files are read as Terraform and CloudFormation read them: overrides, values of variables, callers and files that were added all
/// count. Exit codes: 0 no drift, 1 the work could not be done, 2 drift.
#[derive(Debug, Args)]
pub struct DriftArgs {
    /// Directories created by `rdsproxy-gen new`.
    #[arg(value_name = "DIR", default_value = ".")]
    dirs: Vec<PathBuf>,
    /// Also show changes of comments, order and formatting.
    #[arg(long, help_heading = "Report")]
    all: bool,
    /// Which changes make the exit code 2.
    #[arg(long, help_heading = "Report", value_name = "CLASS", value_enum, default_value_t = FailOn::Meaning)]
    fail_on: FailOn,
    /// Format of the report.
    #[arg(long, help_heading = "Report", default_value = DRIFT_FORMATS[0].id, value_parser = formats(DRIFT_FORMATS))]
    format: String,
    #[command(flatten)]
    print: OutputArgs,
    /// Print waivers for everything that was found; add reasons and put them into rdsproxy-policy.toml.
    #[arg(long, help_heading = "Policy", conflicts_with_all = ["format", "all"])]
    accept: bool,
    #[command(flatten)]
    reach: ReachArgs,
    #[command(flatten)]
    policy: PolicyArgs,
    // Last: arguments after it would appear under its heading.
    #[command(flatten)]
    account: AccountArgs,
}

/// What makes the exit code 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FailOn {
    /// Weakened rules, changes whose effect cannot be told, and proxies or generated code files that are gone.
    Weakens,
    /// Everything but comments, order and formatting.
    Meaning,
    /// Everything.
    Any,
}

impl FailOn {
    fn includes(self, drift: &Drift) -> bool {
        let tally = drift.tally();
        match self {
            Self::Weakens => drift.may_be_weaker(),
            Self::Meaning => tally.into_keys().any(|class| class != Class::Cosmetic),
            Self::Any => !tally.is_empty(),
        }
    }
}

impl DriftArgs {
    /// Returns the arguments as a request.
    fn request(&self) -> DriftRequest {
        DriftRequest {
            dirs: self.dirs.clone(),
            reach: self.reach.request(),
            policy: self.policy.request(),
            account: self.account.source(AccountScope::Proxies),
        }
    }
}

/// Compares the projects, and prints the report or the proposed waivers.
///
/// # Errors
/// Those of [`drift::run`], and when the report cannot be written.
pub fn run(args: &DriftArgs) -> Result<Outcome, CommandError> {
    let terminal = Terminal::look();
    let found = drift::run(&args.request())?;
    let drifts = &found.drifts;
    let failed = drifts.iter().any(|drift| drift.failed.is_some());
    if args.accept {
        return Ok(Outcome {
            failed,
            ..args.print.deliver(found.proposal(), args.print.plain())?
        });
    }
    let format = Format::by_id(DRIFT_FORMATS, &args.format)
        .ok_or_else(|| CommandError::bug(format!("there is no format {:?}", args.format)))?;
    let look = DriftLook {
        look: args.print.look(&terminal),
        all: args.all,
    };
    let text = format.write(drifts, look).map_err(CommandError::bug)?;
    Ok(Outcome {
        found: drifts.iter().any(|drift| args.fail_on.includes(drift)),
        failed,
        ..args.print.deliver(text, look.look)?
    })
}
