//! The form of code in languages that are not parsed here: the text without comments and insignificant whitespace.
//! Anything that is not certainly a comment counts as code.

use super::{Form, FormPart};
use crate::domain::evidence::Origin;

/// The comment syntax of a language.
struct CommentSyntax {
    endings: &'static [&'static str],
    /// The markers that begin a comment on a line of its own.
    line: &'static [&'static str],
    /// True if line breaks and indentation are only layout.
    is_free: bool,
}

const LANGUAGES: &[CommentSyntax] = &[
    CommentSyntax {
        endings: &["py", "txt", "sh"],
        line: &["#"],
        is_free: false,
    },
    CommentSyntax {
        endings: &["js", "mjs", "cjs", "ts"],
        line: &["//"],
        is_free: false,
    },
    CommentSyntax {
        endings: &["sql"],
        line: &["--"],
        is_free: true,
    },
];

/// Returns a form of one part: the whole file.
pub(super) fn lines(path: &str, text: &str) -> Form {
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    let language = LANGUAGES
        .iter()
        .find(|language| language.endings.contains(&ending));
    let said = match language {
        Some(language) if language.is_free => free(text),
        Some(language) => by_line(text, language),
        None => by_line(
            text,
            &CommentSyntax {
                endings: &[],
                line: &[],
                is_free: false,
            },
        ),
    };
    let mut form = Form::default();
    if !said.is_empty() {
        form.add(
            path.to_owned(),
            FormPart::plain(said, Origin::at(path, 1, 1)),
        );
    }
    form
}

/// Keeps every line that is neither blank nor a comment. A comment after code stays, since its marker may be inside a
/// string.
fn by_line(text: &str, language: &CommentSyntax) -> String {
    let says = |line: &&str| {
        let line = line.trim_start();
        !line.is_empty() && !language.line.iter().any(|mark| line.starts_with(mark))
    };
    let lines = text.lines().map(str::trim_end).filter(says);
    lines.map(|line| format!("{line}\n")).collect()
}

/// Normalizes SQL: keeps its words, and its strings unchanged.
fn free(text: &str) -> String {
    let mut said = String::new();
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let length = match next {
            '-' if rest.starts_with("--") => {
                let comment = rest.find('\n').unwrap_or(rest.len());
                rest = &rest[comment..];
                continue;
            }
            '/' if rest.starts_with("/*") => {
                let comment = rest.find("*/").map_or(rest.len(), |end| end + 2);
                rest = &rest[comment..];
                said.push(' ');
                continue;
            }
            '\'' | '"' | '`' => {
                let end = rest[1..].find(next);
                end.map_or(rest.len(), |end| end + 2)
            }
            _ => next.len_utf8(),
        };
        let (token, after) = rest.split_at(length);
        if next.is_whitespace() {
            said.push(' ')
        } else {
            said.push_str(token)
        }
        rest = after;
    }
    said.split(' ')
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}
