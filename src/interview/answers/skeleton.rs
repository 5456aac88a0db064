//! A spec to fill in: what `--print-answers` shows to those who would rather fill in a form.

use std::fmt::Write as _;

use super::super::key::LISTS;
use super::super::questions::QUESTIONS;
use super::Answers;
use super::layout::{SECTIONS, comment};
use super::write::place;
use crate::domain::spec::SPEC_SCHEMA;
use crate::interview::question::Question;

impl Answers {
    /// A spec with every key as a comment, with an example or its default. What must be given says so: with those lines
    /// uncommented it is a spec; as it stands it says nothing, so that no example becomes an answer unnoticed.
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
            let _ = match LISTS.contains(section) {
                true => writeln!(text, "# [[{section}]]{required}"),
                false => writeln!(text, "[{section}]"),
            };
            for row in rows {
                line(&mut text, row, section);
            }
        }
        text
    }
}

/// A proxy without a function that connects is one; without a user it is none.
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
