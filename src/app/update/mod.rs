//! `update`: generates the project again and merges the result with the user's edits.

mod apply;
mod merge_files;
mod moved;
mod narrow;
mod packs;
mod reset;
mod undo;
mod weakenings;

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use self::packs::Packs;
use super::account::{AccountArgs, AccountChoices};
use super::output::{OutputArgs, formats};
use super::placement::held;
use super::proof::{explained, failing, line, prove};
use super::reach::{ReachArgs, settled};
use super::suppression::{PolicyArgs, Suppression};
use super::{CommandError, Outcome, replaced, suppression};
use crate::app::comparison::project::Project;
use crate::app::proof::pack::proved_in;
use crate::app::resolution::resolve::{PackArgs, UsablePack};
use crate::domain::baseline::Baseline;
use crate::domain::blueprint::Blueprint;
use crate::domain::finding::{Finding, Group, Report};
use crate::domain::spec::{SPEC_FILE, Spec};
use crate::io::files::{ExistingFile, existing};
use crate::io::terminal::Terminal;
use crate::io::{progress, walk};
use crate::language::Texts;
use crate::render;
use crate::report::Format;
use crate::report::update::{UPDATE_FORMATS, Update, UpdateState, UpdateStep};
use crate::rewrite::secrecy::without_secrets;

/// Update a project after its rdsproxy.toml or rdsproxy-gen has changed, and keep what was changed by hand.
///
/// Both sides are merged attribute by attribute. What both changed in different ways is shown and nothing is written; an edit that
/// weakens a rule is never kept silently. Exit codes: 0 done, or up to date; 1 the work could not be done; 2 an update is due
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

/// Updates one project, or checks several.
///
/// # Errors
/// When the single directory cannot be read or written, its spec is wrong, or the files cannot be proved. With
/// several directories, such errors appear in the row of the directory.
pub fn run(args: &UpdateArgs) -> Result<Outcome, CommandError> {
    let terminal = Terminal::look();
    let several = args.dirs.len() > 1;
    if several && !args.check {
        return Err(CommandError::input("several directories are only checked")
            .hint("add --check, or update one directory at a time"));
    }
    if args.undo {
        return undo::undo(&args.dirs[0], args.force);
    }
    let accepting = args.policy.load_with(&args.dirs)?;
    let account = args.account.open()?;
    let run = UpdateRun {
        args,
        accepting: &accepting,
        account: account.as_ref(),
        packs: Packs::of(&args.pack)?,
    };
    let updates = run.all()?;
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
        UpdateState::Held | UpdateState::Conflicts => true,
    }
}

/// Rejects a baseline that was edited: it cannot show what was changed by hand.
fn trusted(project: &Project) -> Result<(), CommandError> {
    let Some(path) = project.baseline.changed().next() else {
        return Ok(());
    };
    let message = format!(
        "{}: was changed by hand: its {path} is not what was generated",
        project.baseline_file()
    );
    Err(CommandError::input(message).hint("restore it from version control"))
}

/// State that all projects of a run share.
struct UpdateRun<'a> {
    args: &'a UpdateArgs,
    accepting: &'a Suppression,
    account: Option<&'a AccountChoices>,
    packs: Packs<'a>,
}

/// The newly generated project.
struct Generated {
    /// The spec and all other files, proved.
    files: Texts,
    baseline: Baseline,
    /// Findings in the account that the user should know.
    notes: Vec<String>,
}

