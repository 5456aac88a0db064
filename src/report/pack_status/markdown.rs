//! A fleet in Markdown: one table, and the remarks that do not fit in it.

use super::{Fleet, HEAD};
use crate::report::markdown::escape::{cell, prose};
use crate::report::{ReportError, Screen};

/// Writes the fleet as Markdown.
pub(super) fn render(fleet: &Fleet, _: Screen) -> Result<String, ReportError> {
    let line = "|---".repeat(HEAD.len());
    let mut text = format!(
        "## Packs\n\n{}\n\n| {} |\n{line}|\n",
        fleet.result(),
        HEAD.join(" | ")
    );
    for member in &fleet.members {
        let [project, rest @ ..] = member.cells();
        let rest = rest.map(|text| prose(&text)).join(" | ");
        text.push_str(&format!("| {} | {rest} |\n", cell(&project)));
    }
    text.push('\n');
    for member in &fleet.members {
        for remark in member.remarks() {
            text.push_str(&format!(
                "- {}: {}\n",
                prose(&member.project),
                prose(&remark)
            ));
        }
    }
    text.push_str(&format!("\n{}\n", prose(&fleet.compared())));
    Ok(text)
}
