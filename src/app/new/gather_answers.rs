//! Collects the answers from the command line and the interview.

use std::path::Path;

use super::{NewRequest, project};
use crate::app::{CommandError, account};
use crate::domain::snapshot::{Account, AccountPart};
use crate::interview::{
    self, AnswerKey, AnswerSource, Answers, AskError, Asker, InterviewError, Mode, RegionHint,
    Surroundings, suggestion,
};
use crate::io::files::bounded::{self, Bound};
use crate::io::terminal;

/// Returns the answers from the command line and from the existing project, if there is one.
pub(super) fn given(request: &NewRequest) -> Result<Answers, CommandError> {
    let own = project::spec(request)?;
    let mut answers = match (&request.answers, own) {
        (None, None) => Answers::default(),
        (None, Some((text, name))) => project::answers(&text, &name)?,
        (Some(path), own) => {
            let text = bounded::named_text(path, Bound::SPEC).map_err(CommandError::environment)?;
            match own {
                // The answers file is the project's own spec.
                Some((there, name)) if there == text => project::answers(&text, &name)?,
                _ => Answers::from_toml(&text, &path.display().to_string())
                    .map_err(CommandError::input)?,
            }
        }
    };
    for assignment in &request.set {
        answers.set(assignment).map_err(CommandError::input)?;
    }
    if !request.target.is_empty() {
        answers
            .set(&format!("output.targets={}", request.target.join(",")))
            .map_err(|error| {
                let said = error.to_string();
                CommandError::input(said.replacen("--set output.targets", "--target", 1))
            })?;
    }
    Ok(answers)
}

/// Reports the region that was taken from the environment, because the user did not name it.
pub(super) fn tell_region(
    answers: &Answers,
    region: Option<&RegionHint>,
) -> Result<(), CommandError> {
    let key = AnswerKey::plain("proxy", "region");
    let is_default = answers
        .iter()
        .any(|(other, answer)| *other == key && answer.source == AnswerSource::Default);
    let Some(region) = region.filter(|_| is_default) else {
        return Ok(());
    };
    let note = format!("region {}, from {}\n", region.code, region.from);
    terminal::note(&note).map_err(CommandError::environment)
}

/// Reports which of several databases was taken, because the user did not name it.
pub(super) fn tell_database(
    answers: &Answers,
    account: Option<&dyn Account>,
) -> Result<(), CommandError> {
    let key = AnswerKey::plain("database", "identifier");
    let is_default = answers
        .iter()
        .any(|(other, answer)| *other == key && answer.source == AnswerSource::Default);
    let account = account.filter(|_| is_default);
    let told = account.and_then(|account| suggestion(account.upto(AccountPart::Lists)));
    match told {
        Some(told) => terminal::note(&format!("{told}\n")).map_err(CommandError::environment),
        None => Ok(()),
    }
}

/// Completes the answers by the interview.
pub(super) fn asked(
    answers: Answers,
    around: Surroundings<'_>,
    asker: &mut dyn Asker,
    mode: Mode,
) -> Result<Answers, CommandError> {
    interview::run_in(around, answers, asker, mode).map_err(|error| match error {
        InterviewError::Ask(error) => left(error),
        InterviewError::Missing(_) => {
            let hint = match around.account {
                None => "give them with --set or --answers FILE, or choose from an account with --live, --snapshot FILE or --demo; --print-answers shows every key",
                Some(_) => "give them with --set or --answers FILE, or take what the account suggests with --defaults; --print-answers shows every key",
            };
            CommandError::input(error).hint(hint)
        }
        InterviewError::Unfit(_) => CommandError::input(error),
    })
}

/// Converts the error of an interview that was cancelled or had no terminal.
pub(super) fn left(error: AskError) -> CommandError {
    match error {
        AskError::Interrupted => CommandError::interrupted(),
        AskError::NoTerminal => {
            CommandError::input(error).hint("give the answers with --answers, --set or --defaults")
        }
        AskError::Terminal(_) => CommandError::environment(error),
    }
}

/// Returns the arguments of the equivalent command apart from the answers: the directory, the account, the pack, and
/// the reason to accept findings.
pub(super) fn arguments(request: &NewRequest, dir: &Path, reason: Option<&str>) -> Vec<String> {
    let mut arguments = vec![dir.display().to_string()];
    arguments.extend(account::arguments(&request.account));
    arguments.extend(request.pack.arguments());
    arguments.extend(reason.map(|reason| format!("--accept-findings={reason}")));
    arguments
}