impl UpdateRun<'_> {
    fn all(&self) -> Result<Vec<Update>, CommandError> {
        let dirs = &self.args.dirs;
        if let [dir] = dirs.as_slice() {
            let (update, wrong) = self.one(dir)?;
            suppression::tell(wrong);
            return Ok(vec![update]);
        }
        let read = progress::over(dirs, "projects", |dir| {
            self.one(dir).unwrap_or_else(|error| {
                (
                    Update::failed(dir, &without_secrets(&error.source.to_string())),
                    Vec::new(),
                )
            })
        });
        let (updates, wrong): (Vec<Update>, Vec<Vec<String>>) = read.into_iter().unzip();
        suppression::tell(wrong.concat());
        Ok(updates)
    }

    /// Checks one project, and updates it if this was requested and nothing blocks it. Also returns the errors of
    /// waivers that cover its differences.
    fn one(&self, dir: &Path) -> Result<(Update, Vec<String>), CommandError> {
        let args = self.args;
        // Other runs must not write to the project between reading and writing.
        let hold = if args.check || args.dry_run {
            None
        } else {
            held(dir)?
        };
        let quiet = settled(dir)?;
        let project = Project::read(dir, &args.reach)?.guarded();
        trusted(&project)?;
        moved::followed(&project)?;
        let generated = self.generated(&project)?;
        let places = &project.places;
        // The other files follow what the user moved.
        let [before, now] =
            [&project.baseline.texts(), &generated.files].map(|texts| places.written(texts));
        let resets = reset::Resets::of(&args.reset, &project, &generated.files)?;
        let renewed = merge_files::renewed(dir, [&before, &now], &resets)?;
        quiet.still().map_err(CommandError::environment)?;
        let in_conflict = renewed.values().any(|file| !file.conflicts.is_empty());
        let merged = apply::merged(&renewed);
        let mut judgement = weakenings::judged(
            &project,
            (
                &places.placed(&generated.files),
                Some(&merged).filter(|_| !in_conflict),
            ),
            (self.accepting, args.policy.comments_count()),
        );
        judgement.wrong.extend(project.told.iter().cloned());
        let mut update = apply::told(&project, &renewed, judgement.news);
        (update.held, update.accepted) = (judgement.held, judgement.accepted);
        update.notes.extend(generated.notes.iter().cloned());
        update.notes.extend(moved::told(&project, &generated.files));
        update.notes.extend(packs::told(
            &project.baseline.pack,
            &generated.baseline.pack,
        ));
        if let Some(before) = project.baseline.files.get(SPEC_FILE) {
            let now = &generated.files[SPEC_FILE];
            update.notes.extend(replaced::between(&before.text, now));
        }
        let newer = args.check.then(|| self.packs.newer(&project.baseline.pack));
        if let Some(known) = newer.flatten() {
            update.newer = known.is_there;
            update.notes.push(known.told);
        }
        update.step = match (args.check, args.dry_run) {
            (true, _) => UpdateStep::Checked,
            (_, true) => UpdateStep::Tried,
            _ => apply::carry_out(
                (&project, hold.as_ref(), &args.reach),
                (&update, &moved::noted(generated.baseline, &renewed)),
                (&renewed, args.conflict == OnConflict::Inline),
            )?,
        };
        let secrets = project.home.secrecy.secrets();
        let wrong = judgement.wrong.iter().map(|line| secrets.said(line));
        Ok((update, wrong.collect()))
    }

    fn generated(&self, project: &Project) -> Result<Generated, CommandError> {
        let used = self.packs.next(&project.baseline.pack)?;
        let name = walk::name(&project.dir.join(SPEC_FILE));
        let text = match existing(&project.dir, SPEC_FILE) {
            ExistingFile::Text(text) => text,
            ExistingFile::Absent | ExistingFile::Other => {
                let message = format!("{name}: is not a string file, and says what to generate");
                return Err(CommandError::input(message).hint("restore it from version control"));
            }
        };
        let (text, spec) = answered(text, &name, used.as_deref())?;
        let blueprint = Blueprint::harden(&spec).map_err(CommandError::input)?;
        let account = self.account.map(|account| account.around(&blueprint));
        let proven = match &used {
            Some(used) => proved_in(&used.pack, &blueprint, account.as_deref())?,
            None => prove(&blueprint, account.as_deref())?,
        };
        let notes = self.failing(project, proven.report)?;
        let mut files = proven.files;
        files.insert(SPEC_FILE.to_owned(), text.clone());
        let pack = used.map_or_else(render::built_in, |used| used.reference.clone());
        let baseline = Baseline::of(&text, pack, &files);
        Ok(Generated {
            files,
            baseline,
            notes,
        })
    }

    /// Returns the findings in the account that no waiver covers. A database that contradicts the spec stops the
    /// update; the other findings existed before and are only reported.
    fn failing(&self, project: &Project, mut report: Report) -> Result<Vec<String>, CommandError> {
        let home = walk::name(&project.dir);
        self.accepting.clone().apply_to(&mut report, &home, None);
        let found: Vec<&Finding> = failing(&report).collect();
        let contradicts = |finding: &&&Finding| finding.rule.group == Group::Mission(1);
        if let Some(finding) = found.iter().find(contradicts) {
            let message = format!("the account contradicts the spec: {}", line(finding));
            return Err(explained(CommandError::input(message), found)
                .hint("set database.tls = \"create-parameter-group\""));
        }
        Ok(found
            .iter()
            .map(|finding| format!("in the account: {}", line(finding)))
            .collect())
    }
}

/// Returns the spec with the answers that the pack locks. If the spec already contains them, its text stays
/// unchanged.
fn answered(
    text: String,
    name: &str,
    used: Option<&UsablePack>,
) -> Result<(String, Spec), CommandError> {
    let own = Spec::parse(&text, name);
    let Some(used) = used else {
        return Ok((text, own.map_err(CommandError::input)?));
    };
    let completed = used.completed(&text, name)?;
    let spec = Spec::parse(&completed, name).map_err(CommandError::input)?;
    match own {
        Ok(own) if own == spec => Ok((text, own)),
        _ => Ok((completed, spec)),
    }
}
