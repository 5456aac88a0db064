//! Line wrapping, and safe display of untrusted text.

use std::io::Write;

use serde::Serialize;
use unicode_width::UnicodeWidthStr;

use super::ReportError;
use crate::domain::by_lines::ByLines;
pub(super) use crate::domain::visible::escaped_json;
use crate::domain::visible::{json_escapes, shown};

/// Minimum width of wrapped text in columns; on narrower screens lines exceed the width.
const LEAST_ROOM: usize = 20;

/// Formats a head followed by a text that begins at a column and is wrapped at blanks below it.
pub fn wrapped(head: &str, text: &str, column: usize, width: usize) -> String {
    let room = width.max(column + LEAST_ROOM);
    let mut lines = vec![head.to_owned()];
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let used = lines.last().map_or(0, |line| line.width());
        if used + 1 + word.width() > room && used > column {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            let gap = column.saturating_sub(line.width()).max(1);
            line.push_str(&" ".repeat(gap));
            line.push_str(word);
        }
    }
    let lines: Vec<&str> = lines.iter().map(|line| line.trim_end()).collect();
    lines.join("\n") + "\n"
}

/// Wraps a text at blanks to this number of columns.
pub fn broken(text: &str, room: usize) -> String {
    // Each line begins with a blank, which is removed again.
    wrapped("", text, 0, room + 1)
        .lines()
        .map(str::trim_start)
        .collect::<Vec<_>>()
        .join("\n")
}

/// Escapes untrusted text: everything that moves the cursor, changes colours, changes the direction of writing or is
/// invisible is written out.
pub(super) fn harmless(text: &str) -> String {
    shown(text).into_owned()
}

/// Writes indented JSON, with invisible characters escaped.
pub(super) fn json(value: &impl Serialize, sink: &mut dyn Write) -> Result<(), ReportError> {
    let mut lines = ByLines::new(sink, json_escapes);
    serde_json::to_writer_pretty(&mut lines, value).map_err(|error| {
        if error.is_io() {
            ReportError::Unwritten(error.into())
        } else {
            ReportError::Json(error)
        }
    })?;
    lines.write_all(b"\n")?;
    Ok(lines.finish()?)
}

/// Formats a count: `1 file`, `2 files`.
pub fn count(number: usize, what: &str) -> String {
    match number {
        1 => format!("1 {what}"),
        more => format!("{more} {what}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_blanks_only() {
        let text = "one and two and three and four";
        assert_eq!(broken(text, 21), "one and two and three\nand four");
        let text = "a-word-that-cannot-be-broken and more";
        assert_eq!(broken(text, 20), "a-word-that-cannot-be-broken\nand more");
    }
}
