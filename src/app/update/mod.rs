//! `update`: generates the project again and merges the result with the user's edits.

mod apply;
mod carry;
mod merge_files;
mod moved;
mod narrow;
mod packs;
mod reset;
mod undo;
mod weakenings;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use self::carry::Carry;
use self::merge_files::Renewed;
use self::packs::Packs;
use super::account::{AccountChoices, open};
use super::placement::held;
use super::proof::{explained, failing, line, prove};
use super::reach::{Reach, settled};
use super::suppression::{PolicyRequest, Suppression};
use super::{CommandError, Outcome, replaced, suppression};
use crate::app::comparison::MOVED;
use crate::app::comparison::project::Project;
use crate::app::proof::pack::proved_in;
use crate::app::resolution::resolve::{PackRequest, UsablePack};
use crate::domain::baseline::{Baseline, BaselineFile};
use crate::domain::blueprint::Blueprint;
use crate::domain::consequence::{Consequence, ConsequenceKind};
use crate::domain::finding::{Finding, Group, Report};
use crate::domain::spec::{SPEC_FILE, Spec};
use crate::io::account::AccountSource;
use crate::io::files::{ExistingFile, existing};
use crate::io::{progress, walk};
use crate::language::Texts;
use crate::render;
use crate::report::update::{ToldConsequence, Update, UpdateStep};
use crate::rewrite::secrecy::without_secrets;

/// The projects to update, and the way to do it.
#[derive(Clone, Debug)]
pub struct UpdateRequest {
    /// The directories of the projects; several are only checked.
    pub dirs: Vec<PathBuf>,
    /// True if the projects are only checked.
    pub check: bool,
    /// True if nothing is written.
    pub dry_run: bool,
    /// Edits to discard: paths of generated files, ids of rules, or `all`.
    pub reset: Vec<String>,
    /// The pack to use.
    pub pack: PackRequest,
    /// The limits within which files are followed.
    pub reach: Reach,
    /// The policy to use.
    pub policy: PolicyRequest,
    /// The account to read.
    pub account: AccountSource,
    /// True if conflicts are written into the files, with markers around both sides.
    pub marks_conflicts: bool,
    /// The changes that are not made in place and that the user agrees to.
    pub allowed: Vec<ConsequenceKind>,
}

/// Updates one project, or checks several.
///
/// # Errors
/// When the single directory cannot be read or written, its spec is wrong, or the files cannot be proved. With
/// several directories, such errors appear in the row of the directory.
pub fn run(request: &UpdateRequest) -> Result<Vec<Update>, CommandError> {
    if request.dirs.len() > 1 && !request.check {
        return Err(several());
    }
    let accepting = request.policy.load_with(&request.dirs)?;
    let account = open(&request.account)?;
    let run = UpdateRun {
        request,
        accepting: &accepting,
        account: account.as_ref(),
        packs: Packs::new(&request.pack)?,
    };
    run.all()
}

/// Reverts the last update of one project; with `force`, also if files were changed since.
///
/// # Errors
/// When several directories are given, there is no update to revert, or files were changed since: nothing is written.
pub fn undo(dirs: &[PathBuf], force: bool) -> Result<Outcome, CommandError> {
    match dirs {
        [dir] => undo::undo(dir, force),
        _ => Err(several()),
    }
}

fn several() -> CommandError {
    CommandError::input("several directories are only checked")
        .hint("add --check, or update one directory at a time")
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
    request: &'a UpdateRequest,
    accepting: &'a Suppression,
    account: Option<&'a AccountChoices>,
    packs: Packs<'a>,
}

/// The newly generated project.
struct Generated {
    blueprint: Blueprint,
    /// The spec and all other files, proved.
    files: Texts,
    baseline: Baseline,
    /// Findings in the account that the user should know.
    notes: Vec<String>,
}

impl Generated {
    /// Adds a file that follows from the project and not from its spec.
    fn add(&mut self, path: &str, text: &str) {
        self.files.insert(path.to_owned(), text.to_owned());
        let file = BaselineFile::new(text);
        self.baseline.files.insert(path.to_owned(), file);
    }
}

/// The note on a project that becomes a module.
const CARRIED: &str = "terraform is a root module now that calls terraform/modules/proxy; `moved` blocks keep every resource. Run `terraform init` before the next plan, and the test with `terraform -chdir=modules/proxy init` and `terraform -chdir=modules/proxy test`";

