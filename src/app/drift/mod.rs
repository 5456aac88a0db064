//! `drift`: reports changes to a generated project, in its files and in the account, and the rules that they weaken.

mod live;
mod proposal;

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::account::{AccountArgs, AccountScope};
use super::output::{OutputArgs, formats};
use super::reach::ReachArgs;
use super::suppression::{PolicyArgs, Suppression};
use super::{CommandError, Outcome, suppression};
use crate::app::comparison::project::Project;
use crate::app::comparison::{ComparedProject, compared};
use crate::domain::drift::Class;
use crate::io::progress;
use crate::io::terminal::Terminal;
use crate::report::Format;
use crate::report::drift::{DRIFT_FORMATS, Drift, DriftLook};
use crate::rewrite::secrecy::without_secrets;

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

/// Compares each project with its baseline and, if one is given, with the account.
///
/// # Errors
/// When the single directory cannot be read, the policy is wrong, or the account cannot be read. With several
/// directories, errors of a directory appear in its row.
pub fn run(args: &DriftArgs) -> Result<Outcome, CommandError> {
    let terminal = Terminal::look();
    let accepting = args.policy.load_with(&args.dirs)?;
    let account = live::LiveAccount::of(args.account.load(AccountScope::Proxies)?);
    let drifts = all(args, &accepting, account.as_ref())?;
    let failed = drifts.iter().any(|drift| drift.failed.is_some());
    if args.accept {
        let proposal = proposal::proposal(&drifts, accepting.today);
        return Ok(Outcome {
            failed,
            ..args.print.deliver(proposal, args.print.plain())?
        });
    }
    let format = Format::by_id(DRIFT_FORMATS, &args.format)
        .ok_or_else(|| CommandError::bug(format!("there is no format {:?}", args.format)))?;
    let look = DriftLook {
        look: args.print.look(&terminal),
        all: args.all,
    };
    let text = format.write(&drifts, look).map_err(CommandError::bug)?;
    Ok(Outcome {
        found: drifts.iter().any(|drift| args.fail_on.includes(drift)),
        failed,
        ..args.print.deliver(text, look.look)?
    })
}

/// Compares all directories in parallel.
fn all(
    args: &DriftArgs,
    accepting: &Suppression,
    account: Option<&live::LiveAccount>,
) -> Result<Vec<Drift>, CommandError> {
    let waivers = (accepting, args.policy.comments_count());
    if let [dir] = args.dirs.as_slice() {
        let (drift, wrong) = one(Project::read(dir, &args.reach)?, waivers, account)?;
        suppression::tell(wrong);
        return Ok(vec![drift]);
    }
    let read = progress::over(&args.dirs, "projects", |dir| {
        Project::read(dir, &args.reach)
            .and_then(|project| one(project, waivers, account))
            .unwrap_or_else(|error| {
                (
                    Drift::failed(dir, &without_secrets(&error.source.to_string())),
                    Vec::new(),
                )
            })
    });
    let (drifts, wrong): (Vec<Drift>, Vec<Vec<String>>) = read.into_iter().unzip();
    suppression::tell(wrong.concat());
    Ok(drifts)
}

fn one(
    project: Project,
    waivers: (&Suppression, bool),
    account: Option<&live::LiveAccount>,
) -> Result<(Drift, Vec<String>), CommandError> {
    let Some(account) = account else {
        return Ok(compared(project, waivers));
    };
    let mut compared = ComparedProject::of(project);
    account.compare((&compared.project, &compared.after), &mut compared.drift)?;
    Ok(compared.accepted(waivers))
}
