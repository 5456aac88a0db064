//! An answers file with every key: what `--print-answers` shows to those who would rather fill in a form.

use std::fmt::Write as _;

use super::super::key::LISTS;
use super::super::questions::{QUESTIONS, Question};
use super::Answers;
use super::write::{SECTIONS, comment, head, place};

impl Answers {
    /// A spec with every key, its comment, and an example or its default. Keys that must be given stand open, the others as
    /// comments; it is a spec as it stands.
    pub fn skeleton() -> String {
        let mut text = head();
        for (section, about) in SECTIONS {
            let mut rows: Vec<&Question> = QUESTIONS
                .iter()
                .flat_map(|rows| rows.iter())
                .filter(|row| row.section() == *section)
                .collect();
            rows.sort_by_key(|row| place(row));
            text.push('\n');
            comment(&mut text, about);
            let _ = match LISTS.contains(section) {
                true => writeln!(text, "[[{section}]]"),
                false => writeln!(text, "[{section}]"),
            };
            for row in rows {
                line(&mut text, row);
            }
        }
        text
    }
}

fn line(text: &mut String, row: &Question) {
    let field = match row.field() {
        "*" => "team",
        field => field,
    };
    if row.is_always_required() {
        comment(text, &format!("Required. {}", row.comment()));
        let _ = writeln!(text, "{field} = {}", row.example);
    } else {
        comment(text, &row.comment());
        let _ = writeln!(text, "# {field} = {}", row.example);
    }
}
