//! The order of the tables in an answers file, and the wrapping of its comments.

use std::fmt::Write as _;

/// The tables in the order of the file, each with its description.
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
    ("monitoring", "Who is notified of a weakening."),
    ("tags", "Tags on everything that can carry them."),
    ("output", "What is written."),
];

/// Writes a comment, wrapped at [`COMMENT_WIDTH`].
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

/// Line width of comments in columns; a terminal shows at least 80.
const COMMENT_WIDTH: usize = 78;
