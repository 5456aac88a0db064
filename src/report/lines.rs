//! Lines that fit a screen, and texts of strangers that cannot play tricks on it.

use unicode_width::UnicodeWidthStr;

/// Narrower than this nothing can be read: then lines are as long as they are.
const LEAST_ROOM: usize = 20;

/// A head, and a text that begins at a column and goes on below it, broken at blanks.
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

/// A text broken at blanks into lines of at most so many columns.
pub fn broken(text: &str, room: usize) -> String {
    // Each line begins with a blank, which goes again.
    wrapped("", text, 0, room + 1)
        .lines()
        .map(str::trim_start)
        .collect::<Vec<_>>()
        .join("\n")
}

/// A text that was read somewhere, without anything that moves a cursor, changes a colour or turns the direction of writing.
pub(super) fn harmless(text: &str) -> String {
    let tricky = |c: char| {
        (c.is_control() && c != '\t' && c != '\n')
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
    };
    text.chars()
        .map(|c| {
            if tricky(c) {
                char::REPLACEMENT_CHARACTER
            } else {
                c
            }
        })
        .collect()
}

/// Written JSON in which what plays tricks on a screen stands as an escape: programs read the same value, and a terminal or a log
/// that shows the text is not commanded by it. Outside of strings, JSON has no such characters.
pub(super) fn escaped_json(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '\u{7f}'..='\u{9f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}'
            | '\u{feff}' => escaped.push_str(&format!("\\u{:04x}", u32::from(c))),
            other => escaped.push(other),
        }
    }
    escaped
}

/// `1 file`, `2 files`.
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

    #[test]
    fn no_text_commands_the_terminal() {
        assert_eq!(
            harmless("a\u{1b}[31mb\u{202e}c\r\n"),
            "a\u{fffd}[31mb\u{fffd}c\u{fffd}\n"
        );
    }
}
