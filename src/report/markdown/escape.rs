//! Text of strangers in Markdown, as GitHub reads it ("GitHub Flavored Markdown Spec").

use crate::report::excerpt::clipped;
use crate::report::lines::harmless;

/// Longer texts are cut, in letters: a comment has room for many findings, or for one long one.
const LONGEST: usize = 700;

/// A blank that no reader sees and every parser does: it parts what GitHub would take for a mention, a reference or an address
/// after the Markdown has been read, where a backslash no longer counts.
const UNSEEN: &str = "&#8203;";

/// A text within a line: no character of it means anything.
pub(in crate::report) fn prose(text: &str) -> String {
    let text = clipped(&harmless(text), LONGEST);
    let mut escaped = String::with_capacity(text.len());
    let mut before = ' ';
    for letter in text.chars() {
        match letter {
            // It stands before a line end.
            '\r' => {}
            '\n' | '\t' => escaped.push(' '),
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '@' | '#' => escaped.push_str(&format!("{letter}{UNSEEN}")),
            '/' if before == ':' => escaped.push_str(&format!("{UNSEEN}/")),
            '.' if is_www(&escaped) => escaped.push_str(&format!("{UNSEEN}.")),
            '-' if ends_with(&escaped, "gh") => escaped.push_str(&format!("{UNSEEN}-")),
            '\\' | '`' | '*' | '_' | '[' | ']' | '!' | '|' | '~' | '$' | '{' | '}' => {
                escaped.push('\\');
                escaped.push(letter);
            }
            other => escaped.push(other),
        }
        before = letter;
    }
    escaped
}

fn is_www(before: &str) -> bool {
    ends_with(before, "www")
}

fn ends_with(text: &str, end: &str) -> bool {
    let start = text.len().saturating_sub(end.len());
    text.get(start..)
        .is_some_and(|last| last.eq_ignore_ascii_case(end))
}

/// A text in the letters of code in a cell of a table, where a span could not hold a bar.
pub(in crate::report) fn cell(text: &str) -> String {
    format!("<code>{}</code>", prose(text))
}

/// A text in a code span, out of a table: a span ends at a run of as many backticks as it began with.
pub(in crate::report) fn code(text: &str) -> String {
    let text = clipped(&harmless(text), LONGEST);
    let text = text.replace('\r', "").replace(['\n', '\t'], " ");
    if text.trim().is_empty() {
        return "` `".to_owned();
    }
    let fence = "`".repeat(longest_run(&text) + 1);
    let pad = if text.starts_with('`')
        || text.ends_with('`')
        || text.starts_with(' ') && text.ends_with(' ')
    {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Lines of a difference, which GitHub paints.
pub(in crate::report) fn diff(text: &str) -> String {
    fenced(text).replacen('\n', "diff\n", 1)
}

/// Lines as they are: a fence longer than any in them.
pub(in crate::report) fn fenced(text: &str) -> String {
    let fence = "`".repeat(longest_run(text).max(2) + 1);
    format!("{fence}\n{text}{fence}\n\n")
}

fn longest_run(text: &str) -> usize {
    let runs = text.split(|letter| letter != '`');
    runs.map(str::len).max().unwrap_or(0)
}
