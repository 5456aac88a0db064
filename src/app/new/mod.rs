//! `new`: asks for answers, hardens the blueprint, proves the files, shows and writes them.

mod accept;
mod difference;
mod gather_answers;
mod next_steps;
mod plan;
mod project;

use std::path::PathBuf;

use super::account::{AccountChoices, open};
use super::placement::Placement;
use super::proof::{Proven, failing, prove};
use super::{CommandError, ErrorKind, Outcome};
use crate::app::proof::pack::proved_in;
use crate::app::resolution::resolve::{PackRequest, UsablePack};
use crate::domain::baseline::{BASELINE_PATH, Baseline};
use crate::domain::blueprint::Blueprint;
use crate::domain::policy::POLICY_FILE;
use crate::domain::snapshot::Account;
use crate::domain::spec::{SPEC_FILE, Spec};
use crate::interview::{self, Answers, Mode, Nobody, RegionHint, Review};
use crate::io::account::AccountSource;
use crate::io::prompt::Person;
use crate::io::terminal::{self, Colours, Terminal};
use crate::io::{environment, files, walk};
use crate::render;
use crate::rewrite::secrecy::without_secrets;

/// The answers and the place of a new project.
#[derive(Clone, Debug)]
pub struct NewRequest {
    /// The directory; by default the current one where it holds a spec, else the name of the proxy.
    pub dir: Option<PathBuf>,
    /// The account to read.
    pub account: AccountSource,
    /// The pack to use.
    pub pack: PackRequest,
    /// The file of answers, instead of the spec in the directory.
    pub answers: Option<PathBuf>,
    /// Single answers, as `KEY=VALUE`.
    pub set: Vec<String>,
    /// True if every question that is not answered takes its default.
    pub defaults: bool,
    /// True if nothing is asked.
    pub non_interactive: bool,
    /// The targets to write; by default those of the spec.
    pub target: Vec<String>,
    /// True if nothing is written.
    pub dry_run: bool,
    /// True if files that were changed by hand are overwritten.
    pub force: bool,
    /// The reason to write although the account fails rules.
    pub accept_findings: Option<String>,
}

/// Inputs beside the answers.
#[derive(Clone, Copy)]
struct NewInputs<'v> {
    /// The account, if one is in view.
    account: Option<&'v AccountChoices>,
    /// The pack, if one is used.
    used: Option<&'v UsablePack>,
    /// The region from the environment; only without an account.
    region: Option<&'v RegionHint>,
}

impl<'v> NewInputs<'v> {
    /// Returns the context in which the answers must be valid.
    fn around(self) -> interview::Surroundings<'v> {
        interview::Surroundings {
            account: self.account.map(|account| account as &dyn Account),
            preset: self.used.map(|used| &used.preset),
            region: self.region,
        }
    }
}

/// Everything that is decided before files are written.
struct ProjectDraft {
    answers: Answers,
    blueprint: Blueprint,
    dir: PathBuf,
    files: std::collections::BTreeMap<String, String>,
    placement: Placement,
    proven: Proven,
    /// True if the directory already holds a project.
    is_project: bool,
    /// Warnings about the answers, and about changes to an existing project.
    told: Vec<String>,
    /// True if an account is in view.
    account: bool,
    /// The date of the run, from which the end of a waiver is counted.
    today: time::Date,
    /// The arguments that select the pack.
    pack: Vec<String>,
}

/// Collects the answers and writes the project.
///
/// # Errors
/// When an answer is missing or wrong, a limit is broken, a file blocks the run, or the user cancels: nothing is
/// written.
pub fn run(request: &NewRequest) -> Result<Outcome, CommandError> {
    let terminal = Terminal::look();
    let used = request.pack.used()?;
    tell_locked(used.as_ref())?;
    let account = open(&request.account)?;
    let region = match account {
        None => environment::region(),
        Some(_) => None,
    };
    let view = NewInputs {
        account: account.as_ref(),
        used: used.as_ref(),
        region: region.as_ref(),
    };
    let mut person = Person::at(terminal);
    let mode = mode(request, &person)?;
    let answers = gather_answers::given(request)?;
    if let (Ok(person), Mode::Ask) = (&mut person, mode) {
        return converse(request, answers, person, view);
    }
    let answers = gather_answers::asked(answers, view.around(), &mut Nobody, mode)?;
    gather_answers::tell_region(&answers, region.as_ref())?;
    gather_answers::tell_database(&answers, view.around().account)?;
    let draft = draft(request, answers, view)?;
    let review = plan::review(&draft, terminal.width, None);
    if request.dry_run {
        return Ok(dry_run(&draft, &review));
    }
    if draft.fails() && request.reason().is_none() {
        return Err(accept::refusal(&draft));
    }
    let done = write(request, &draft, request.reason())?;
    Ok(Outcome {
        stdout: format!("{review}{}", done.stdout),
        ..done
    })
}

/// Returns the output of a dry run. Rules that fail in the account count as found, as they do in an audit.
fn dry_run(draft: &ProjectDraft, review: &str) -> Outcome {
    Outcome {
        found: draft.fails(),
        colours: Colours::Ours,
        ..Outcome::text(difference::dry_run(draft, review))
    }
}

