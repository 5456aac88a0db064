//! `drift`: reports changes to a generated project, in its files and in the account, and the rules that they weaken.

mod live;
mod proposal;

use std::path::PathBuf;

use time::Date;

use super::account::load;
use super::reach::Reach;
use super::suppression::{CountedWaivers, PolicyRequest, Suppression};
use super::{CommandError, suppression};
use crate::app::comparison::project::Project;
use crate::app::comparison::{ComparedProject, compared};
use crate::io::account::AccountSource;
use crate::io::progress;
use crate::report::drift::Drift;
use crate::rewrite::secrecy::without_secrets;

/// The projects to compare, and the other side.
#[derive(Clone, Debug)]
pub struct DriftRequest {
    /// The directories of the projects.
    pub dirs: Vec<PathBuf>,
    /// The limits within which files are followed.
    pub reach: Reach,
    /// The policy to use.
    pub policy: PolicyRequest,
    /// The account to read.
    pub account: AccountSource,
}

/// The drift of some projects.
#[derive(Debug)]
pub struct DriftFound {
    /// The drift of each project, in the order of the request.
    pub drifts: Vec<Drift>,
    /// The date of the run, from which the end of a waiver is counted.
    today: Date,
}

impl DriftFound {
    /// Returns waivers for everything that no waiver covers, as text.
    pub fn proposal(&self) -> String {
        proposal::proposal(&self.drifts, self.today)
    }
}

/// Compares each project with its baseline and, if one is given, with the account.
///
/// # Errors
/// When the single directory cannot be read, the policy is wrong, or the account cannot be read. With several
/// directories, errors of a directory appear in its row.
pub fn run(request: &DriftRequest) -> Result<DriftFound, CommandError> {
    let accepting = request.policy.load_with(&request.dirs)?;
    let account = live::LiveAccount::new(load(&request.account)?);
    Ok(DriftFound {
        drifts: all(request, &accepting, account.as_ref())?,
        today: accepting.today,
    })
}

/// Compares all directories in parallel.
fn all(
    request: &DriftRequest,
    accepting: &Suppression,
    account: Option<&live::LiveAccount>,
) -> Result<Vec<Drift>, CommandError> {
    let waivers = request.policy.counted(accepting);
    if let [dir] = request.dirs.as_slice() {
        let (drift, wrong) = one(Project::read(dir, &request.reach)?, waivers, account)?;
        suppression::tell(wrong);
        return Ok(vec![drift]);
    }
    let read = progress::over(&request.dirs, "projects", |dir| {
        Project::read(dir, &request.reach)
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
    waivers: CountedWaivers<'_>,
    account: Option<&live::LiveAccount>,
) -> Result<(Drift, Vec<String>), CommandError> {
    let Some(account) = account else {
        return Ok(compared(project, waivers));
    };
    let mut compared = ComparedProject::new(project);
    account.compare(&compared.project, &compared.after, &mut compared.drift)?;
    Ok(compared.accepted(waivers))
}
