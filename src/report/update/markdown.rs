//! Updates as a comment on a pull request: one row for each project, then the changes and the obstacles.

use super::text::consequence;
use super::{Update, UpdateState};
use crate::domain::drift::Class;
use crate::report::lines::{count, harmless};
use crate::report::markdown::escape::{cell, code, prose};
use crate::report::{ReportError, Screen};

/// Maximum length in bytes. GitHub limits a comment to 65,536 characters ("body is too long (maximum is 65536
/// characters)"); the rest is reserved for the closing lines.
const LONGEST: usize = 60_000;

/// Writes the updates as a Markdown comment.
pub(super) fn render(updates: &[Update], _: Screen) -> Result<String, ReportError> {
    let mut text = format!("## Update of {}\n\n", count(updates.len(), "project"));
    text.push_str("| project | tool | pack | state | files | conflicts | weaker | cannot tell |\n|---|---|---|---|---|---|---|---|\n");
    let mut left_out = 0;
    let told = updates
        .iter()
        .filter(|update| updates.len() == 1 || update.state() != UpdateState::Current);
    for line in told.clone().map(row).chain(told.map(body)) {
        if text.len() + line.len() > LONGEST {
            left_out += 1
        } else {
            text.push_str(&line)
        }
    }
    let current = updates
        .iter()
        .filter(|update| update.state() == UpdateState::Current)
        .count();
    if updates.len() > 1 {
        text.push_str(&format!("\n{} up to date.\n", count(current, "project")));
    }
    if left_out > 0 {
        text.push_str("More did not fit in here: `rdsproxy-gen update --check` shows it.\n");
    }
    Ok(text)
}

fn row(update: &Update) -> String {
    let state = update
        .failed
        .as_deref()
        .map_or_else(|| update.state().name().to_owned(), prose);
    format!(
        "| {} | {} | {} | {state} | {} | {} | {} | {} |\n",
        cell(&update.project),
        prose(&update.tool),
        prose(&update.pack),
        update.changed(),
        update.clashes.len(),
        update.held_of(Class::Weakens),
        update.held_of(Class::CannotTell)
    )
}

fn body(update: &Update) -> String {
    let mut lines: Vec<String> = Vec::new();
    let news = update.news.iter();
    lines.extend(
        news.map(|effect| format!("- generated in another way now: {}", prose(&effect.message))),
    );
    let told = update.consequences.iter();
    lines.extend(told.map(|one| {
        format!(
            "- **once deployed**: {}",
            prose(&consequence(&one.consequence))
        )
    }));
    lines.extend(update.clashes.iter().map(|clash| {
        format!(
            "- conflict in {}: {}: {}",
            code(&clash.file),
            code(&clash.what),
            clash.why
        )
    }));
    lines.extend(update.held.iter().map(|effect| {
        let place = effect.origin.as_ref();
        let place = place.map_or_else(String::new, |place| {
            format!(" ({})", harmless(&place.to_string()))
        });
        format!(
            "- **{}**: {}{}",
            effect.heading(),
            prose(&effect.message),
            prose(&place)
        )
    }));
    if lines.is_empty() {
        String::new()
    } else {
        format!("\n### {}\n\n{}\n", prose(&update.project), lines.join("\n"))
    }
}