/// Asks and shows the review until the user agrees or cancels. An answer that the account rejects is asked again; the
/// other answers are kept.
fn converse(
    request: &NewRequest,
    mut answers: Answers,
    person: &mut Person,
    view: NewInputs<'_>,
) -> Result<Outcome, CommandError> {
    let left = interview::questions_left(view.around(), &answers);
    let width = person.terminal().width;
    let given = answers.iter().next().is_some();
    let welcome = next_steps::welcome(view.account.is_some(), left, given, width);
    let project = if answers.is_of_project() {
        project::WELCOME
    } else {
        ""
    };
    terminal::note(&format!("{project}{welcome}")).map_err(CommandError::environment)?;
    loop {
        answers = gather_answers::asked(answers, view.around(), person, Mode::Ask)?;
        let drafted = draft(request, answers.clone(), view);
        let decided = match &drafted {
            Ok(draft) => {
                let Terminal { width, height, .. } = *person.terminal();
                let review = plan::review(draft, width, Some(height));
                if request.dry_run {
                    return Ok(dry_run(draft, &review));
                }
                if draft.fails() && request.reason().is_none() {
                    interview::failing(&review, &answers, person)
                } else {
                    interview::review(&review, &answers, person)
                }
            }
            Err(error) if error.kind == ErrorKind::Input => {
                interview::refused(&error.to_string(), &answers, person)
            }
            Err(_) => return drafted.map(|_| Outcome::default()),
        };
        match decided.map_err(gather_answers::left)? {
            Review::Write => return write(request, &drafted?, request.reason()),
            Review::Accept(reason) => return write(request, &drafted?, Some(&reason)),
            Review::Cancel => return Err(CommandError::interrupted()),
            Review::Change(key) => answers = answers.reopened(&key),
        }
    }
}

/// Prints the answers that the pack locks, since they are not asked.
fn tell_locked(used: Option<&UsablePack>) -> Result<(), CommandError> {
    let Some(used) = used else {
        return Ok(());
    };
    let locked = used.preset.locked_answers();
    if locked.is_empty() {
        return Ok(());
    }
    let name = &used.reference.name;
    let note = format!("{name} answers for everybody:\n  {}\n", locked.join("\n  "));
    terminal::note(&note).map_err(CommandError::environment)
}

/// Selects the interview mode. Without a terminal, the missing answers are listed instead of asked.
fn mode(
    request: &NewRequest,
    person: &Result<Person, interview::AskError>,
) -> Result<Mode, CommandError> {
    Ok(match (request.defaults, request.non_interactive, person) {
        (true, _, _) => Mode::Defaults,
        (_, true, _) | (_, _, Err(_)) => Mode::NonInteractive,
        (false, false, Ok(_)) => Mode::Ask,
    })
}

/// Turns answers into proven files, and compares them with the directory.
fn draft(
    request: &NewRequest,
    answers: Answers,
    view: NewInputs<'_>,
) -> Result<ProjectDraft, CommandError> {
    let text = answers.to_toml();
    let blamed = |error| CommandError::input(answers.blamed(&error));
    let spec = Spec::parse(&text, SPEC_FILE).map_err(blamed)?;
    let blueprint = Blueprint::harden(&spec).map_err(blamed)?;
    let account = view.account.map(|account| account.around(&blueprint));
    let account = account.as_deref();
    let mut proven = match view.used {
        Some(used) => proved_in(&used.pack, &blueprint, account)?,
        None => prove(&blueprint, account)?,
    };
    let dir =
        project::directory(request).unwrap_or_else(|| PathBuf::from(spec.proxy.name.as_str()));
    let mut accepting = accept::known(&dir)?;
    accepting.apply_to(&mut proven.report, &walk::name(&dir), None);
    let mut files = proven.files.clone();
    files.insert(SPEC_FILE.to_owned(), text.clone());
    let before = project::baseline(request, &dir)?;
    project::go_on(&dir, before.as_ref(), &mut files)?;
    let recorded = before.as_ref().map(|baseline| &baseline.pack);
    request.pack.follows(recorded, view.used)?;
    let pack = view
        .used
        .map_or_else(render::built_in, |used| used.reference.clone());
    let baseline = Baseline::new(&text, pack, &files);
    files.insert(
        BASELINE_PATH.to_owned(),
        baseline.to_json().map_err(CommandError::bug)?,
    );
    let placement = project::placed(&dir, &files, before.as_ref(), &answers);
    let mut told = interview::remarks(&answers, account);
    // Dropped comments are quoted verbatim from the user's file, so secrets in them must be masked.
    let gone = project::warnings(&dir, &text, before.as_ref());
    told.extend(gone.iter().map(|line| without_secrets(line)));
    let mut draft = ProjectDraft {
        is_project: project::is_there(&dir, before.as_ref()),
        told,
        today: accepting.today,
        answers,
        blueprint,
        dir,
        files,
        placement,
        proven,
        account: account.is_some(),
        pack: request.pack.arguments(),
    };
    if !request.dry_run {
        project::refuse_overwriting(request, &draft)?;
    }
    draft.told.extend(project::obstacle(request, &draft));
    Ok(draft)
}

impl ProjectDraft {
    /// True if the account in view fails a rule without a waiver.
    fn fails(&self) -> bool {
        failing(&self.proven.report).next().is_some()
    }
}

/// Writes the files and returns the next steps. Failing rules are recorded with the reason.
fn write(
    request: &NewRequest,
    draft: &ProjectDraft,
    reason: Option<&str>,
) -> Result<Outcome, CommandError> {
    let mut change = draft.placement.change(&draft.files);
    let policy = accept::policy(draft, reason.unwrap_or_default())?;
    let accepted = policy.map_or_else(String::new, |text| {
        change.write.insert(POLICY_FILE.to_owned(), text);
        accept::acceptance_note(draft)
    });
    files::apply(&draft.dir, &change).map_err(CommandError::environment)?;
    let command = draft
        .answers
        .command_line(&gather_answers::arguments(request, &draft.dir, reason));
    Ok(Outcome {
        found: !accepted.is_empty(),
        ..Outcome::text(format!(
            "{}{accepted}",
            next_steps::done(draft, change.write.len(), &command)
        ))
    })
}
