//! Drift as a comment on a pull request: the result first, then each difference with its lines.

use super::folded::folded;
use super::{Drift, DriftChange, DriftLook, counts};
use crate::domain::drift::{Class, DriftEffect};
use crate::report::ReportError;
use crate::report::hunk::Hunk;
use crate::report::lines::{count, harmless};
use crate::report::markdown::escape::{cell, code, diff, prose};

/// Maximum length in bytes. GitHub limits a comment to 65,536 characters ("body is too long (maximum is 65536
/// characters)"); the rest is reserved for the closing lines.
const LONGEST: usize = 60_000;

/// With more projects than this, only those with drift have rows.
const MAX_ROWS: usize = 100;

/// Writes drift as a Markdown comment.
pub(super) fn render(drifts: &[Drift], look: DriftLook) -> Result<String, ReportError> {
    let mut text = format!("## Drift of {}\n\n", count(drifts.len(), "project"));
    text.push_str(&table(drifts));
    let mut left_out = 0;
    for drift in drifts {
        let changes = folded(&drift.changes);
        let shown = changes
            .iter()
            .filter(|change| look.all || change.class() != Some(Class::Cosmetic));
        for (index, change) in shown.enumerate() {
            let head = match index {
                0 => format!("### {}\n\n", prose(&drift.project)),
                _ => String::new(),
            };
            let more = head + &self::change(change);
            if text.len() + more.len() > LONGEST {
                left_out += 1
            } else {
                text.push_str(&more)
            }
        }
        let rest = rest(drift);
        if text.len() + rest.len() <= LONGEST {
            text.push_str(&rest);
        }
    }
    if left_out > 0 {
        let more = count(left_out, "more difference");
        text.push_str(&format!(
            "{more} did not fit in here: `rdsproxy-gen drift` shows them.\n"
        ));
    }
    Ok(text)
}

fn table(drifts: &[Drift]) -> String {
    let classes = Class::ALL.map(Class::name).join(" | ");
    let line = "|---".repeat(3 + Class::ALL.len() + 1);
    let mut text = format!("| project | tool | pack | {classes} | accepted |\n{line}|\n");
    let is_told = |drift: &&Drift| {
        let is_quiet = drift.failed.is_none() && counts(&drift.tally()).is_empty();
        drifts.len() <= MAX_ROWS || !is_quiet
    };
    let (told, more): (Vec<&Drift>, Vec<&Drift>) = drifts.iter().partition(is_told);
    for drift in told.iter().take(MAX_ROWS) {
        let tally = drift.tally();
        let number = |class: &Class| match tally.get(class) {
            Some(number) => number.to_string(),
            None => "–".to_owned(),
        };
        let numbers = match &drift.failed {
            Some(reason) => format!("{} | | | | ", prose(reason)),
            None => Class::ALL
                .iter()
                .map(number)
                .collect::<Vec<_>>()
                .join(" | "),
        };
        text.push_str(&format!(
            "| {} | {} | {} | {numbers} | {} |\n",
            cell(&drift.project),
            prose(&drift.tool),
            prose(&drift.pack),
            drift.accepted()
        ));
    }
    let left_out = told.len().saturating_sub(MAX_ROWS);
    if left_out > 0 {
        text.push_str(&format!(
            "\n{} more with drift\n",
            count(left_out, "project")
        ));
    }
    if !more.is_empty() {
        text.push_str(&format!(
            "\n{} without drift\n",
            count(more.len(), "project")
        ));
    }
    text + "\n"
}

fn change(change: &DriftChange) -> String {
    let mut text = String::new();
    if change.effects.is_empty() {
        text.push_str("- **cosmetic**\n");
    }
    for effect in &change.effects {
        text.push_str(&self::effect(effect, change.in_account));
    }
    text.push('\n');
    if let Some(hunk) = &change.hunk {
        text.push_str(&lines(hunk));
    }
    text
}

fn effect(effect: &DriftEffect, in_account: bool) -> String {
    let place = match (&effect.origin, in_account) {
        (_, true) => "in the account: ".to_owned(),
        (Some(origin), false) => format!("{}: ", code(&origin.to_string())),
        (None, false) => String::new(),
    };
    let mut text = format!(
        "- **{}** {place}{}",
        effect.heading(),
        prose(&effect.message)
    );
    if let Some(waiver) = &effect.accepted {
        text.push_str(&format!(" (accepted: {})", prose(&waiver.reason)));
    }
    text + "\n"
}

fn lines(hunk: &Hunk) -> String {
    let lines: String = hunk
        .lines
        .iter()
        .map(|line| format!("{}{}\n", line.mark, harmless(&line.text())))
        .collect();
    diff(&format!(
        "{} {}\n{lines}",
        harmless(&hunk.file),
        hunk.head()
    ))
}

fn rest(drift: &Drift) -> String {
    let lists = [
        ("Not generated, not compared", &drift.beside),
        ("Not compared", &drift.not_compared),
        ("Worth knowing", &drift.notes),
    ];
    lists
        .iter()
        .filter(|(_, lines)| !lines.is_empty())
        .map(|(title, lines)| {
            let number = lines.len();
            let lines = lines.iter().map(|line| format!("- {}\n", prose(line)));
            let lines: String = lines.collect();
            format!("<details><summary>{title} ({number})</summary>\n\n{lines}\n</details>\n\n")
        })
        .collect()
}
