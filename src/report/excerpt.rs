//! The source line of a place, and the marked part of it. All formats that show or reference source use it.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::ops::Range;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::audit::{Audit, Tally};
use super::faults::Faults;
use super::lines::harmless;
use crate::domain::evidence::Origin;
use crate::domain::lines::Lines;

/// Maximum length of a line, in characters; longer ones are cut.
const LONGEST_LINE: usize = 180;

/// Maximum length of a value to mark, in bytes: generated code can be one line of megabytes.
const LONGEST_VALUE: usize = 4096;

/// The texts of an audit. A text is split into lines on first use, because many findings can refer to one large file.
pub(super) struct Sources<'a> {
    /// The audit that the texts belong to.
    pub(super) audit: &'a Audit,
    /// The findings grouped by fault.
    pub(super) faults: Faults<'a>,
    /// The number of results of each kind.
    pub(super) tally: Tally,
    lines: BTreeMap<&'a str, OnceCell<Lines<'a>>>,
}

impl<'a> Sources<'a> {
    /// Creates the sources of an audit.
    pub(super) fn new(audit: &'a Audit) -> Self {
        let files = audit.texts.keys();
        let faults = Faults::new(audit);
        Self {
            audit,
            tally: faults.tally(audit),
            faults,
            lines: files.map(|file| (file.as_str(), OnceCell::new())).collect(),
        }
    }

    /// Returns the lines of a file, if its text is known.
    pub(super) fn lines(&self, file: &str) -> Option<&Lines<'a>> {
        let text = self.audit.texts.get(file)?;
        Some(
            self.lines
                .get(file)?
                .get_or_init(|| Lines::new(text.shown())),
        )
    }

    /// Returns the source line of a place, if its text is known.
    pub(super) fn line(&self, origin: &Origin) -> Option<SourceLine<'a>> {
        let lines = self.lines(&origin.file)?;
        let (start, text) = lines.line(origin.line)?;
        let end = start + text.len();
        let at = lines.offset(origin.line, origin.column.max(1));
        // A column beyond the end of the line is clamped to the end.
        let at = at.unwrap_or(end).min(end);
        Some(SourceLine {
            number: usize::try_from(origin.line).ok()?,
            marked: marked(text, at - start),
            columns: [lines.place(at), lines.place_in_units(at)]
                .map(|(_, column)| usize::try_from(column).unwrap_or(usize::MAX)),
            text: Cow::Borrowed(text),
        })
    }
}

/// One line of a source, with the range that the finding is about.
pub(super) struct SourceLine<'a> {
    /// The line number, 1-based.
    pub(super) number: usize,
    /// The line without its line break.
    pub(super) text: Cow<'a, str>,
    /// The marked byte range; always within the text.
    pub(super) marked: Range<usize>,
    /// The first column of the marked range, from 1: in characters, and in UTF-16 code units.
    pub(super) columns: [usize; 2],
}