impl UpdateRun<'_> {
    fn all(&self) -> Result<Vec<Update>, CommandError> {
        let dirs = &self.request.dirs;
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
        let request = self.request;
        // Other runs must not write to the project between reading and writing.
        let hold = if request.check || request.dry_run {
            None
        } else {
            held(dir)?
        };
        let quiet = settled(dir)?;
        let project = Project::read(dir, &request.reach)?.guarded();
        trusted(&project)?;
        moved::followed(&project)?;
        let mut generated = self.generated(&project)?;
        let (renewed, carry) = self.merged(&project, &mut generated)?;
        quiet.still().map_err(CommandError::environment)?;
        let places = carry
            .as_ref()
            .map_or(&project.places, |carry| &carry.places);
        let sides = weakenings::Sides {
            project: &project,
            home: carry.as_ref().map_or(&project.home, |carry| &carry.home),
            generated: &places.placed(&generated.files),
        };
        let merged = apply::merged(&renewed);
        let waivers = request.policy.counted(self.accepting);
        let mut judgement = weakenings::judged(sides, merged.as_ref(), waivers);
        judgement.wrong.extend(project.told.iter().cloned());
        let mut update = apply::update_report(&project, &renewed, judgement.news);
        (update.held, update.accepted) = (judgement.held, judgement.accepted);
        update.consequences = self.told(judgement.consequences);
        update.notes.extend(notes(&project, &generated));
        let carried = carry.iter().map(|_| CARRIED.to_owned());
        update.notes.extend(carried);
        self.look_for_newer(&project, &mut update);
        update.step = match (request.check, request.dry_run) {
            (true, _) => UpdateStep::Checked,
            (_, true) => UpdateStep::Tried,
            _ => {
                let merged = apply::MergedUpdate {
                    project: &project,
                    renewed: &renewed,
                    update: &update,
                    baseline: &moved::noted(generated.baseline, &renewed, carry.as_ref()),
                };
                apply::carry_out(request, hold.as_ref(), &merged)?
            }
        };
        let secrets = project.home.secrecy.secrets();
        let wrong = judgement.wrong.iter().map(|line| secrets.said(line));
        Ok((update, wrong.collect()))
    }

    /// Merges the newly generated files with those of today. Also returns how the project becomes a module, if it does.
    fn merged(
        &self,
        project: &Project,
        generated: &mut Generated,
    ) -> Result<(BTreeMap<String, Renewed>, Option<Carry>), CommandError> {
        let dir = project.dir.as_path();
        let carry = carry::carry(project, &generated.blueprint)?;
        let resets = reset::Resets::new(&self.request.reset, project, &generated.files)?;
        let renewed = match &carry {
            None => {
                // The other files follow what the user moved.
                let [before, now] = [&project.baseline.texts(), &generated.files]
                    .map(|texts| project.places.written(texts));
                merge_files::renewed(dir, [&before, &now], &resets)?
            }
            Some(carry) => {
                generated.add(MOVED, &carry.moved);
                merge_files::carried(dir, carry, &generated.files, &resets)?
            }
        };
        Ok((renewed, carry))
    }

    /// Marks the changes that the user agreed to.
    fn told(&self, consequences: Vec<Consequence>) -> Vec<ToldConsequence> {
        let told = consequences.into_iter().map(|consequence| ToldConsequence {
            is_allowed: self.request.allowed.contains(&consequence.kind),
            consequence,
        });
        told.collect()
    }

    /// Notes a newer version of the pack, if the project is only checked.
    fn look_for_newer(&self, project: &Project, update: &mut Update) {
        let pack = &project.baseline.pack;
        let newer = self.request.check.then(|| self.packs.newer(pack));
        if let Some(known) = newer.flatten() {
            update.newer = known.is_there;
            update.notes.push(known.told);
        }
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
        let baseline = Baseline::new(&text, pack, &files);
        let mut generated = Generated {
            blueprint,
            files,
            baseline,
            notes,
        };
        if let Some(file) = project.baseline.files.get(MOVED) {
            generated.add(MOVED, &file.text);
        }
        Ok(generated)
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

/// Returns notes on what the update means: of the generated files, the moves, the pack and the deployment.
fn notes(project: &Project, generated: &Generated) -> Vec<String> {
    let mut notes = generated.notes.clone();
    notes.extend(moved::move_notes(project, &generated.files));
    notes.extend(packs::pack_change(
        &project.baseline.pack,
        &generated.baseline.pack,
    ));
    if let Some(before) = project.baseline.files.get(SPEC_FILE) {
        notes.extend(replaced::between(&before.text, &generated.files[SPEC_FILE]));
    }
    notes
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
