//! From the command line and the interview to answers.

use std::path::Path;

use super::{Args, project};
use crate::commands::CommandError;
use crate::interview::{self, Answers, AskError, Asker, InterviewError, Mode, Surroundings};
use crate::io::files::read_text;

/// The answers that the command line gives, and the project where there is one.
pub(super) fn given(args: &Args) -> Result<Answers, CommandError> {
    let own = project::spec(args)?;
    let mut answers = match (&args.answers, own) {
        (None, None) => Answers::default(),
        (None, Some((text, name))) => project::answers(&text, &name)?,
        (Some(path), own) => {
            let text = read_text(path).map_err(CommandError::environment)?;
            match own {
                // The project's own file, named.
                Some((there, name)) if there == text => project::answers(&text, &name)?,
                _ => Answers::from_toml(&text, &path.display().to_string())
                    .map_err(CommandError::input)?,
            }
        }
    };
    for assignment in &args.set {
        answers.set(assignment).map_err(CommandError::input)?;
    }
    if !args.target.is_empty() {
        answers
            .set(&format!("output.targets={}", args.target.join(",")))
            .map_err(CommandError::input)?;
    }
    Ok(answers)
}

/// The answers, completed.
pub(super) fn asked(
    answers: Answers,
    around: Surroundings<'_>,
    asker: &mut dyn Asker,
    mode: Mode,
) -> Result<Answers, CommandError> {
    interview::run_in(around, answers, asker, mode).map_err(|error| match error {
        InterviewError::Ask(error) => left(error),
        InterviewError::Missing(_) => {
            let hint = match around.world {
                None => "or choose from an account: --live, --snapshot FILE, --demo; --print-answers shows every key",
                Some(_) => "or --defaults to take what the account suggests; --print-answers shows every key",
            };
            CommandError::input(error).hint(hint)
        }
        InterviewError::Unfit(_) => CommandError::input(error),
    })
}

/// Somebody left, or nobody was there.
pub(super) fn left(error: AskError) -> CommandError {
    match error {
        AskError::Interrupted => CommandError::interrupted(),
        AskError::NoTerminal => {
            CommandError::input(error).hint("give the answers with --answers, --set or --defaults")
        }
        AskError::Terminal(_) => CommandError::environment(error),
    }
}

/// What the equivalent command has beside the answers: the directory, the account and the pack.
pub(super) fn arguments(args: &Args, dir: &Path) -> Vec<String> {
    let mut arguments = vec![dir.display().to_string()];
    arguments.extend(args.world.arguments());
    arguments.extend(args.pack.arguments());
    arguments.extend(
        args.reason()
            .map(|reason| format!("--accept-findings={reason}")),
    );
    arguments
}
