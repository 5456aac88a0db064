//! Escapes untrusted text in Markdown, as GitHub parses it ("GitHub Flavored Markdown Spec").

use crate::report::excerpt::clipped;
use crate::report::lines::harmless;

/// Maximum length of a text in characters; longer ones are cut, to leave room for other findings.
const LONGEST: usize = 700;

/// A zero-width space, which parsers treat as a separator. GitHub finds mentions, references and addresses after it has
/// parsed the Markdown, where a backslash has no effect.
const UNSEEN: &str = "&#8203;";

/// Escapes a text within a line, so that no character has a special meaning.
pub(in crate::report) fn prose(text: &str) -> String {
    let text = clipped(&harmless(text), LONGEST);
    let mut escaped = String::with_capacity(text.len());
    let mut before = ' ';
    for letter in text.chars() {
        match letter {
            // A carriage return before a line feed.
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

/// Formats a text as code in a table cell, where a code span could not contain a vertical bar.
pub(in crate::report) fn cell(text: &str) -> String {
    format!("<code>{}</code>", prose(text))
}

/// Formats a text as a code span outside tables: a span ends at a run of as many backticks as it began with.
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

/// Formats lines of a diff, which GitHub colours.
pub(in crate::report) fn diff(text: &str) -> String {
    fenced(text).replacen('\n', "diff\n", 1)
}

/// Encloses lines verbatim in a fence longer than any run of backticks in them.
pub(in crate::report) fn fenced(text: &str) -> String {
    let fence = "`".repeat(longest_run(text).max(2) + 1);
    format!("{fence}\n{text}{fence}\n\n")
}

fn longest_run(text: &str) -> usize {
    let runs = text.split(|letter| letter != '`');
    runs.map(str::len).max().unwrap_or(0)
}
