//! A fleet as one HTML page, which needs no script, network or other file. The layout is in `page.html`.

use std::io::Write;

use serde::Serialize;
use tera::{Context, Tera};

use super::{Fleet, HEAD};
use crate::report::markup::escaped;
use crate::report::{ReportError, Screen};

const PAGE: &str = include_str!("page.html");

#[derive(Serialize)]
struct StatusRow {
    project: String,
    cells: Vec<String>,
    remarks: Vec<String>,
    weak: bool,
}

/// Writes the fleet as a page.
pub(super) fn render(fleet: &Fleet, _: Screen) -> Result<String, ReportError> {
    let rows: Vec<StatusRow> = fleet
        .members
        .iter()
        .map(|member| {
            let [project, cells @ ..] = member.cells();
            StatusRow {
                project,
                cells: cells.into(),
                remarks: member.remarks(),
                weak: member.needs_somebody(),
            }
        })
        .collect();
    let mut tera = Tera::default();
    tera.autoescape_on(vec![".html"]);
    tera.set_escape_fn(print);
    tera.add_raw_template("page.html", PAGE)?;
    let mut context = Context::new();
    context.insert("head", &HEAD);
    context.insert("rows", &rows);
    context.insert("result", &fleet.result());
    context.insert("compared", &fleet.compared());
    context.insert("version", env!("CARGO_PKG_VERSION"));
    Ok(tera.render("page.html", &context)?)
}

/// Escapes everything that the template prints.
fn print(text: &str, out: &mut dyn Write) -> std::io::Result<()> {
    out.write_all(escaped(text).as_bytes())
}
