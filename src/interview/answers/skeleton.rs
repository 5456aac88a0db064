//! A spec to fill in: the output of `--print-answers`.

use std::fmt::Write as _;

use super::super::key::LISTS;
use super::super::questions::QUESTIONS;
use super::Answers;
use super::layout::{SECTIONS, comment};
use super::write::place;
use crate::domain::spec::SPEC_SCHEMA;
use crate::interview::question::Question;

impl Answers {
    /// Returns a spec with every key as a comment, with its default or an example. Required keys are marked; with those
    /// lines uncommented the text is a valid spec. All keys are commented out, so that no example becomes an answer by
    /// accident.
    pub fn skeleton() -> String {
        let mut text = format!(
            "# What an RDS Proxy is to be. Take away the # before what you answer, above all before what is required, and run:\n\
             #   rdsproxy-gen new --answers FILE\nschema = {SPEC_SCHEMA}\n"
        );
        for (section, about) in SECTIONS {
            let mut rows: Vec<&Question> = QUESTIONS
                .iter()
                .flat_map(|rows| rows.iter())
                .filter(|row| row.section() == *section)
                .collect();
            rows.sort_by_key(|row| place(row));
            text.push('\n');
            comment(&mut text, about);
            let required = section_note(section);
            let _ = if LISTS.contains(section) {
                writeln!(text, "# [[{section}]]{required}")
            } else {
                writeln!(text, "[{section}]")
            };
            for row in rows {
                line(&mut text, row, section);
            }
        }
        text
    }
}

/// Returns the note on whether a list is required: a proxy needs at least one user, but no consumer.
fn section_note(section: &str) -> &'static str {
    match section {
        "consumers" => "   # one for each function",
        _ => REQUIRED,
    }
}

const REQUIRED: &str = "   # required";

fn line(text: &mut String, row: &Question, section: &str) {
    let field = match row.field() {
        "*" => "team",
        field => field,
    };
    comment(text, &row.comment());
    let note = match (row.is_always_required(), section) {
        (false, _) => "",
        (true, "consumers") => "   # required in [[consumers]]",
        (true, _) => REQUIRED,
    };
    let _ = writeln!(text, "# {field} = {}{note}", row.example);
}
