//! `rules`: its arguments.

use clap::Args;

use super::output::USUAL_WIDTH;
use crate::app::{CommandError, Outcome, rules};
use crate::io::terminal::Terminal;

/// List the rules, or explain one: why, fix, a bad and a good example.
#[derive(Debug, Args)]
pub struct RulesArgs {
    /// A rule, the start of its name, or one of the six by its number: client-tls, 4.
    #[arg(value_name = "RULE")]
    id: Option<String>,
}

/// Prints the list, or the explanation of one rule.
///
/// # Errors
/// When the rule does not exist.
pub fn run(args: &RulesArgs) -> Result<Outcome, CommandError> {
    let terminal = Terminal::look();
    // A list that does not go to a screen has the usual width.
    let width = if terminal.results {
        terminal.width
    } else {
        USUAL_WIDTH
    };
    rules::text(args.id.as_deref(), width).map(Outcome::text)
}
