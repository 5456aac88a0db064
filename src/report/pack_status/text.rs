//! A fleet as a text table.

use super::{Fleet, HEAD};
use crate::report::lines::{broken, harmless, wrapped};
use crate::report::{ReportError, Screen};

/// Writes the table and the remarks.
pub(super) fn render(fleet: &Fleet, look: Screen) -> Result<String, ReportError> {
    let mut table = comfy_table::Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    table.set_header(HEAD);
    for member in &fleet.members {
        table.add_row(member.cells().map(|cell| harmless(&cell)));
    }
    let lines = table.lines().map(|line| format!("{}\n", line.trim_end()));
    let mut text: String = lines.collect();
    text.push('\n');
    for member in &fleet.members {
        let head = format!("{}:", harmless(&member.project));
        for remark in member.remarks() {
            text.push_str(&wrapped(&head, &harmless(&remark), 2, look.width));
        }
    }
    for line in [fleet.compared(), fleet.result()] {
        text.push_str(&broken(&harmless(&line), look.width));
        text.push('\n');
    }
    Ok(text)
}
