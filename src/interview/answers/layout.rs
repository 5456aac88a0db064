//! The tables of an answers file in their order, and how its comments are broken into lines.

use std::fmt::Write as _;

/// The tables in the order of the file, each with what it is about.
pub(super) const SECTIONS: &[(&str, &str)] = &[
    ("proxy", "The proxy itself."),
    ("network", "Where the proxy stands."),
    ("database", "The database behind the proxy."),
    (
        "users",
        "The database users that clients connect as; each has a secret of its own.",
    ),
    ("consumers", "The Lambda functions that connect."),
    ("encryption", "How the secrets are protected."),
    (
        "pool",
        "The connection pool. What is not given is decided on the safe side.",
    ),
    ("monitoring", "Who hears of a weakening."),
    ("tags", "Tags on everything that can carry them."),
    ("output", "What is written."),
];

/// A comment, broken into lines.
pub(super) fn comment(text: &mut String, words: &str) {
    let mut line = String::from("#");
    for word in words.split_whitespace() {
        if line.len() + word.len() + 1 > COMMENT_WIDTH {
            let _ = writeln!(text, "{line}");
            line = String::from("#");
        }
        line.push(' ');
        line.push_str(word);
    }
    let _ = writeln!(text, "{line}");
}

/// Comments are broken here: 80 columns are what a terminal shows.
const COMMENT_WIDTH: usize = 78;
