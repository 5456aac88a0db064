//! The line that a place lies in, and the part of it that is meant. Every format that shows or points at source draws on it.

use std::ops::Range;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::audit::Audit;
use super::lines::harmless;
use crate::domain::evidence::Origin;

/// Longer lines are cut, in letters.
const LONGEST_LINE: usize = 180;

/// One line of a source, and the bytes of it that are meant.
pub(super) struct Line {
    /// 1-based.
    pub(super) number: usize,
    /// As it is written, without its end.
    pub(super) text: String,
    /// What is meant: always a range of the text.
    pub(super) marked: Range<usize>,
}

impl Line {
    /// The line of a place, where its text is in view.
    pub(super) fn of(origin: &Origin, audit: &Audit) -> Option<Self> {
        let number = usize::try_from(origin.line).ok().filter(|line| *line > 0)?;
        let text = audit.texts.get(&origin.file)?.lines().nth(number - 1)?;
        let column = usize::try_from(origin.column).unwrap_or(1).max(1);
        Some(Self {
            number,
            marked: marked(text, column),
            text: text.to_owned(),
        })
    }

    /// The part that is meant.
    pub(super) fn meant(&self) -> &str {
        &self.text[self.marked.clone()]
    }

    /// What stands before it.
    pub(super) fn before(&self) -> &str {
        &self.text[..self.marked.start]
    }

    /// What stands behind it.
    pub(super) fn behind(&self) -> &str {
        &self.text[self.marked.end..]
    }

    /// The same line, cut on both sides of what is meant where it is longer than anybody reads: generated code can be one line.
    pub(super) fn short(&self) -> Self {
        if self.text.chars().count() <= LONGEST_LINE {
            return Self {
                text: self.text.clone(),
                marked: self.marked.clone(),
                ..*self
            };
        }
        let before = end_of(self.before(), LONGEST_LINE / 3);
        let meant = clipped(self.meant(), LONGEST_LINE / 3);
        let behind = clipped(self.behind(), LONGEST_LINE / 3);
        Self {
            number: self.number,
            marked: before.len()..before.len() + meant.len(),
            text: before + &meant + &behind,
        }
    }

    /// The line with its number, and carets below what is meant, for readers with letters of one width.
    pub(super) fn drawn(&self) -> String {
        let line = self.short();
        let margin = " ".repeat(line.number.to_string().len());
        format!(
            "{} | {}\n{margin} | {}\n",
            line.number,
            harmless(&line.text),
            line.carets()
        )
    }

    /// Carets that stand below what is meant.
    pub(super) fn carets(&self) -> String {
        // Tabs stay tabs, so that the carets stand right however wide they are.
        let before: String = harmless(self.before())
            .chars()
            .flat_map(|letter| match letter {
                '\t' => vec!['\t'],
                letter => vec![' '; letter.width().unwrap_or(0)],
            })
            .collect();
        before + &"^".repeat(harmless(self.meant()).width().max(1))
    }
}

/// The first letters of a text.
pub(super) fn clipped(text: &str, letters: usize) -> String {
    match text.char_indices().nth(letters) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// The last letters of a text.
fn end_of(text: &str, letters: usize) -> String {
    match text.char_indices().rev().nth(letters) {
        Some((at, letter)) => format!("…{}", &text[at + letter.len_utf8()..]),
        None => text.to_owned(),
    }
}

/// From the column to the end of the value that is written there: a comma, a bracket of what surrounds it, a comment or an
/// opening brace ends it. Always a range of the text, whatever the column.
fn marked(text: &str, column: usize) -> Range<usize> {
    let start = text
        .char_indices()
        .nth(column - 1)
        .map_or(text.len(), |(at, _)| at);
    let rest = &text[start..];
    let written = &rest[..end_of_value(rest)];
    start..start + written.trim_end_matches(['{', '[', ' ', '\t']).len()
}

fn end_of_value(text: &str) -> usize {
    let (mut depth, mut quoted, mut before) = (0_usize, false, ' ');
    for (at, letter) in text.char_indices() {
        match letter {
            '"' if before != '\\' => quoted = !quoted,
            _ if quoted => {}
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' if depth == 0 => return at,
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => return at,
            '#' if before.is_whitespace() => return at,
            '/' if before.is_whitespace() && text[at..].starts_with("//") => return at,
            _ => {}
        }
        before = letter;
    }
    text.len()
}

/// How a value came to stand where it stands, where it took a detour.
pub(super) fn way(origin: &Origin) -> Option<String> {
    let default = origin
        .default_of
        .as_ref()
        .map(|name| format!("by the default of `{name}`, which a caller can change"));
    let told_by_default = origin.via.len() == 1 && origin.via.last() == origin.default_of.as_ref();
    let via = (!origin.via.is_empty() && !told_by_default)
        .then(|| format!("from {}", origin.via.join(" ← ")));
    match (via, default) {
        (Some(via), Some(default)) => Some(format!("{via}; {default}")),
        (via, default) => via.or(default),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_lie_inside_the_line() {
        let cases = [
            ("  require_tls = false # for now", 17, "false"),
            (
                "resource \"aws_db_proxy\" \"p\" {",
                1,
                "resource \"aws_db_proxy\" \"p\"",
            ),
            ("né = 日本", 6, "日本"),
            ("- {IAMAuth: DISABLED, SecretArn: !Ref S}", 13, "DISABLED"),
            ("  \"RequireTLS\": \"a, b\",", 17, "\"a, b\""),
            ("vpc = concat([a], [b]) // c", 7, "concat([a], [b])"),
            ("short", 99, ""),
            ("", 1, ""),
            ("{", 1, ""),
        ];
        for (text, column, expected) in cases {
            assert_eq!(&text[marked(text, column)], expected, "{text}");
        }
    }
    #[test]
    fn carets_stand_below_what_is_meant() {
        let line = |text: &str, column| Line {
            number: 12,
            marked: marked(text, column),
            text: text.to_owned(),
        };
        assert_eq!(
            line("\t日 tls = no", 9).drawn(),
            "12 | \t日 tls = no\n   | \t         ^^\n"
        );
        assert_eq!(line("", 1).drawn(), "12 | \n   | ^\n");
        let long = format!(
            "{}x = \"{}\" # {}",
            "é".repeat(999),
            "é".repeat(999),
            "é".repeat(999)
        );
        let short = line(&long, 1004).short();
        assert!(
            short.text.chars().count() <= LONGEST_LINE + 3,
            "{}",
            short.text
        );
        assert!(short.before().starts_with("…é") && short.before().ends_with("x = "));
        assert!(short.meant().starts_with("\"é") && short.meant().ends_with("é…"));
    }
}