impl SourceLine<'_> {
    /// Returns the marked part.
    pub(super) fn meant(&self) -> &str {
        &self.text[self.marked.clone()]
    }

    /// Returns the text before the marked part.
    pub(super) fn before(&self) -> &str {
        &self.text[..self.marked.start]
    }

    /// Returns the text after the marked part.
    pub(super) fn behind(&self) -> &str {
        &self.text[self.marked.end..]
    }

    /// Returns the line, shortened on both sides of the marked part if it exceeds [`LONGEST_LINE`]: generated code can
    /// be one line.
    pub(super) fn short(&self) -> Self {
        if self.text.chars().nth(LONGEST_LINE).is_none() {
            return Self {
                number: self.number,
                text: self.text.clone(),
                marked: self.marked.clone(),
                columns: self.columns,
            };
        }
        let before = end_of(self.before(), LONGEST_LINE / 3);
        let meant = clipped(self.meant(), LONGEST_LINE / 3);
        let behind = clipped(self.behind(), LONGEST_LINE / 3);
        Self {
            number: self.number,
            marked: before.len()..before.len() + meant.len(),
            text: Cow::Owned(before + &meant + &behind),
            columns: self.columns,
        }
    }

    /// Draws the line with its number, and carets below the marked part; requires a monospaced font.
    pub(super) fn drawn(&self) -> String {
        let line = self.short();
        let margin = " ".repeat(line.number.to_string().len());
        // The parts are escaped separately, as the carets count them: a character may be displayed differently beside
        // its neighbours.
        let text: String = [line.before(), line.meant(), line.behind()]
            .map(harmless)
            .concat();
        format!("{} | {text}\n{margin} | {}\n", line.number, line.carets())
    }

    /// Returns carets aligned below the marked part.
    pub(super) fn carets(&self) -> String {
        // Tabs are kept, so that the carets are aligned at any tab width.
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

/// Returns the first characters of a text.
pub(super) fn clipped(text: &str, letters: usize) -> String {
    match text.char_indices().nth(letters) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// Returns the last characters of a text.
fn end_of(text: &str, letters: usize) -> String {
    match text.char_indices().rev().nth(letters) {
        Some((at, letter)) => format!("…{}", &text[at + letter.len_utf8()..]),
        None => text.to_owned(),
    }
}

/// Returns the range from a byte to the end of the value there. A comma, a closing bracket, a comment or an opening
/// brace ends the value. The range is empty if the value is too long, and always within the text.
fn marked(text: &str, start: usize) -> Range<usize> {
    let rest = &text[start..];
    let near = &rest[..rest.floor_char_boundary(LONGEST_VALUE)];
    let end = end_of_value(near);
    if end == near.len() && near.len() < rest.len() {
        return start..start;
    }
    let written = &near[..end];
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::secrecy::MaskedText;

    /// Returns the marked range of a text of one line.
    fn marked_at(text: &str, column: u32) -> Range<usize> {
        marked(
            text,
            Lines::new(text).offset(1, column).unwrap_or(text.len()),
        )
    }

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
            assert_eq!(&text[marked_at(text, column)], expected, "{text}");
        }
    }
    #[test]
    fn carets_stand_below_what_is_meant() {
        let line = |text: &str, column| SourceLine {
            number: 12,
            marked: marked_at(text, column),
            columns: [1; 2],
            text: text.to_owned().into(),
        };
        assert_eq!(
            line("\t日 tls = no", 10).drawn(),
            "12 | \t日 tls = no\n   | \t         ^^\n"
        );
        assert_eq!(
            line("a\u{202e} = no\u{1b}", 6).drawn(),
            "12 | a\\u{202e} = no\\u{1b}\n   |             ^^^^^^^^\n"
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

    #[test]
    fn lines_are_those_of_the_text_whatever_its_ends() {
        let audit = Audit {
            texts: [("a".to_owned(), MaskedText::whole("one\r\ntwo\n\nfour"))].into(),
            ..Audit::default()
        };
        let sources = Sources::new(&audit);
        let line = |number| {
            let line = sources.line(&Origin::at("a", number, 2))?;
            Some((line.before().to_owned(), line.meant().to_owned()))
        };
        let pair = |before: &str, meant: &str| Some((before.to_owned(), meant.to_owned()));
        assert_eq!(line(0), None);
        assert_eq!(line(1), pair("o", "ne"));
        assert_eq!(line(2), pair("t", "wo"));
        assert_eq!(line(3), pair("", ""));
        assert_eq!(line(4), pair("f", "our"));
        assert_eq!(line(5), None);
        assert!(sources.line(&Origin::at("b", 1, 1)).is_none());
    }

    #[test]
    fn a_value_of_megabytes_is_not_read_to_its_end() {
        let long = format!("x = [{}", "1, ".repeat(3 * LONGEST_VALUE));
        assert_eq!(marked(&long, 4), 4..4);
    }
}
